import { NetFn } from "../../ipmi/command-table.ts";
import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import type { On } from "../automaton.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";

const COUNT_US = 100_000;
const OK = 0;
/** @see IPMI 2.0 §27.6 */
const DONT_STOP = 0x40;
/** After these the host claims nothing. */
const WITHDRAWALS: ReadonlySet<string> = new Set([
  "watchdog-unprotected",
  "watchdog-off",
  "down",
  "panic",
]);

/** What the host says of its watchdog is so. */
export const truthfulWatchdog: CheckedRule = {
  id: "STACK-20",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "The watchdog is called armed only while its timer runs; a timer that the BMC lost is " +
    "noticed within its time-out and the answer bound.",
  instead:
    "The stack takes the word armed back when the timer that was confirmed last may have run " +
    "out.",
  presumes: "a right BMC",
  shows: "an effect",
  needs: ["the beginning"],
  observable: true,
  automaton: (context) => new WatchesClaims(context),
};

/** A request of the BMC's that is open: which command of the timer it is. */
interface Open {
  readonly cmd: number;
  /** A Set that stops the timer. */
  readonly stops: boolean;
  readonly countUs: number;
}

interface Loss {
  readonly us: number;
  readonly how: string;
}

/**
 * The BMC's timer as its answers make it: it has a setting after a Set, and runs after a Reset.
 * A heartbeat's period is no part of the trace; whoever lets the time-out pass without one has no
 * timer any more, so the time-out stands for it.
 */
class WatchesClaims extends RuleAutomaton {
  readonly open = new Few<Open>();
  /** What was answered last, and the host may not have heard as it was. */
  answered: { readonly tag: number; readonly code: number } | undefined;
  set = false;
  runs = false;
  countUs = 0;
  claimed = false;
  /** The timer ran until then, or ran as far as the host could hear. */
  unheard: Loss | undefined;
  /** The same, while the host claims that the timer runs. */
  lost: Loss | undefined;

  bmcRequest({ tag, message }: On<"bmcRequest">): void {
    const [netFnLun = 0, cmd = 0] = message;
    if (netFnLun >> 2 !== NetFn.App) return;
    if (cmd !== setWatchdogTimer.cmd && cmd !== resetWatchdogTimer.cmd) return;
    const count = (message[6] ?? 0) | ((message[7] ?? 0) << 8);
    const stops = cmd === setWatchdogTimer.cmd && ((message[2] ?? 0) & DONT_STOP) === 0;
    this.open.set(tag, { cmd, stops, countUs: count * COUNT_US });
  }

  bmcResponse({ tag, message, t }: On<"bmcResponse">): void {
    const request = this.open.get(tag);
    this.open.delete(tag);
    if (request === undefined) return;
    this.unheard = undefined;
    this.answered = { tag, code: message[2] ?? -1 };
    if (message[1] !== request.cmd || message[2] !== OK) return;
    if (request.cmd === setWatchdogTimer.cmd) {
      this.set = true;
      if (request.stops) this.runs = false;
      this.countUs = request.countUs;
    } else if (this.set) {
      this.runs = true;
      this.#settle(t);
    }
  }

  received({ tag, message, t }: On<"received">): void {
    const { answered } = this;
    if (answered?.tag !== tag) return;
    this.answered = undefined;
    const garbled = answered.code !== message[2];
    if (garbled && !this.runs) this.unheard = { us: t, how: "the wire said what the BMC did not" };
  }

  bmcLife({ what, t }: On<"bmcLife">): void {
    const resets = what === "reset" || what === "power-on";
    if (resets) this.#loses({ us: t, how: "the BMC lost the timer" }, true);
    if (what === "watchdog-expired") this.#loses({ us: t, how: "the timer ran out" }, false);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    if (what === "watchdog-armed") {
      // What the BMC lost after its answer the host cannot know yet.
      if (!this.runs && this.unheard === undefined)
        this.report("it is called armed, but no timer runs");
      if (!this.runs) this.lost ??= this.unheard;
      this.claimed = true;
    } else if (WITHDRAWALS.has(what)) {
      this.#settle(t);
      this.claimed = false;
    }
  }

  end({ t }: On<"end">): void {
    this.#settle(t);
  }

  #loses(loss: Loss, forgets: boolean): void {
    if (forgets) this.set = false;
    if (this.runs) this.unheard = loss;
    if (this.claimed) this.lost ??= loss;
    this.runs = false;
  }

  #settle(us: number): void {
    const { lost } = this;
    if (lost !== undefined && us - lost.us > this.countUs + this.head.promises.answerBoundUs) {
      const later = seconds(us - lost.us);
      this.report(`${lost.how}, and ${later} later it still counted as armed`, undefined, lost.us, {
        startUs: lost.us,
      });
    }
    this.lost = undefined;
  }
}
