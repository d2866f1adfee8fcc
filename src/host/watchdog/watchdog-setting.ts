import { NetFn } from "../../ipmi/command-table.ts";
import type { DeviceId } from "../../ipmi/commands/app/device.ts";
import {
  PretimeoutInterrupt,
  setWatchdogTimer,
  WatchdogAction,
  WatchdogUse,
} from "../../ipmi/commands/app/watchdog.ts";
import { encodeRequest } from "../../ipmi/message.ts";
import { Refused } from "../messages/codes.ts";

/** What the timer does when it runs out, in the order of the wire. @see IPMI 2.0 §27.6 */
const ACTIONS = {
  none: WatchdogAction.None,
  reset: WatchdogAction.HardReset,
  "power-down": WatchdogAction.PowerDown,
  "power-cycle": WatchdogAction.PowerCycle,
} as const;
/** What the BMC does to the system when the time is up. @see IPMI 2.0 §27.6 */
export type TimeoutAction = keyof typeof ACTIONS;

/** How the host hears of the pre-timeout. @see IPMI 2.0 §27.6 */
const PREACTIONS = {
  none: PretimeoutInterrupt.None,
  smi: PretimeoutInterrupt.Smi,
  nmi: PretimeoutInterrupt.Nmi,
  messaging: PretimeoutInterrupt.Messaging,
} as const;
/** How the host hears of the pre-timeout. @see IPMI 2.0 §27.6 */
export type PretimeoutAction = keyof typeof PREACTIONS;

/** What the BMC's timer is set to; times in seconds. */
export interface WatchdogSetting {
  readonly timeoutS: number;
  /** So long before the time-out; 0: none. */
  readonly pretimeoutS: number;
  readonly action: TimeoutAction;
  readonly preaction: PretimeoutAction;
}

/** The count has 16 bits of 100 ms, the pre-timeout 8 bits of 1 s. @see IPMI 2.0 §27.6 */
const COUNTS_PER_S = 10;
export const TIMEOUT_S_MAX = Math.floor(0xffff / COUNTS_PER_S);
const PRETIMEOUT_S_MAX = 0xff;

/** Throws `Refused` for a setting that the timer cannot hold. */
export function checkSetting({ timeoutS, pretimeoutS }: WatchdogSetting): void {
  const timeoutFits = Number.isInteger(timeoutS) && timeoutS >= 1 && timeoutS <= TIMEOUT_S_MAX;
  const pretimeoutFits =
    Number.isInteger(pretimeoutS) && pretimeoutS >= 0 && pretimeoutS <= PRETIMEOUT_S_MAX;
  if (!timeoutFits || !pretimeoutFits || pretimeoutS >= timeoutS) {
    throw new Refused("WATCHDOG_SETTING");
  }
}

/**
 * The data of Set Watchdog Timer. With "don't stop" a running timer goes on from the new count, so
 * that there is no moment without it; controllers before IPMI 1.5 do not know it. A timer without
 * an action is meant to stand still. @see IPMI 2.0 §27.6
 */
export function settingData(setting: WatchdogSetting, device: DeviceId | undefined): Uint8Array {
  const { timeoutS, pretimeoutS, action, preaction } = setting;
  const idle = action === "none";
  return setWatchdogTimer.request.encode({
    use: WatchdogUse.SmsOs,
    dontStop: !idle && knowsDontStop(device),
    dontLog: false,
    action: ACTIONS[action],
    pretimeoutInterrupt: idle || pretimeoutS === 0 ? PREACTIONS.none : PREACTIONS[preaction],
    pretimeoutS,
    clearExpired: 0,
    countdown100ms: timeoutS * COUNTS_PER_S,
  });
}

/** The whole request: NetFn/LUN, Cmd, data. */
export function settingFrame(setting: WatchdogSetting, device: DeviceId | undefined): Uint8Array {
  const { cmd } = setWatchdogTimer;
  return encodeRequest({ netFn: NetFn.App, lun: 0, cmd, data: settingData(setting, device) });
}

/** Whether a Set leaves a running timer running, which IPMI 1.0 did not have. */
export function knowsDontStop(device: DeviceId | undefined): boolean {
  if (device === undefined) return true;
  return device.ipmiMajor > 1 || (device.ipmiMajor === 1 && device.ipmiMinor >= 5);
}
