import { inTurns } from "../lab/index.ts";
import type { MatchOptions } from "../match/match.ts";
import type { BmcParty } from "../match/party.ts";
import { playMatch } from "../match/play.ts";
import type { Asker } from "../match/program.ts";
import { interfaceOf } from "../scenario/on-interface.ts";
import type { Scenario } from "../scenario/schema.ts";
import { stack } from "../seats/stack/party.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { Allowance, Case } from "./case.ts";
import { bringUp } from "./cases/messages.ts";
import { Judge } from "./judged.ts";
import type { Claim, Look, Remark } from "./look.ts";
import { CaseRecord, type CheckResult, type Moment, whyLeft } from "./outcome.ts";
import { CaseRunner } from "./runner.ts";

/** Where the BMC is, and how it is played. */
export interface CheckTarget {
  readonly bmc: BmcParty;
  /** The wire, the BMC and its faults; its workload is not played. */
  readonly scenario: Scenario;
  /**
   * How long the cases are done again, round after round, in µs; one round when 0. When something is
   * violated, a round that brings nothing new is enough.
   */
  readonly forUs: number;
}

export interface CheckOptions {
  readonly cases: readonly Case[];
  readonly allow: readonly Allowance[];
  readonly seed?: number | undefined;
  readonly qemu?: string | undefined;
  /** Ends the check when what is under way has been answered. */
  readonly signal?: AbortSignal | undefined;
  /** Take the trace. */
  readonly sinks?: ((head: TraceHead) => readonly TraceSink[]) | undefined;
  /** Hears of each case as it begins. */
  readonly began?: ((of: Case, number: number, all: number) => void) | undefined;
}

/** When whoever checks is in a hurry, an answer that is under way has so long to come. In ms. */
const HURRY_MS = 10_000;

/** Checks a BMC that our own host stack reaches over a wire, with the referee watching. */
export async function check(target: CheckTarget, options: CheckOptions): Promise<CheckResult> {
  const session = new Session(target, options);
  return session.play();
}

class Session {
  readonly #target: CheckTarget;
  readonly #options: CheckOptions;
  readonly #records: readonly CaseRecord[];
  readonly #bringUp = new CaseRecord(bringUp);
  readonly #claims = new Map<string, Claim>();
  #judge: Judge | undefined;
  #runner: CaseRunner | undefined;
  #begun = 0;
  #last: CaseRecord = this.#bringUp;
  #interrupted = false;
  /** How many sorts of violations there were when the last round was over. */
  #known = 0;

  constructor(target: CheckTarget, options: CheckOptions) {
    this.#target = target;
    this.#options = options;
    const kind = interfaceOf(target.scenario);
    const done = options.cases.filter((each) => whyLeft(each, options.allow, kind) === undefined);
    // That one is always done: nothing can be asked before.
    this.#records = done.filter((each) => each !== bringUp).map((each) => new CaseRecord(each));
  }

  async play(): Promise<CheckResult> {
    const { bmc, scenario } = this.#target;
    const { signal } = this.#options;
    const hurry = new AbortController();
    const stop = () => {
      this.#interrupted = true;
      this.#runner?.stop();
      setTimeout(() => hurry.abort(), HURRY_MS).unref();
    };
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    try {
      const matchOptions = this.#matchOptions(hurry.signal);
      const played = await inTurns(playMatch(scenario, { host: stack, bmc }, matchOptions));
      return this.#result(played.lengthUs, played.interrupted);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  #matchOptions(signal: AbortSignal): MatchOptions {
    const { seed, qemu, sinks } = this.#options;
    return {
      referee: false,
      program: (asker, done) => this.#begin(asker, done),
      sinks: (head) => {
        this.#judge = new Judge(head);
        return [this.#judge, ...(sinks?.(head) ?? [])];
      },
      signal,
      qemu,
      ...(seed === undefined ? {} : { seed }),
    };
  }

  #begin(asker: Asker, done: () => void): void {
    const { forUs, scenario } = this.#target;
    const cases = this.#records.map(({ of }) => of);
    const hearer = {
      began: (of: Case) => this.#began(of),
      ended: (of: Case, look: Look) => this.#ended(of, look),
    };
    const enough = () => this.#enough();
    const parts = { cases, interface: interfaceOf(scenario), hearer, forUs, enough };
    this.#runner = new CaseRunner(parts, asker, done);
    if (this.#interrupted) this.#runner.stop();
    this.#runner.begin();
  }

  #began(of: Case): void {
    // What came to light since the case before, or in the bring-up, is not this one's.
    this.#last.ends(this.#at, this.#news());
    const record = this.#recordOf(of);
    const { n, t } = this.#at;
    record.begins({ n: n + 1, t });
    this.#last = record;
    this.#begun++;
    this.#options.began?.(of, this.#begun, this.#records.length);
  }

  #ended(of: Case, look: Look): void {
    for (const claim of look.claims) this.#claims.set(`${claim.by}: ${claim.what}`, claim);
    this.#recordOf(of).ends(this.#at, [...this.#news(), ...look.remarks]);
  }

  #result(lengthUs: number, brokeOff: string | undefined): CheckResult {
    this.#last.ends(this.#at, [...this.#news(), ...broken(brokeOff)]);
    const { cases, allow } = this.#options;
    const kind = interfaceOf(this.#target.scenario);
    const { transactions = 0, events = 0 } = this.#judge?.verdict ?? {};
    const begun = this.#records.filter(({ done }) => done);
    const outcomes = [this.#bringUp, ...begun].map(({ outcome }) => outcome);
    const left = cases.flatMap((each) => {
      const missed = this.#records.some(({ of, done }) => of === each && !done);
      const why = missed ? "the check did not come to it" : whyLeft(each, allow, kind);
      return why === undefined ? [] : [{ id: each.id, title: each.title, why }];
    });
    return {
      outcomes,
      left,
      claims: [...this.#claims.values()],
      unreachable: transactions === 0 && this.#violations === 0,
      lengthUs,
      transactions,
      events,
      ownFaults: this.#judge?.ownFaults ?? [],
      interrupted: this.#interrupted,
      brokeOff,
    };
  }

  /** How many sorts of violations there were by now. */
  get #violations(): number {
    const remarks = [this.#bringUp, ...this.#records].flatMap(({ outcome }) => outcome.remarks);
    const sorts = remarks.filter(({ grade }) => grade === "violates");
    return new Set(sorts.map(({ rule, text }) => rule ?? text)).size;
  }

  #enough(): boolean {
    const before = this.#known;
    this.#known = this.#violations;
    return before > 0 && this.#known === before;
  }

  #recordOf(of: Case): CaseRecord {
    return this.#records.find((each) => each.of === of) ?? this.#bringUp;
  }

  #news() {
    return this.#judge?.since() ?? [];
  }

  get #at(): Moment {
    return this.#judge?.at ?? { n: 0, t: 0 };
  }
}

/** The case in which everything ended says nothing. */
function broken(brokeOff: string | undefined): readonly Remark[] {
  if (brokeOff === undefined) return [];
  return [{ grade: "inconclusive", text: `it broke off: ${brokeOff}` }];
}
