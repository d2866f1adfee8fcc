import type { Step, WatchdogStep } from "../../../scenario/schema.ts";
import { type Step as GuestStep, modulePath } from "../index.ts";

const DEVICE = "/dev/watchdog";
const DEVICE_LIMIT_US = 20_000_000;
const SECOND_US = 1_000_000;

/** Linux's words for what the timer does at its end, and before it. */
const ACTIONS = {
  none: "none",
  reset: "reset",
  "power-down": "power_off",
  "power-cycle": "power_cycle",
} as const;
const PREACTIONS = {
  none: "pre_none",
  smi: "pre_smi",
  nmi: "pre_nmi",
  messaging: "pre_int",
} as const;

/** A heartbeat, whatever the byte. */
export const heartbeat: GuestStep = { step: "write-open-file", text: "1" };

/** Where a driver's parameters are when it is there. */
const PARAMETERS = "/sys/module/ipmi_watchdog/parameters";

/** How a kernel has its watchdog driver: it takes settings when it is loaded, or while it runs. */
export type WatchdogDriver = "module" | "built-in";

/** The kernel's watchdog driver with the settings of a step. */
export function setWatchdog(step: WatchdogStep, driver: WatchdogDriver): readonly GuestStep[] {
  const ready: GuestStep = { step: "wait-for-file", path: DEVICE, limitUs: DEVICE_LIMIT_US };
  const settings = settingsOf(step);
  if (driver === "built-in") {
    const write = ([name, text]: readonly [string, string]): GuestStep => {
      return { step: "write-file", path: `${PARAMETERS}/${name}`, text };
    };
    return [ready, ...settings.map(write)];
  }
  const parameters = settings.map(([name, text]) => `${name}=${text}`).join(" ");
  return [{ step: "insert-module", path: modulePath("ipmi_watchdog"), parameters }, ready];
}

/** A step's settings by the driver's own names. */
function settingsOf(step: WatchdogStep): readonly (readonly [string, string])[] {
  const { timeout, pretimeout, action, preaction, nowayout } = step;
  const seconds = (us: number) => String(Math.round(us / SECOND_US));
  const settings: [string, string][] = [];
  if (timeout !== undefined) settings.push(["timeout", seconds(timeout)]);
  if (pretimeout !== undefined) settings.push(["pretimeout", seconds(pretimeout)]);
  if (action !== undefined) settings.push(["action", ACTIONS[action]]);
  if (preaction !== undefined) settings.push(["preaction", PREACTIONS[preaction]]);
  // The kernel's own setting of this differs from build to build.
  settings.push(["nowayout", nowayout === true ? "1" : "0"]);
  return settings;
}

/** What a program does with the device; undefined for a step that sets something. */
export function useWatchdog(step: WatchdogStep): GuestStep | undefined {
  if (step.open === true) return { step: "open-file", path: DEVICE };
  if (step.write !== undefined) return { step: "write-open-file", text: step.write };
  if (step.close === true) return { step: "close-file" };
  return undefined;
}

/** For an actor who opens the watchdog and leaves its settings as they are. */
export function watchdogDriver(
  steps: readonly Step[],
  driver: WatchdogDriver,
): readonly GuestStep[] {
  const uses = steps.flatMap(({ watchdog }) => (watchdog === undefined ? [] : [watchdog]));
  const sets = uses.some((step) => useWatchdog(step) === undefined);
  return uses.length === 0 || sets ? [] : setWatchdog({}, driver);
}
