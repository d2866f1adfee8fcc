import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import type { On } from "../automaton.ts";
import { AT_ONCE_US, OUR_OWN, WATCHDOG_USER } from "../common/our-own.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";

/** Who has a timer that runs is not told that he has none. */
export const saysWhyUnprotected: CheckedRule = {
  id: "STACK-45",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A watchdog that is armed is called unprotected only for a reason: its time-out went by since the BMC " +
    "began its timer, a request of its own failed, or it is set up anew; while it is armed no policy runs. " +
    "It is called so once, and the time until its policy runs counts from then.",
  instead:
    "The stack keeps the watchdog armed while the timer that the BMC confirmed runs, and says once " +
    "that it does not.",
  needs: ["the beginning"],
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new HasReason(context) : {}),
};

/** The timer is set in tenths of a second. @see IPMI 2.0 §27.6 */
const COUNT_US = 100_000;
/** The host and the trace do not count from the same moment. */
const SLACK_US = 1_000;
/** Behind a change of its setting, a pre-timeout, and a return of the BMC it may be set up any time. */
const UNSETTLED_US = 5_000_000;
const RETURNS: ReadonlySet<string> = new Set([
  ...["found", "up", "failed", "quiet", "quiet-end", "firmware-changed"],
]);
const ENDS: ReadonlySet<string> = new Set(["start", "shutdown", "down", "panic", "watchdog-off"]);

class HasReason extends RuleAutomaton {
  /** It is called armed; and unprotected, and nothing else since. */
  armed = false;
  unprotected = false;
  /** The watchdog's own requests that are open, by their commands. */
  readonly open = new Few<number>();
  /** What was set last by the watchdog, and what it was as the timer began. */
  setUs = 0;
  timeoutUs = 0;
  /** When the BMC said last that the timer begins; -1 it did not. */
  beganUs = -1;
  /** Something besides the time-out speaks against the timer since. */
  doubt = false;
  /** When there was a reason last to set it up anew. */
  unsettledUs = Number.NEGATIVE_INFINITY;
  /** Since when it is called unprotected without a reason in sight; -1 it is not. */
  withoutUs = -1;

  user({ what, t }: On<"user">): void {
    this.#judge(t);
    if (what === "watchdog" || what === "watchdog-stop") this.unsettledUs = t;
  }

  delivered({ user, t }: On<"delivered">): void {
    this.#judge(t);
    if (user === WATCHDOG_USER) this.unsettledUs = t;
  }

  request({ id, user, netFn, cmd, data }: On<"request">): void {
    if (user !== WATCHDOG_USER || netFn !== setWatchdogTimer.netFn) return;
    this.open.set(id, cmd);
    if (cmd !== setWatchdogTimer.cmd) return;
    this.setUs = ((data[4] ?? 0) | ((data[5] ?? 0) << 8)) * COUNT_US;
    this.doubt = true;
    // It is called so just before it is set up.
    this.withoutUs = -1;
  }

  refused({ user, t }: On<"refused">): void {
    this.#judge(t);
    if (user === WATCHDOG_USER) this.doubt = true;
  }

  answer({ id, cc, maker, t }: On<"answer">): void {
    this.#judge(t);
    const cmd = this.open.get(id);
    this.open.delete(id);
    if (cmd === undefined) return;
    if (cc !== 0 || maker !== "bmc") this.doubt = true;
    else if (cmd === resetWatchdogTimer.cmd) {
      this.beganUs = t;
      this.timeoutUs = this.setUs;
      this.doubt = t - this.unsettledUs < UNSETTLED_US;
    }
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (what === "watchdog-armed") {
      this.armed = true;
      this.unprotected = false;
    }
    if (RETURNS.has(what)) this.unsettledUs = t;
    if (what === "watchdog-policy" && this.armed) {
      this.report("its policy ran, and it was called armed");
    }
    if (what === "watchdog-unprotected") this.#unprotected(t);
    if (!ENDS.has(what)) return;
    this.armed = false;
    this.unprotected = false;
    this.withoutUs = -1;
    if (what !== "start") return;
    this.open.clear();
    this.beganUs = -1;
    this.unsettledUs = Number.NEGATIVE_INFINITY;
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #unprotected(us: number): void {
    if (this.unprotected)
      this.report("it is called unprotected once more, and was not armed since");
    const { armed } = this;
    this.armed = false;
    this.unprotected = true;
    if (!armed) return;
    const over = us - this.beganUs >= this.timeoutUs - SLACK_US;
    if (this.beganUs === -1 || this.doubt || over) return;
    this.withoutUs = us;
  }

  #judge(nowUs: number): void {
    const { withoutUs } = this;
    if (withoutUs === -1 || nowUs - withoutUs <= AT_ONCE_US) return;
    this.withoutUs = -1;
    this.report("it is called unprotected, and its timer runs", undefined, withoutUs);
  }
}
