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
  readonly #parts: ProtectionParts;
  readonly #scheduler: Scheduler;
  #state: WatchdogState = { name: "off" };
  /** When the timer was last known to run; before that, when it was asked for. */
  #confirmedUs = 0;
  #policyRan = false;
  #runOut: Task | undefined;
  #policy: Task | undefined;

  constructor(parts: ProtectionParts) {
    this.#parts = parts;
    this.#scheduler = parts.scheduler;
  }

  get state(): WatchdogState {
    return this.#state;
  }

  /** Whether the policy ran since the host became unprotected. */
  get policyRan(): boolean {
    return this.#policyRan;
  }

  /** The timer was asked for, from now on. */
  asked(): void {
    this.#confirmedUs = this.#scheduler.now();
    this.#state = { name: "arming" };
  }

  /** What the BMC confirmed does not hold while it is told something else. */
  rearming(): void {
    if (this.#state.name !== "armed") return;
    this.#runOut?.cancel();
    this.#state = { name: "arming" };
    this.#tell("watchdog-unprotected", "the timer stands still while it is set up");
  }

  /** The BMC confirmed that the timer runs, from about now. */
  confirmed({ timeoutS, action }: WatchdogSetting): void {
    this.forget();
    const nowUs = this.#scheduler.now();
    this.#confirmedUs = nowUs;
    this.#policyRan = false;
    this.#runOut = this.#scheduler.at(nowUs + timeoutS * SECOND_US, "watchdog runs out", () => {
      this.lost("its time is over without a heartbeat that the BMC confirmed");
      this.#parts.onRunOut();
    });
    const before = this.#state.name;
    this.#state = { name: "armed" };
    if (before !== "armed") this.#tell("watchdog-armed", `${action} in ${timeoutS} s`);
  }

  lost(why: string): void {
    if (this.#state.name === "unprotected" || this.#state.name === "off") return;
    this.#runOut?.cancel();
    this.#state = { name: "unprotected", sinceUs: this.#confirmedUs, why };
    this.#tell("watchdog-unprotected", why);
    const us = this.#scheduler.now() + this.#parts.options.policyAfterUs;
    this.#policy = this.#scheduler.at(us, "watchdog policy", () => this.#runPolicy());
  }

  /** The BMC confirmed that the timer stands. */
  stopped(): void {
    this.forget();
    this.#state = { name: "off" };
    this.#tell("watchdog-off", "");
  }

  /** Takes all timers back. */
  forget(): void {
    this.#runOut?.cancel();
    this.#policy?.cancel();
  }

  #runPolicy(): void {
    if (this.#state.name !== "unprotected") return;
    const { sinceUs, why } = this.#state;
    const { policy } = this.#parts.options;
    this.#policyRan = true;
    this.#tell("watchdog-policy", `${policy}: ${why}`);
    this.#parts.onPolicy({ policy, sinceUs, why });
  }

  #tell(what: HostLife["what"], text: string): void {
    const { tracer } = this.#parts;
    if (tracer.active) tracer.emit({ e: "host", what, text });
  }
}
