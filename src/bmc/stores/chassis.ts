import {
  IdentifyState,
  PowerRestorePolicy,
  RestartCause,
  type setFrontPanelButtonEnables,
} from "../../ipmi/commands/chassis/chassis.ts";
import type { ValueOf } from "../../ipmi/record.ts";
import { type Scheduler, SECOND_US, type Task } from "../../time/scheduler.ts";

/** The minutes in one count of the power-on hours counter. @see IPMI 2.0 §28.14 */
export const POH_MINUTES_PER_COUNT = 60;
const POH_US = POH_MINUTES_PER_COUNT * 60 * SECOND_US;

/** @see IPMI 2.0 §28.6 */
export type DisabledButtons = ValueOf<typeof setFrontPanelButtonEnables.request>;

const ALL_ENABLED: DisabledButtons = {
  disablePowerOff: false,
  disableReset: false,
  disableDiagnostic: false,
  disableStandby: false,
};

/** The chassis: power, identification, buttons, and the hours it has run. @see IPMI 2.0 §28 */
export class Chassis {
  readonly #scheduler: Scheduler;
  restorePolicy: number = PowerRestorePolicy.Previous;
  restartCause: number = RestartCause.Unknown;
  /** On which channel the command came that restarted the system; 0 without one. */
  restartChannel = 0;
  lastUpByCommand = false;
  lastDownByAcFailure = false;
  /** How long power stays off in a power cycle; 0: as short as can be. */
  powerCycleIntervalS = 0;
  /** Front panel buttons that are switched off. */
  disabledButtons: DisabledButtons = ALL_ENABLED;
  #identify: number = IdentifyState.Off;
  #identifyEnd: Task | undefined;
  #poweredOn: boolean;
  #onSinceUs: number;
  #onUs = 0;

  constructor(scheduler: Scheduler, poweredOn: boolean) {
    this.#scheduler = scheduler;
    this.#poweredOn = poweredOn;
    this.#onSinceUs = scheduler.now();
  }

  get poweredOn(): boolean {
    return this.#poweredOn;
  }

  set poweredOn(on: boolean) {
    const nowUs = this.#scheduler.now();
    if (this.#poweredOn) this.#onUs += nowUs - this.#onSinceUs;
    this.#onSinceUs = nowUs;
    this.#poweredOn = on;
  }

  /** Whole hours of power. @see IPMI 2.0 §28.14 */
  get powerOnHours(): number {
    const presentUs = this.#poweredOn ? this.#scheduler.now() - this.#onSinceUs : 0;
    return Math.floor((this.#onUs + presentUs) / POH_US);
  }

  get identify(): number {
    return this.#identify;
  }

  /** Shows where the chassis is for so many seconds, 0 being none. @see IPMI 2.0 §28.5 */
  identifyFor(seconds: number): void {
    this.#identifyEnd?.cancel();
    this.#identify = seconds === 0 ? IdentifyState.Off : IdentifyState.Temporary;
    if (seconds === 0) return;
    const endUs = this.#scheduler.now() + seconds * SECOND_US;
    this.#identifyEnd = this.#scheduler.at(endUs, "chassis identify ends", () => {
      this.#identify = IdentifyState.Off;
    });
  }

  identifyForEver(): void {
    this.#identifyEnd?.cancel();
    this.#identify = IdentifyState.Indefinite;
  }

  /** The BMC itself starts afresh; the policy, the interval and the counter are non-volatile. */
  restart(): void {
    this.identifyFor(0);
    this.disabledButtons = ALL_ENABLED;
    this.restartCause = RestartCause.Unknown;
    this.restartChannel = 0;
    this.lastUpByCommand = false;
    this.lastDownByAcFailure = false;
  }
}
