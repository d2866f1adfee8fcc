import { NetFn } from "../../ipmi/command-table.ts";
import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import type { Automaton } from "../automaton.ts";
import type { CheckedRule, Context } from "../rule.ts";
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
  observable: true,
  automaton: watchesClaims,
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
function watchesClaims({ head, report }: Context): Automaton {
  const open = new Map<number, Open>();
  let set = false;
  let runs = false;
  let countUs = 0;
  let claimed = false;
  /** The timer ran until then, and the host's users have not heard of it in any way. */
  let unheard: Loss | undefined;
  /** The same, while the host claims that the timer runs. */
  let lost: Loss | undefined;

  const loses = (loss: Loss, forgets: boolean) => {
    if (forgets) set = false;
    if (runs) unheard = loss;
    if (claimed) lost ??= loss;
    runs = false;
  };
  const settle = (us: number) => {
    if (lost !== undefined && us - lost.us > countUs + head.promises.answerBoundUs) {
      const { how } = lost;
      const later = seconds(us - lost.us);
      report(`${how}, and ${later} later it still counted as armed`, undefined, lost.us);
    }
    lost = undefined;
  };
  return {
    bmcRequest: ({ tag, message }) => {
      const [netFnLun = 0, cmd = 0] = message;
      if (netFnLun >> 2 !== NetFn.App) return;
      if (cmd !== setWatchdogTimer.cmd && cmd !== resetWatchdogTimer.cmd) return;
      const count = (message[6] ?? 0) | ((message[7] ?? 0) << 8);
      const stops = cmd === setWatchdogTimer.cmd && ((message[2] ?? 0) & DONT_STOP) === 0;
      open.set(tag, { cmd, stops, countUs: count * COUNT_US });
    },
    bmcResponse: ({ tag, message, t }) => {
      const request = open.get(tag);
      open.delete(tag);
      if (request === undefined) return;
      unheard = undefined;
      if (message[1] !== request.cmd || message[2] !== OK) return;
      if (request.cmd === setWatchdogTimer.cmd) {
        set = true;
        if (request.stops) runs = false;
        countUs = request.countUs;
      } else if (set) {
        runs = true;
        settle(t);
      }
    },
    bmcLife: ({ what, t }) => {
      const resets = what === "reset" || what === "power-on";
      if (resets) loses({ us: t, how: "the BMC lost the timer" }, true);
      if (what === "watchdog-expired") loses({ us: t, how: "the timer ran out" }, false);
    },
    hostLife: ({ what, t }) => {
      if (what === "watchdog-armed") {
        // What the BMC lost after its answer the host cannot know yet.
        if (!runs && unheard === undefined) report("it is called armed, but no timer runs");
        if (!runs) lost ??= unheard;
        claimed = true;
      } else if (WITHDRAWALS.has(what)) {
        settle(t);
        claimed = false;
      }
    },
    end: ({ t }) => settle(t),
  };
}
