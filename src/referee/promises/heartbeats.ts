import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import type { On } from "../automaton.ts";
import { AT_ONCE_US, isStacks, OUR_OWN, WATCHDOG_USER } from "../common/our-own.ts";
import { Few, FewNumbers } from "../few.ts";
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
    instead:
      "The stack sends Reset Watchdog Timer as soon as the watchdog has nothing else under way.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new Beats(context) : {}),
  },
  {
    id: "STACK-29",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "Behind a change of its setting, a pre-timeout, a refusal and each absence of the BMC the " +
      "watchdog's timer is set up, and not only begun anew; one that may have run out is not called armed.",
    instead:
      "The stack sends Set Watchdog Timer before Reset Watchdog Timer, and calls the watchdog " +
      "armed when both are confirmed.",
    needs: ["the beginning"],
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
  readonly open = new FewNumbers();
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
  /** What its user wants, and wanted as it was set up last. */
  wanted = "";
  wantedBefore = "";
  /** The last thing was a Set: the Reset that belongs to it follows. */
  set = false;
  /** Users' own requests that are open, and the watchdog's: which command each is. */
  readonly users = new FewNumbers();
  readonly open = new Few<number>();
  /** Its user has it beat. */
  beats = false;
  /** What the host says: it is armed; since when a refusal has had no consequence. */
  armed = false;
  refusedUs = -1;
  /** How long the timer runs, and when it began last. */
  timeoutUs = 0;
  beganUs = -1;
  /** The same as it was set last, and is not begun yet. */
  nextUs = 0;

  user({ what, text }: On<"user">): void {
    if (what === "watchdog") this.#wants(text);
    if (what === "heartbeat") this.beats = true;
    const stops = what === "watchdog-stop" || (what === "watchdog" && NO_ACTION.test(text));
    if (stops) this.beats = false;
  }

  delivered({ user, what }: On<"delivered">): void {
    // A Set that is under way sets up what ran out.
    if (user !== WATCHDOG_USER || what !== "pretimeout" || this.#sets) return;
    this.why = "the pre-timeout came";
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    this.soon = RETURNS.get(what) ?? this.soon;
    if (what === "watchdog-armed") this.armed = true;
    if (WITHDRAWS.has(what)) {
      this.armed = false;
      this.refusedUs = -1;
    }
    if (what !== "start") return;
    this.why = "";
    this.soon = "";
    this.beats = false;
  }

  send({ id, t }: On<"send">): void {
    this.#judge(t);
    if (this.soon === "" || !this.users.delete(id)) return;
    if (this.beats && this.open.size === 0) {
      this.report(`${this.soon}, and the timer is not set up as users are served again`);
    }
    this.why = this.soon;
    this.soon = "";
  }

  answer({ id, cc, maker, t }: On<"answer">): void {
    this.#judge(t);
    this.users.delete(id);
    const cmd = this.open.get(id);
    this.open.delete(id);
    if (cmd !== resetWatchdogTimer.cmd || maker !== "bmc") return;
    if (cc === 0) {
      this.beganUs = t;
      this.timeoutUs = this.nextUs;
    } else if (this.armed) this.refusedUs = t;
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  request({ id, user, netFn, cmd, data, t }: On<"request">): void {
    this.#judge(t);
    if (!isStacks(user)) this.users.add(id);
    if (user !== WATCHDOG_USER || netFn !== resetWatchdogTimer.netFn) return;
    this.open.set(id, cmd);
    const { set, why } = this;
    this.set = cmd === setWatchdogTimer.cmd;
    if (this.set) {
      this.wantedBefore = this.wanted;
      if (this.refusedUs !== -1) this.#countsAsArmed();
      this.why = "";
      this.soon = "";
      this.refusedUs = -1;
      this.nextUs = ((data[4] ?? 0) | ((data[5] ?? 0) << 8)) * COUNT_US;
    }
    if (cmd !== resetWatchdogTimer.cmd || set || why === "") return;
    this.report(`${why}, and the timer is begun anew without being set up`);
    this.why = "";
  }

  get #sets(): boolean {
    return this.open.values.includes(setWatchdogTimer.cmd);
  }

  /** A change that was refused is taken back, and nothing has changed. */
  #wants(text: string): void {
    this.wanted = text;
    if (text !== this.wantedBefore) this.why = CHANGED;
    else if (this.why === CHANGED) this.why = "";
  }

  #countsAsArmed(): void {
    this.refusedUs = -1;
    this.report("the BMC refused to begin the timer anew, and it counts as armed");
  }

  #judge(nowUs: number): void {
    if (this.refusedUs !== -1 && nowUs - this.refusedUs > AT_ONCE_US) {
      this.#countsAsArmed();
    }
    const us = nowUs - this.beganUs;
    if (!this.armed || this.beganUs === -1 || us <= this.timeoutUs + BEAT_US) return;
    this.report(`the timer began last ${seconds(us)} ago, and counts as armed`);
    this.beganUs = -1;
  }
}

const COUNT_US = 100_000;
const CHANGED = "its setting changed";
const WITHDRAWS: ReadonlySet<string> = new Set([
  ...["watchdog-unprotected", "watchdog-off", "start", "shutdown", "panic"],
]);
