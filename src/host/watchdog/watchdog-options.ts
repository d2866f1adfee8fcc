import { SECOND_US } from "../../time/scheduler.ts";
import type { WatchdogSetting } from "./watchdog-setting.ts";

/** What becomes of a host whose timer cannot be set up again. */
export type WatchdogPolicy =
  /** It is reported, and nothing else. */
  | "error"
  /** The user's hook decides. */
  | "hook"
  /** The user's hook is to restart the system in an orderly way. */
  | "reboot";

/** How a watchdog behaves, with what is set in the BMC's timer. */
export interface WatchdogOptions extends WatchdogSetting {
  /** The timer starts when the watchdog is opened, and not at the first heartbeat. */
  readonly startOnOpen: boolean;
  /** Once started the timer can no longer be stopped. */
  readonly nowayout: boolean;
  /** In a panic: a long time-out, so that a dump can be written; or no timer. */
  readonly panic: "extend" | "stop";
  readonly panicTimeoutS: number;
  readonly policy: WatchdogPolicy;
  /** How long the host may be unprotected until the policy runs. */
  readonly policyAfterUs: number;
  /** From a set-up that failed to the next try, and how many there are without a heartbeat. */
  readonly retryPauseUs: number;
  readonly retriesMax: number;
}

/** What a watchdog does when nothing else is asked of it. */
export const WATCHDOG_OPTIONS: WatchdogOptions = {
  timeoutS: 10,
  pretimeoutS: 0,
  action: "reset",
  preaction: "none",
  startOnOpen: false,
  nowayout: false,
  panic: "extend",
  panicTimeoutS: 255,
  policy: "error",
  policyAfterUs: 60 * SECOND_US,
  retryPauseUs: SECOND_US,
  retriesMax: 60,
};

/** What is known of the host's protection. */
export type WatchdogState =
  /** The timer is not meant to run. */
  | { readonly name: "off" }
  /** It is being set up, for the first time or on a controller that has to stop it for that. */
  | { readonly name: "arming" }
  /** The BMC confirmed that it runs, and its time is not over since. */
  | { readonly name: "armed" }
  /** It may not run. `sinceUs`: when it was last known to, or when it was first asked for. */
  | { readonly name: "unprotected"; readonly sinceUs: number; readonly why: string };

/** What a heartbeat or a change of the timer came to. */
export type WatchdogOutcome = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** The policy runs, since the host was unprotected for too long. */
export interface PolicyCall {
  readonly policy: WatchdogPolicy;
  readonly sinceUs: number;
  readonly why: string;
}
