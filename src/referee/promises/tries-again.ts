import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import type { On } from "../automaton.ts";
import { AT_ONCE_US, OUR_OWN, WATCHDOG_USER } from "../common/our-own.ts";
import { FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";

/** Who is not protected does not stay so because the first try failed. */
export const triesAgain: CheckedRule = {
  id: "STACK-35",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A watchdog's timer that could not be set up is tried again, a second after each try that " +
    "failed, until its user stops it or its policy has run.",
  instead:
    "The stack tries again a second after the try that failed, until the user stops the " +
    "watchdog.",
  needs: ["the beginning"],
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new TriesAgain(context) : {}),
};

/** The pause is one of a second; what comes behind it comes at once. */
const PAUSE_MAX_US = 1_000_000 + AT_ONCE_US;
/** As often it is tried for certain, without a success between. */
const TRIES = 30;
const NO_ACTION = /^none /;
const ENDS: ReadonlySet<string> = new Set([
  ...["watchdog-policy", "watchdog-off", "start", "shutdown", "down", "panic"],
]);

class TriesAgain extends RuleAutomaton {
  /** Its user has it beat. */
  beats = false;
  readonly open = new FewNumbers();
  /** Since when a failed try has had no other behind it; -1 there is none. */
  failedUs = -1;
  failures = 0;

  user({ what, text, t }: On<"user">): void {
    this.#judge(t);
    if (what === "heartbeat") this.beats = true;
    const stops = what === "watchdog-stop" || (what === "watchdog" && NO_ACTION.test(text));
    if (stops) this.#rests();
  }

  request({ id, user, netFn, cmd, t }: On<"request">): void {
    this.#judge(t);
    if (user !== WATCHDOG_USER || netFn !== setWatchdogTimer.netFn || !isOfTimer(cmd)) return;
    this.open.add(id);
    this.failedUs = -1;
  }

  refused({ user, cmd, t }: On<"refused">): void {
    this.#judge(t);
    if (user === WATCHDOG_USER && isOfTimer(cmd)) this.#failed(t);
  }

  answer({ id, cc, t }: On<"answer">): void {
    this.#judge(t);
    if (!this.open.delete(id)) return;
    if (cc === 0) this.failures = 0;
    else this.#failed(t);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (ENDS.has(what)) this.#rests();
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #failed(t: number): void {
    if (this.beats && this.failures++ < TRIES) this.failedUs = t;
  }

  #rests(): void {
    this.beats = false;
    this.failedUs = -1;
  }

  #judge(nowUs: number): void {
    const { failedUs } = this;
    if (failedUs === -1 || this.open.size > 0 || nowUs - failedUs <= PAUSE_MAX_US) return;
    this.failedUs = -1;
    const text = `${seconds(nowUs - failedUs)} after a try that failed the timer was not tried again`;
    this.report(text, undefined, failedUs);
  }
}

function isOfTimer(cmd: number): boolean {
  return cmd === setWatchdogTimer.cmd || cmd === resetWatchdogTimer.cmd;
}
