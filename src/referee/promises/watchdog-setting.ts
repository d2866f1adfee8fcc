import { getDeviceId } from "../../ipmi/commands/app/device.ts";
import {
  PretimeoutInterrupt,
  resetWatchdogTimer,
  type SetWatchdog,
  setWatchdogTimer,
  WatchdogAction,
  WatchdogUse,
} from "../../ipmi/commands/app/watchdog.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { WATCHDOG_USER } from "../common/our-own.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import { FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { beginsAnew, bytesText, hex, sameBytes, seconds } from "../text.ts";

/** The host's watchdog carries to the BMC what its user asked for, and no more than is its own. */
export const watchdogSettings: readonly CheckedRule[] = [
  {
    id: "STACK-21",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "What the watchdog's user asked for is what the BMC's timer is set to, and what the watchdog is " +
      "called armed with.",
    instead:
      "The stack sends the user's time-out, pre-timeout and action in Set Watchdog Timer, and " +
      "calls the watchdog armed with them.",
    observable: true,
    automaton: (context) => new CarriesSetting(context),
  },
  {
    id: "STACK-22",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "The watchdog is called off only when the BMC's timer stands, and it is stopped when its user " +
      "says so, and not before; one with no way out is not stopped at all.",
    instead:
      "The stack stops the timer when the user says so, and calls the watchdog off when the BMC " +
      "has confirmed it.",
    observable: true,
    automaton: (context) => new StopsTimer(context),
  },
  {
    id: "WD-10",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §27.2",
    sentence: "The host's watchdog has the use SMS/OS, and clears no other use's flag.",
    instead:
      "The host sets the use to SMS/OS, and writes 0 for the flags of all other uses, which " +
      "leaves them alone.",
    needs: ["users", "host-interface"],
    observable: true,
    automaton: ({ report }) => ({
      request: ({ user, netFn, cmd, data }) => {
        const { netFn: setNetFn, cmd: setCmd } = setWatchdogTimer;
        if (user !== WATCHDOG_USER || netFn !== setNetFn || cmd !== setCmd) return;
        const use = (data[0] ?? 0) & USE_BITS;
        const others = (data[CLEARS_AT] ?? 0) & ~(1 << WatchdogUse.SmsOs);
        if (use !== WatchdogUse.SmsOs) report(`it set the timer for use ${use}`);
        if (others !== 0) report(`it cleared the expiration flags ${hex(others)}`);
      },
    }),
  },
];

/** In Get Device ID's response, after the completion code. @see IPMI 2.0 §20.1 */
const VERSION_AT = 4;
const USE_BITS = 0x07;
const ACTION_BITS = 0x07;
const DONT_STOP = 0x40;
/** A stop goes as soon as the watchdog has no request under way. */
const STOP_US = 100_000;
const GOES: ReadonlySet<string> = new Set(["shutdown", "panic", "start"]);
const CLEARS_AT = 3;

const COUNTS_PER_S = 10;
/** The host's word for each action. */
const ACTIONS: ReadonlyMap<string, number> = new Map([
  ["none", WatchdogAction.None],
  ["reset", WatchdogAction.HardReset],
  ["power-down", WatchdogAction.PowerDown],
  ["power-cycle", WatchdogAction.PowerCycle],
]);
/** The host's word for each way to hear of the pre-timeout. */
const PREACTIONS: ReadonlyMap<string, number> = new Map([
  ["none", PretimeoutInterrupt.None],
  ["smi", PretimeoutInterrupt.Smi],
  ["nmi", PretimeoutInterrupt.Nmi],
  ["messaging", PretimeoutInterrupt.Messaging],
]);
/** What the seat tells of what is asked for. */
const ASKED = /^([a-z-]+) in (\d+) s(?:, ([a-z]+) (\d+) s before)?(?:, no way out)?$/;
const NO_WAY_OUT = /, no way out$/;
/** What the host says as it calls the watchdog armed. */
const ARMED = /^([a-z-]+) in (\d+) s$/;

const NONE = new Uint8Array();

class CarriesSetting extends RuleAutomaton {
  /** The watchdog's own last Set, and what the BMC was set to by that very one. */
  own: Uint8Array = NONE;
  set: SetWatchdog | undefined;
  /** What its user asked for last, in the seat's words. */
  asked = "";
  /** By the stack's question who the BMC is: it knows "don't stop"; undefined: nobody knows. */
  knows: boolean | undefined;
  readonly identity = new FewNumbers();

  answer({ id, cc, data }: On<"answer">): void {
    if (!this.identity.delete(id) || cc !== Cc.Ok || data.length <= VERSION_AT) return;
    const version = data[VERSION_AT] ?? 0;
    this.knows = (version & 0x0f) * 16 + (version >> 4) >= 0x15;
  }

  user({ what, text }: On<"user">): void {
    if (what === "watchdog") this.asked = text;
  }

  /** With "no action" it is only stopped. */
  request({ id, user, netFn, cmd, data }: On<"request">): void {
    if (user === "identity" && cmd === getDeviceId.cmd) this.identity.add(id);
    const { netFn: setNetFn, cmd: setCmd, request } = setWatchdogTimer;
    if (user !== WATCHDOG_USER || netFn !== setNetFn || cmd !== setCmd) return;
    this.own = data;
    if (this.asked === "" || data.length !== request.size.min) return;
    const set = request.decode(data);
    if (set.action === WatchdogAction.None) return;
    const [, action = "", timeout, preaction = "none", before = "0"] = ASKED.exec(this.asked) ?? [];
    const interrupt = before === "0" ? PretimeoutInterrupt.None : PREACTIONS.get(preaction);
    const right =
      set.action === ACTIONS.get(action) &&
      set.countdown100ms === Number(timeout) * COUNTS_PER_S &&
      set.pretimeoutS === Number(before) &&
      set.pretimeoutInterrupt === interrupt &&
      set.dontStop === (this.knows ?? set.dontStop) &&
      !set.dontLog;
    if (!right)
      this.report(`${this.asked} was asked for, and the timer is set by ${bytesText(data)}`);
  }

  concerns(command: Command): boolean {
    return isOf([setWatchdogTimer], command);
  }

  dialogue(dialogue: Dialogue): void {
    const set = dialogue.asks(setWatchdogTimer);
    if (set === undefined) return;
    // What another user set, or the wire made of it, the watchdog does not know.
    const own = sameBytes(dialogue.asked, this.own);
    this.set = own && dialogue.clear && dialogue.cc === Cc.Ok ? set : undefined;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.set = undefined;
  }

  hostLife({ what, text }: On<"hostLife">): void {
    const [, action, timeout] = what === "watchdog-armed" ? (ARMED.exec(text) ?? []) : [];
    if (action === undefined || this.set === undefined) return;
    const { action: told, countdown100ms } = this.set;
    const right = ACTIONS.get(action) === told && Number(timeout) * COUNTS_PER_S === countdown100ms;
    if (right) return;
    this.report(`armed: ${text}; the timer was set to action ${told} in ${countdown100ms} counts`);
  }
}

class StopsTimer extends RuleAutomaton {
  /** It runs for certain. */
  runs = false;
  /** Since when it should be stopped, and was not asked to be; -1 it should not. */
  stopUs = -1;
  readonly open = new FewNumbers();
  /** Its user has it beat, and nobody has stopped it. */
  beats = false;
  none = false;
  /** Nobody may stop it once it runs. */
  noWayOut = false;

  user({ what, text, t }: On<"user">): void {
    this.#judge(t);
    if (what === "heartbeat") this.beats = true;
    if (what === "watchdog-stop") this.beats = false;
    if (what === "watchdog") {
      this.none = text.startsWith("none ");
      this.noWayOut = NO_WAY_OUT.test(text);
    }
    if (what === "watchdog-stop" && this.runs) this.stopUs = t;
    if (what === "heartbeat" || what === "watchdog") this.stopUs = -1;
  }

  request({ id, user, netFn, cmd, data, t }: On<"request">): void {
    this.#judge(t);
    if (user !== WATCHDOG_USER) return;
    this.open.add(id);
    const sets = netFn === setWatchdogTimer.netFn && cmd === setWatchdogTimer.cmd;
    const none = ((data[1] ?? 0) & ACTION_BITS) === WatchdogAction.None;
    if (sets && none && ((data[0] ?? 0) & DONT_STOP) === 0) this.stopUs = -1;
    if (!sets || !none || !this.beats) return;
    if (!this.none) this.report("it is stopped, and nobody asked for it");
    else if (this.noWayOut) this.report("it is stopped, and was begun with no way out");
  }

  refused({ user }: On<"refused">): void {
    if (user === WATCHDOG_USER) this.stopUs = -1;
  }

  answer({ id, t }: On<"answer">): void {
    this.#judge(t);
    // What was under way comes first.
    if (this.open.delete(id) && this.stopUs !== -1) this.stopUs = t;
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  concerns(command: Command): boolean {
    return isOf([setWatchdogTimer, resetWatchdogTimer], command);
  }

  dialogue(dialogue: Dialogue): void {
    const set = dialogue.asks(setWatchdogTimer);
    const done = dialogue.clear && dialogue.cc === Cc.Ok;
    if (set !== undefined && !(done && set.dontStop)) this.runs = false;
    if (dialogue.is(resetWatchdogTimer) && dialogue.clear) this.runs = done;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    const stops = what === "power" || what === "watchdog-expired" || what === "pretimeout";
    if (stops || beginsAnew(what)) this.runs = false;
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (GOES.has(what)) this.stopUs = -1;
    if (what === "start") this.beats = false;
    if (what !== "watchdog-off" || !this.runs) return;
    this.report("it is called off, and the BMC's timer runs");
  }

  #judge(nowUs: number): void {
    const { stopUs } = this;
    if (stopUs === -1 || this.open.size > 0 || nowUs - stopUs <= STOP_US) return;
    this.stopUs = -1;
    const text = `${seconds(nowUs - stopUs)} after it was to be stopped the BMC was not told so`;
    this.report(text, undefined, stopUs);
  }
}
