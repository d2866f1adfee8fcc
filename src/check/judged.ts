import { blamed, type Finding, Referee, rules } from "../referee/index.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { Remark } from "./look.ts";
import type { Moment } from "./outcome.ts";

const OF_BMC = new Set(rules.filter(({ party }) => party === "bmc").map(({ id }) => id));

/** What the referee has found since it was asked last, as remarks on the BMC. */
export class Judge implements TraceSink {
  readonly #referee: Referee;
  /** How often each rule was found to be broken, when it was asked last. */
  readonly #known = new Map<string, number>();
  readonly #wire: boolean;
  /** Where there are messages alone. */
  #responses = 0;
  /** The last event. */
  at: Moment = { n: 0, t: 0 };

  constructor(head: TraceHead) {
    this.#referee = new Referee(head);
    this.#wire = head.taps.host || head.taps.bmc;
  }

  event(event: TraceEvent): void {
    this.at = event;
    if (event.e === "bmc.response") this.#responses++;
    this.#referee.event(event);
  }

  /** Of the BMC; what is the wire's doing, or a mere consequence, is nobody's. */
  since(): readonly Remark[] {
    const { violations, notes } = this.#referee.verdict();
    const broken = violations.filter((each) => blamed(each) === "bmc");
    const noted = notes.filter(({ party }) => party === "bmc");
    return [
      ...broken.flatMap((each) => this.#news(each, "violates")),
      ...noted.flatMap((each) => this.#news(each, "tolerable")),
    ];
  }

  /** What our own end of the wire did wrong, by the rules' ids. */
  get ownFaults(): readonly string[] {
    const { violations } = this.#referee.verdict();
    return violations.filter((each) => blamed(each) === "host").map(({ rule }) => rule);
  }

  /** How much was seen. */
  get seen(): {
    readonly transactions: number;
    readonly events: number;
    readonly unseenRules: number;
  } {
    const { transactions, events, unseen = [] } = this.#referee.verdict();
    const ofBmc = unseen.filter(({ rule }) => OF_BMC.has(rule));
    const all = this.#wire ? transactions : this.#responses;
    return { transactions: all, events, unseenRules: ofBmc.length };
  }

  #news(found: Finding, grade: "violates" | "tolerable"): readonly Remark[] {
    const { rule, section, sentence, detail, count, n, unless = [] } = found;
    const known = this.#known.get(rule) ?? 0;
    // A note is not worth more than being said once.
    if (count === known || (known > 0 && grade === "tolerable")) return [];
    this.#known.set(rule, count);
    const times = count - known;
    const doubts = unless.length === 0 ? "" : `; unless ${unless.join(", or ")}`;
    const text = `${sentence} ${detail}${doubts}`;
    const remark = { grade, rule, section, text, event: n };
    return [times > 1 ? { ...remark, times } : remark];
  }
}
