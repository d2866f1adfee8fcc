import * as wire from "../../../ipmi/commands/app/watchdog.ts";
import { Cc, SpecificCc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { Watchdog } from "../../stores/watchdog.ts";

/** What this platform can do when the timer runs out, and before. */
export interface WatchdogSupport {
  /** Values of `WatchdogAction`. */
  readonly actions: readonly number[];
  /** Values of `PretimeoutInterrupt`. */
  readonly interrupts: readonly number[];
}

const USES: ReadonlySet<number> = new Set(Object.values(wire.WatchdogUse));

/** @see IPMI 2.0 §27.5 */
export const resetWatchdogTimer = command<{ watchdog: Watchdog }>()({
  layout: wire.resetWatchdogTimer,
  handle: ({ watchdog }) => {
    switch (watchdog.reset()) {
      case "started":
        return {};
      case "uninitialised":
        return SpecificCc.WatchdogUninitialized;
      // The count goes on, and no success may be claimed.
      case "past-pretimeout":
        return Cc.NotSupportedInState;
    }
  },
});

/** @see IPMI 2.0 §27.6 */
export const setWatchdogTimer = command<{ watchdog: Watchdog; watchdogSupport: WatchdogSupport }>()(
  {
    layout: wire.setWatchdogTimer,
    handle: ({ watchdog, watchdogSupport: supported }, request) => {
      const { dontStop, clearExpired, ...setting } = request;
      if (!USES.has(setting.use)) return Cc.InvalidField;
      if (!supported.actions.includes(setting.action)) return Cc.InvalidField;
      if (!supported.interrupts.includes(setting.pretimeoutInterrupt)) return Cc.InvalidField;
      watchdog.set(setting, { dontStop, clearUses: clearExpired });
      return {};
    },
  },
);

/** @see IPMI 2.0 §27.7 */
export const getWatchdogTimer = command<{ watchdog: Watchdog }>()({
  layout: wire.getWatchdogTimer,
  handle: ({ watchdog }) => ({
    ...watchdog.setting,
    running: watchdog.running,
    expired: watchdog.expiredUses,
    present100ms: watchdog.count100ms,
  }),
});
