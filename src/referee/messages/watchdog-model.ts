import {
  getWatchdogTimer,
  resetWatchdogTimer,
  type SetWatchdog,
  setWatchdogTimer,
} from "../../ipmi/commands/app/watchdog.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";

export const COUNT_US = 100_000;

/** Between these it was, and when exactly nobody can tell. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

export type Setting = Omit<SetWatchdog, "dontStop" | "clearExpired">;

/** What changes the timer by itself. */
export const HAPPENINGS: ReadonlySet<string> = new Set(["watchdog-expired", "pretimeout", "power"]);
/** What the BMC does to the system, in the words of the trace, that resets it or takes its power. */
const RESETTING = /^(reset|power-down|power-up|power-cycle|off|on)\b/;

/** Whether this happening resets the system or takes its power, and with that the timer. */
export function resetsSystem({ what, text }: On<"bmcLife">): boolean {
  return what === "power" && RESETTING.test(text);
}

/** The BMC begins with nothing but what is not volatile. */
export function startsAfresh({ what, text }: On<"bmcLife">): boolean {
  return what === "power-on" || (what === "reset" && text === "cold");
}

/** The BMC's watchdog timer as what was said to it makes it; undefined is what is not known. */
export class WatchdogModel {
  setting: Setting | undefined;
  initialised: boolean | undefined;
  running: boolean | undefined;
  /** Why it does not run. */
  stoppedBy: "set" | "system" | "bmc" | "expiry" = "bmc";
  /** It may have run until then, and not only been told to stand. */
  ranBefore = false;
  /** When it was started last, and what it would have run to before that. */
  started: Span = { fromUs: 0, toUs: 0 };
  dueBefore: Span | undefined;
  /** Its pre-timeout was reached, and since then somebody tried to restart it. */
  passed = false;
  restarted = false;
  /** When something happened to it last that no command did. */
  happenedUs = -1;
  /** The uses whose expiration flags are known, and which of these are set. */
  knownExpired = 0;
  expired = 0;

  forget(): void {
    Object.assign(this, new WatchdogModel());
  }

  /** When the count reaches zero; undefined while it does not run. */
  get due(): Span | undefined {
    if (this.running !== true || this.setting === undefined) return undefined;
    const us = this.setting.countdown100ms * COUNT_US;
    return { fromUs: this.started.fromUs + us, toUs: this.started.toUs + us };
  }

  take(dialogue: Dialogue): void {
    const commands = dialogue.is(setWatchdogTimer) || dialogue.is(resetWatchdogTimer);
    // Whether it happened before the command or after it nobody can tell.
    if (commands && this.happenedUs >= dialogue.startUs) return this.forget();
    const set = dialogue.asks(setWatchdogTimer);
    if (set !== undefined && dialogue.cc === Cc.Ok) this.#set(set, dialogue);
    if (dialogue.succeeds(resetWatchdogTimer)) this.#reset(dialogue);
    const status = dialogue.gives(getWatchdogTimer);
    if (status === undefined) return;
    if (this.running === undefined && !status.running) {
      this.running = false;
      this.stoppedBy = "set";
    }
    this.knownExpired = ALL_USES;
    this.expired = status.expired & ALL_USES;
  }

  life(event: On<"bmcLife">): void {
    this.#takeLife(event);
    if (HAPPENINGS.has(event.what)) this.happenedUs = event.t;
  }

  #takeLife(event: On<"bmcLife">): void {
    if (startsAfresh(event)) {
      const ran = event.what === "reset" && this.#mayHaveRun;
      this.forget();
      this.ranBefore = ran;
      this.initialised = false;
      this.running = false;
      this.knownExpired = ALL_USES;
    } else if (event.what === "watchdog-expired") {
      this.#expires();
    } else if (event.what === "pretimeout") {
      this.passed = true;
    } else if (resetsSystem(event)) {
      this.initialised = false;
      this.#stops("system");
      if (this.setting !== undefined) this.setting = { ...this.setting, dontLog: false };
    }
  }

  #set({ dontStop, clearExpired, ...setting }: SetWatchdog, { startUs, endUs }: Dialogue): void {
    this.setting = setting;
    this.initialised = true;
    this.passed = false;
    this.restarted = false;
    this.dueBefore = undefined;
    this.expired &= ~clearExpired;
    this.knownExpired |= clearExpired & ALL_USES;
    if (!dontStop) this.#stops("set");
    else this.started = { fromUs: startUs, toUs: endUs };
  }

  #reset({ startUs, endUs }: Dialogue): void {
    // After the pre-timeout nothing but a Set keeps it from running out.
    this.restarted = this.passed;
    if (this.passed || this.initialised === false) return;
    this.dueBefore = this.due;
    this.running = this.setting === undefined ? undefined : true;
    this.started = { fromUs: startUs, toUs: endUs };
  }

  #expires(): void {
    if (this.setting !== undefined) {
      this.expired |= 1 << this.setting.use;
      this.setting = { ...this.setting, dontLog: false };
    } else {
      // Of which use it was nobody can tell.
      this.knownExpired = 0;
    }
    this.#stops("expiry");
  }

  get #mayHaveRun(): boolean {
    return this.running !== false || this.ranBefore;
  }

  #stops(by: WatchdogModel["stoppedBy"]): void {
    this.ranBefore = by !== "set" && this.#mayHaveRun;
    this.running = false;
    this.stoppedBy = by;
    this.passed = false;
    this.restarted = false;
  }
}

/** The expiration flags of the five uses; the other bits are reserved. @see IPMI 2.0 §27.6 */
const ALL_USES = 0x3e;
