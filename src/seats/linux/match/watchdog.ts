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

/** The kernel's watchdog driver with the settings of a step, which it takes when it is loaded. */
export function loadWatchdog(step: WatchdogStep): readonly GuestStep[] {
  const { timeout, pretimeout, action, preaction, nowayout } = step;
  const seconds = (us: number | undefined) =>
    us === undefined ? undefined : String(Math.round(us / SECOND_US));
  const parameters = {
    timeout: seconds(timeout),
    pretimeout: seconds(pretimeout),
    action: action === undefined ? undefined : ACTIONS[action],
    preaction: preaction === undefined ? undefined : PREACTIONS[preaction],
    // The kernel's own setting of this differs from build to build.
    nowayout: nowayout === true ? "1" : "0",
  };
  const text = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
  return [
    { step: "insert-module", path: modulePath("ipmi_watchdog"), parameters: text },
    { step: "wait-for-file", path: DEVICE, limitUs: DEVICE_LIMIT_US },
  ];
}

/** What a program does with the device; undefined for a step that sets something. */
export function useWatchdog(step: WatchdogStep): GuestStep | undefined {
  if (step.open === true) return { step: "open-file", path: DEVICE };
  if (step.write !== undefined) return { step: "write-open-file", text: step.write };
  if (step.close === true) return { step: "close-file" };
  return undefined;
}

/** For an actor who opens the watchdog and leaves its settings as they are. */
export function watchdogDriver(steps: readonly Step[]): readonly GuestStep[] {
  const uses = steps.flatMap(({ watchdog }) => (watchdog === undefined ? [] : [watchdog]));
  const sets = uses.some((step) => useWatchdog(step) === undefined);
  return uses.length === 0 || sets ? [] : loadWatchdog({});
}
