import {
  resetWatchdogTimer,
  type SetWatchdog,
  setWatchdogTimer,
  WatchdogAction,
  WatchdogUse,
} from "../../ipmi/commands/app/watchdog.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { beginsAnew, hex } from "../text.ts";

/** The host's watchdog carries to the BMC what its user asked for, and no more than is its own. */
export const watchdogSettings: readonly CheckedRule[] = [
  {
    id: "STACK-21",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence: "What the watchdog is called armed with is what the BMC's timer was set to.",
    observable: true,
    automaton: (context) => new CarriesSetting(context),
  },
  {
    id: "STACK-22",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence: "The watchdog is called off only when the BMC's timer stands.",
    observable: true,
    automaton: (context) => new StopsTimer(context),
  },
  {
    id: "WD-10",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §27.2",
    sentence: "The host's watchdog has the use SMS/OS, and clears no other use's flag.",
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

/** The user under whose name the stack's watchdog asks. */
const WATCHDOG_USER = "watchdog";
const USE_BITS = 0x07;
const CLEARS_AT = 3;

const COUNTS_PER_S = 10;
/** The host's word for each action. */
const ACTIONS: ReadonlyMap<string, number> = new Map([
  ["none", WatchdogAction.None],
  ["reset", WatchdogAction.HardReset],
  ["power-down", WatchdogAction.PowerDown],
  ["power-cycle", WatchdogAction.PowerCycle],
]);
/** What the host says as it calls the watchdog armed. */
const ARMED = /^([a-z-]+) in (\d+) s$/;

class CarriesSetting extends RuleAutomaton {
  set: SetWatchdog | undefined;

  concerns(command: Command): boolean {
    return isOf([setWatchdogTimer], command);
  }

  dialogue(dialogue: Dialogue): void {
    const set = dialogue.asks(setWatchdogTimer);
    if (set !== undefined) this.set = dialogue.clear && dialogue.cc === Cc.Ok ? set : undefined;
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

  hostLife({ what }: On<"hostLife">): void {
    if (what !== "watchdog-off" || !this.runs) return;
    this.report("it is called off, and the BMC's timer runs");
  }
}
