import {
  ExpirationFlag,
  getWatchdogTimer,
  PretimeoutInterrupt,
  resetWatchdogTimer,
  type SetWatchdog,
  setWatchdogTimer,
  WatchdogAction,
  WatchdogUse,
} from "../../ipmi/commands/app/watchdog.ts";
import { getSystemRestartCause, RestartCause } from "../../ipmi/commands/chassis/chassis.ts";
import { ask, did, pause } from "../asking.ts";
import type { Case, Course } from "../case.ts";
import type { Look } from "../look.ts";

const LOOK_AGAIN_US = 500_000;
const SECOND_US = 1_000_000;
const EVERY_BMC = "every BMC has to have it";

/** A timer that does nothing but end, and is not logged. */
const HARMLESS: SetWatchdog = {
  use: WatchdogUse.SmsOs,
  dontStop: false,
  dontLog: true,
  action: WatchdogAction.None,
  pretimeoutInterrupt: PretimeoutInterrupt.None,
  pretimeoutS: 0,
  clearExpired: ExpirationFlag.SmsOs,
  countdown100ms: 100,
};

/** The watchdog timer: as it is, and, where that is allowed, set and let run out. */
export const watchdogCases: readonly Case[] = [
  {
    id: "watchdog/read",
    section: "IPMI 2.0 §27.7",
    title: "Get Watchdog Timer says how the timer stands; a running one counts down.",
    *run(look) {
      const first = yield* ask(getWatchdogTimer, {});
      if (!did(look, first.answer, EVERY_BMC)) return;
      if (first.value?.running !== true) return;
      yield* pause(LOOK_AGAIN_US);
      const { answer } = yield* ask(getWatchdogTimer, {});
      did(look, answer, EVERY_BMC);
    },
  },
  {
    id: "watchdog/set",
    section: "IPMI 2.0 §27.5 to §27.7",
    title: "The timer reads as it was set, runs when it is started, counts down, and stops.",
    needs: "write",
    *run(look) {
      if (!(yield* idle(look)) || !(yield* set(look, HARMLESS))) return;
      yield* ask(getWatchdogTimer, {});
      if (!(yield* started(look))) return;
      yield* pause(SECOND_US);
      yield* runs(look);
      yield* set(look, HARMLESS);
      const stopped = yield* ask(getWatchdogTimer, {});
      if (stopped.value?.running === true) {
        look.violates("IPMI 2.0 §27.6", "Set Watchdog Timer does not stop the timer");
      }
    },
  },
  {
    id: "watchdog/expires",
    section: "IPMI 2.0 §27.2, §27.3",
    title: "A timer that runs out sets the flag of its use, and stops.",
    needs: "write",
    *run(look) {
      if (!(yield* idle(look))) return;
      if (!(yield* set(look, { ...HARMLESS, countdown100ms: 10 }))) return;
      if (!(yield* started(look)) || !(yield* runs(look))) return;
      yield* pause(2 * SECOND_US);
      const { value } = yield* ask(getWatchdogTimer, {});
      if (value?.running === true) {
        look.inconclusive("a second after its time the timer still runs");
      } else if (value !== undefined && (value.expired & ExpirationFlag.SmsOs) === 0) {
        look.violates("IPMI 2.0 §27.2", "the timer ran out, and its flag is not set");
      }
      yield* set(look, HARMLESS);
    },
  },
  {
    id: "watchdog/pretimeout",
    section: "IPMI 2.0 §27.4, §22.4",
    title: "A pre-timeout comes as a message flag, before the timer runs out.",
    needs: "write",
    *run(look) {
      if (!(yield* idle(look))) return;
      const pretimeout = { pretimeoutInterrupt: PretimeoutInterrupt.Messaging, pretimeoutS: 1 };
      const timer = { ...HARMLESS, ...pretimeout, countdown100ms: 30 };
      if (!(yield* set(look, timer)) || !(yield* started(look))) return;
      // The driver looks at the flags by itself, when the BMC asks for attention or on its rounds.
      for (let i = 0; i < 8; i++) {
        yield* pause(LOOK_AGAIN_US);
        yield* ask(getWatchdogTimer, {});
      }
      yield* set(look, HARMLESS);
    },
  },
  {
    id: "watchdog/resets-the-system",
    section: "IPMI 2.0 §27.3, §28.11",
    title: "A timer that was set to reset the system does that, and nothing else.",
    needs: "power",
    *run(look) {
      if (!(yield* idle(look))) return;
      const timer = { ...HARMLESS, action: WatchdogAction.HardReset, countdown100ms: 10 };
      if (!(yield* set(look, timer)) || !(yield* started(look))) return;
      yield* pause(2 * SECOND_US);
      const { answer, value } = yield* ask(getSystemRestartCause, {});
      if (did(look, answer) && value !== undefined && value.cause !== RestartCause.Watchdog) {
        const text = `the watchdog reset the system, and the restart cause is ${value.cause}`;
        look.violates("IPMI 2.0 §28.11", text);
      }
      yield* set(look, HARMLESS);
    },
  },
];

/** Whether nobody is guarded by the timer: a running one is let alone. */
function* idle(look: Look): Course<boolean> {
  const { answer, value } = yield* ask(getWatchdogTimer, {});
  if (!did(look, answer, EVERY_BMC) || value === undefined) return false;
  if (value.running) look.inconclusive("the timer runs: somebody is guarded by it");
  return !value.running;
}

/** Whether a timer that was started is said to run: some BMCs do not trouble to, where it does nothing. */
function* runs(look: Look): Course<boolean> {
  const { value } = yield* ask(getWatchdogTimer, {});
  if (value?.running === false) {
    const text = "a timer that was started, and is to do nothing when it ends, does not run";
    look.tolerable("IPMI 2.0 §27.5", text);
  }
  return value?.running === true;
}

function* set(look: Look, timer: SetWatchdog): Course<boolean> {
  const { answer } = yield* ask(setWatchdogTimer, timer);
  return did(look, answer, EVERY_BMC);
}

function* started(look: Look): Course<boolean> {
  const { answer } = yield* ask(resetWatchdogTimer, {});
  return did(look, answer, EVERY_BMC);
}
