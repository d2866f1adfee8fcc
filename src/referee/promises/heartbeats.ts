import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import type { On } from "../automaton.ts";
import { isStacks, OUR_OWN, WATCHDOG_USER } from "../common/our-own.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";

/** The watchdog's timer is told of each heartbeat, and set anew where only that helps. */
export const heartbeats: readonly CheckedRule[] = [
  {
    id: "STACK-27",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "Each heartbeat makes the watchdog's timer begin anew: Reset Watchdog Timer goes to the BMC as " +
      "soon as the watchdog has nothing else under way.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new Beats(context) : {}),
  },
  {
    id: "STACK-29",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "Behind a change of its setting, a pre-timeout and each absence of the BMC the watchdog's timer " +
      "is set up, and not only begun anew.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new SetsUp(context) : {}),
  },
];

/** Nothing has to be waited for. */
const BEAT_US = 100_000;
const NO_ACTION = /^none /;
const GOES: ReadonlySet<string> = new Set(["shutdown", "panic", "start"]);

class Beats extends RuleAutomaton {
  /** Since when a heartbeat waits, and nothing else is under way; -1 none does. */
  dueUs = -1;
  readonly open = new Set<number>();
  idle = true;

  user({ what, text, t }: On<"user">): void {
    this.#judge(t);
    if (what === "watchdog") this.idle = NO_ACTION.test(text);
    if (what === "heartbeat" && !this.idle) this.dueUs = t;
    if (what === "watchdog-stop" || this.idle) this.dueUs = -1;
  }

  request({ id, user, netFn, cmd, t }: On<"request">): void {
    this.#judge(t);
    if (user !== WATCHDOG_USER) return;
    this.open.add(id);
    // A heartbeat that comes with this one is covered by the one that follows it.
    const beats = netFn === resetWatchdogTimer.netFn && cmd === resetWatchdogTimer.cmd;
    if (beats) this.dueUs = -1;
  }

  refused({ user }: On<"refused">): void {
    if (user === WATCHDOG_USER) this.dueUs = -1;
  }

  answer({ id, cc, t }: On<"answer">): void {
    this.#judge(t);
    if (!this.open.delete(id) || this.dueUs === -1) return;
    // Behind a Set that failed the watchdog pauses.
    this.dueUs = cc === 0 ? t : -1;
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (GOES.has(what)) this.dueUs = -1;
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #judge(nowUs: number): void {
    const { dueUs } = this;
    if (dueUs === -1 || this.open.size > 0 || nowUs - dueUs <= BEAT_US) return;
    this.dueUs = -1;
    const text = `${seconds(nowUs - dueUs)} after a heartbeat the timer was not told to begin anew`;
    this.report(text, undefined, dueUs);
  }
}

/** Behind these the BMC is set up first; what was asked meanwhile goes as it was asked. */
const RETURNS: ReadonlyMap<string, string> = new Map([
  ["found", "the BMC was away"],
  ["quiet-end", "the BMC was reset"],
  ["firmware-changed", "the BMC has other firmware"],
]);

class SetsUp extends RuleAutomaton {
  /** Why the timer has to be set up; "" nothing asks for it. */
  why = "";
  /** The same, as soon as users are served again. */
  soon = "";
  /** The last thing was a Set: the Reset that belongs to it follows. */
  set = false;
  /** Users' own requests that are open. */
  readonly users = new Set<number>();

  user({ what }: On<"user">): void {
    if (what === "watchdog") this.why = "its setting changed";
  }

  delivered({ user, what }: On<"delivered">): void {
    if (user === WATCHDOG_USER && what === "pretimeout") this.why = "the pre-timeout came";
  }

  hostLife({ what }: On<"hostLife">): void {
    this.soon = RETURNS.get(what) ?? this.soon;
    if (what !== "start") return;
    this.why = "";
    this.soon = "";
  }

  send({ id }: On<"send">): void {
    if (this.soon === "" || !this.users.delete(id)) return;
    this.why = this.soon;
    this.soon = "";
  }

  answer({ id }: On<"answer">): void {
    this.users.delete(id);
  }

  request({ id, user, netFn, cmd }: On<"request">): void {
    if (!isStacks(user)) this.users.add(id);
    if (user !== WATCHDOG_USER || netFn !== resetWatchdogTimer.netFn) return;
    const { set, why } = this;
    this.set = cmd === setWatchdogTimer.cmd;
    if (this.set) {
      this.why = "";
      this.soon = "";
    }
    if (cmd !== resetWatchdogTimer.cmd || set || why === "") return;
    this.report(`${why}, and the timer is begun anew without being set up`);
    this.why = "";
  }
}
