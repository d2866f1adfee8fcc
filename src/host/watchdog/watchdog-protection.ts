import { type Scheduler, SECOND_US, type Task } from "../../time/scheduler.ts";
import type { HostLife } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { PolicyCall, WatchdogOptions, WatchdogState } from "./watchdog-options.ts";
import type { WatchdogSetting } from "./watchdog-setting.ts";

export interface ProtectionParts {
  readonly scheduler: Scheduler;
  readonly tracer: Tracer;
  readonly options: WatchdogOptions;
  /** The timer's time is over, and no heartbeat was confirmed. */
  readonly onRunOut: () => void;
  readonly onPolicy: (call: PolicyCall) => void;
}

/**
 * What is known of the host's protection, and nothing more: `armed` lasts only as long as the
 * timer does that the BMC confirmed last. Being unprotected for too long runs the policy, once.
 */
export class Protection {
  private readonly _parts: ProtectionParts;
  private readonly _scheduler: Scheduler;
  private _state: WatchdogState = { name: "off" };
  /** When the timer was last known to run; before that, when it was asked for. */
  private _confirmedUs = 0;
  private _policyRan = false;
  private _runOut: Task | undefined;
  private _policy: Task | undefined;

  constructor(parts: ProtectionParts) {
    this._parts = parts;
    this._scheduler = parts.scheduler;
  }

  get state(): WatchdogState {
    return this._state;
  }

  /** Whether the policy ran since the host became unprotected. */
  get policyRan(): boolean {
    return this._policyRan;
  }

  /** The timer was asked for, from now on. */
  asked(): void {
    this._confirmedUs = this._scheduler.now();
    this._state = { name: "arming" };
  }

  /** What the BMC confirmed does not hold while it is told something else. */
  rearming(): void {
    if (this._state.name !== "armed") return;
    this._runOut?.cancel();
    this._state = { name: "arming" };
    this.#tell("watchdog-unprotected", "the timer stands still while it is set up");
  }

  /** The BMC confirmed that the timer runs, from about now. */
  confirmed({ timeoutS, action }: WatchdogSetting): void {
    this.forget();
    const nowUs = this._scheduler.now();
    this._confirmedUs = nowUs;
    this._policyRan = false;
    this._runOut = this._scheduler.at(nowUs + timeoutS * SECOND_US, "watchdog runs out", () => {
      this.lost("its time is over without a heartbeat that the BMC confirmed");
      this._parts.onRunOut();
    });
    const before = this._state.name;
    this._state = { name: "armed" };
    if (before !== "armed") this.#tell("watchdog-armed", `${action} in ${timeoutS} s`);
  }

  lost(why: string): void {
    if (this._state.name === "unprotected" || this._state.name === "off") return;
    this._runOut?.cancel();
    this._state = { name: "unprotected", sinceUs: this._confirmedUs, why };
    this.#tell("watchdog-unprotected", why);
    const us = this._scheduler.now() + this._parts.options.policyAfterUs;
    this._policy = this._scheduler.at(us, "watchdog policy", () => this.#runPolicy());
  }

  /** The BMC confirmed that the timer stands. */
  stopped(): void {
    this.forget();
    this._state = { name: "off" };
    this.#tell("watchdog-off", "");
  }

  /** Takes all timers back. */
  forget(): void {
    this._runOut?.cancel();
    this._policy?.cancel();
  }

  #runPolicy(): void {
    if (this._state.name !== "unprotected") return;
    const { sinceUs, why } = this._state;
    const { policy } = this._parts.options;
    this._policyRan = true;
    this.#tell("watchdog-policy", `${policy}: ${why}`);
    this._parts.onPolicy({ policy, sinceUs, why });
  }

  #tell(what: HostLife["what"], text: string): void {
    const { tracer } = this._parts;
    if (tracer.active) tracer.emit({ e: "host", what, text });
  }
}
