import type { Answer } from "../host/index.ts";
import { Cc } from "../ipmi/completion.ts";
import type { Asker } from "../match/program.ts";
import type { InterfaceKind } from "../wire/interface.ts";
import type { Case, Course, Wish } from "./case.ts";
import { Look } from "./look.ts";

/** Hears of each case as it begins and ends, in order. */
export interface CaseHearer {
  began(of: Case): void;
  ended(of: Case, look: Look): void;
}

export interface CaseRunnerParts {
  readonly cases: readonly Case[];
  readonly interface: InterfaceKind | undefined;
  readonly hearer: CaseHearer;
  /** How long to go on, round after round. In µs; one round when 0. */
  readonly forUs: number;
  /** Asked after each round: whether it need not go on. */
  readonly enough: () => boolean;
}

/** A stack that is busy with a reset refuses for that long at most; then a case is given up. In µs. */
const REFUSED_PAUSE_US = 100_000;
const REFUSALS_MAX = 600;
/** Between two rounds, so that a time of rounds has a number of requests that can be had. In µs. */
const ROUND_PAUSE_US = 250_000;

/** Does cases one after the other, whatever carries their questions. */
export class CaseRunner {
  readonly #parts: CaseRunnerParts;
  readonly #asker: Asker;
  readonly #done: () => void;
  readonly #begunUs: number;
  #stopped = false;
  #over = false;

  constructor(parts: CaseRunnerParts, asker: Asker, done: () => void) {
    this.#parts = parts;
    this.#asker = asker;
    this.#done = done;
    this.#begunUs = asker.scheduler.now();
  }

  begin(): void {
    this.#next(0);
  }

  /** Asks nothing more: what is under way is answered first. */
  stop(): void {
    this.#stopped = true;
  }

  #next(index: number): void {
    const { cases, interface: kind, hearer } = this.#parts;
    const each = cases[index];
    if (this.#stopped) return this.#end();
    if (each === undefined) return this.#roundDone();
    const look = new Look(kind);
    hearer.began(each);
    const course = each.run(look);
    this.#step(course, undefined, (broken) => {
      if (broken) look.inconclusive("it was stopped before it came to its end");
      hearer.ended(each, look);
      this.#later(0, () => this.#next(index + 1));
    });
  }

  #roundDone(): void {
    const { forUs, enough } = this.#parts;
    if (this.#asker.scheduler.now() - this.#begunUs >= forUs || enough()) return this.#end();
    this.#later(ROUND_PAUSE_US, () => this.#next(0));
  }

  #step(course: Course, answer: Answer | undefined, ended: (broken: boolean) => void): void {
    const next = course.next(answer);
    if (next.done === true) return ended(false);
    if (this.#stopped) return ended(true);
    this.#grant(next.value, (granted) => this.#step(course, granted, ended));
  }

  #grant(wish: Wish, granted: (answer: Answer | undefined) => void): void {
    if (wish.kind === "pause") return this.#later(wish.us, () => granted(undefined));
    this.#ask(wish, granted, REFUSALS_MAX);
  }

  #ask(
    wish: Wish & { readonly kind: "ask" },
    answered: (answer: Answer) => void,
    left: number,
  ): void {
    if (this.#asker.ask(wish.request, answered)) return;
    if (left > 0 && !this.#stopped) {
      return this.#later(REFUSED_PAUSE_US, () => this.#ask(wish, answered, left - 1));
    }
    const { netFn, cmd } = wish.request;
    const cc = Cc.NodeBusy;
    answered({ id: 0, netFn, cmd, cc, maker: "host-handler", data: new Uint8Array(0) });
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#done();
  }

  #later(us: number, run: () => void): void {
    const { scheduler } = this.#asker;
    scheduler.at(scheduler.now() + us, "case", run);
  }
}
