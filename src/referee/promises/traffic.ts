import type { HostLife } from "../../trace/events.ts";
import type { Automaton, On } from "../automaton.ts";
import { isOwn, isWholeFetch, waitText } from "../common/waiting.ts";
import type { CheckedRule, Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { transferText } from "../text.ts";

/** What the BMC has to say comes first, but not for ever. */
export const noStarvation: CheckedRule = {
  id: "STACK-03",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "What the BMC has to say does not keep an accepted request from the wire: while one waits, only " +
    "so many fetches go between two transfers of users.",
  instead: "The stack lets the user who waits have the wire before it fetches more.",
  // Without it, whose a transfer is can only be guessed by the message.
  needs: ["host-interface"],
  observable: true,
  automaton: starvesNobody,
};

function starvesNobody({ head, host, requests, report }: Context): Automaton {
  return {
    transfer: (transfer) => {
      if (requests.isUsers || !isWholeFetch(transfer)) return;
      for (const each of requests.byId.values) {
        if (each.sent > 0 || isOwn(each.request)) continue;
        if (each.fetches !== head.promises.internalTransfersMax + 1) continue;
        const passed = `${each.fetches} fetches went before it`;
        report(`${waitText(each, host.lastAccessUs)}, not sent yet; ${passed}`);
      }
    },
  };
}

export const boundedWork: CheckedRule = {
  id: "STACK-05",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "The interface code gives the processor back after a bounded number of accesses, and for a while " +
    "where it only waits for the BMC.",
  instead: "The interface code ends its run, and is run again by the timer or the interrupt.",
  observable: true,
  automaton: (context) => new BoundedRuns(context),
};

/** Others come to the processor in less. */
const GIVES_WAY_US = 5;

class BoundedRuns extends RuleAutomaton {
  from = -1;
  /** The accesses before the first of the runs that follow each other without a pause, or since which the wire went on. */
  waitsFrom = 0;
  /** How far the wire has come, and when the last run ended. */
  progress = -1;
  endedUs = -1;

  run(event: On<"run">): void {
    if (event.on) {
      this.from = this.host.accesses;
      const { serial, request, response } = this.host.transfer;
      const progress = serial * STEPS + request.length + response.length;
      const gaveWay = event.t - this.endedUs >= GIVES_WAY_US;
      if (gaveWay || progress !== this.progress) this.waitsFrom = this.from;
      this.progress = progress;
    } else {
      this.endedUs = event.t;
      this.#judge();
      this.#judgeWaiting();
    }
  }

  /** The wire went on, though what is at hand now may be a transfer that was there before. */
  transfer(): void {
    this.progress = -1;
  }

  hostLife({ what }: On<"hostLife">): void {
    // A panic takes over within a run, and has a bound of its own.
    if (what === "panic") this.#judge();
  }

  end(): void {
    this.#judge();
  }

  #judge(): void {
    const accesses = this.host.accesses - this.from;
    if (this.from !== -1 && accesses > this.head.promises.runAccessesMax) {
      this.report(`${accesses} register accesses in one run`);
    }
    this.from = -1;
  }

  #judgeWaiting(): void {
    const accesses = this.host.accesses - this.waitsFrom;
    if (accesses <= this.head.promises.runAccessesMax) return;
    this.report(`${accesses} register accesses in runs without a pause, and nothing went on`);
    this.waitsFrom = this.host.accesses;
  }
}

/** More bytes than a transfer has. */
const STEPS = 100_000;

export const silentWhenDown: CheckedRule = {
  id: "STACK-07",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "A stack that is down touches no register any more.",
  instead: "The stack stops its timers and lets every access be.",
  observable: true,
  automaton: (context) =>
    new Barred(context, {
      from: ["down"],
      until: ["start", "inserted"],
      where: "after the stack was down",
    }),
};

interface Bar {
  readonly from: readonly HostLife["what"][];
  readonly until: readonly HostLife["what"][];
  readonly where: string;
}

/** Reports each access in the time between two events of the host's life. */
export class Barred extends RuleAutomaton {
  readonly bar: Bar;
  active = false;

  constructor(context: Context, bar: Bar) {
    super(context);
    this.bar = bar;
  }

  hostLife({ what }: On<"hostLife">): void {
    const { from, until } = this.bar;
    const now = from.includes(what) || (this.active && !until.includes(what));
    if (now !== this.active) this.host.bars += now ? 1 : -1;
    this.active = now;
  }

  trespass(): void {
    if (!this.active) return;
    const { transfer } = this.host;
    const last = transfer.serial === 0 ? "none" : transferText(transfer);
    this.report(`a register was touched ${this.bar.where}; the transfer at hand: ${last}`);
  }
}
