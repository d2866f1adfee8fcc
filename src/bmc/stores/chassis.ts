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
  private readonly _scheduler: Scheduler;
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
  private _identify: number = IdentifyState.Off;
  private _identifyEnd: Task | undefined;
  private _poweredOn: boolean;
  private _onSinceUs: number;
  private _onUs = 0;

  constructor(scheduler: Scheduler, poweredOn: boolean) {
    this._scheduler = scheduler;
    this._poweredOn = poweredOn;
    this._onSinceUs = scheduler.now();
  }

  get poweredOn(): boolean {
    return this._poweredOn;
  }

  set poweredOn(on: boolean) {
    const nowUs = this._scheduler.now();
    if (this._poweredOn) this._onUs += nowUs - this._onSinceUs;
    this._onSinceUs = nowUs;
    this._poweredOn = on;
  }

  /** Whole hours of power. @see IPMI 2.0 §28.14 */
  get powerOnHours(): number {
    const presentUs = this._poweredOn ? this._scheduler.now() - this._onSinceUs : 0;
    return Math.floor((this._onUs + presentUs) / POH_US);
  }

  get identify(): number {
    return this._identify;
  }

  /** Shows where the chassis is for so many seconds, 0 being none. @see IPMI 2.0 §28.5 */
  identifyFor(seconds: number): void {
    this._identifyEnd?.cancel();
    this._identify = seconds === 0 ? IdentifyState.Off : IdentifyState.Temporary;
    if (seconds === 0) return;
    const endUs = this._scheduler.now() + seconds * SECOND_US;
    this._identifyEnd = this._scheduler.at(endUs, "chassis identify ends", () => {
      this._identify = IdentifyState.Off;
    });
  }

  identifyForEver(): void {
    this._identifyEnd?.cancel();
    this._identify = IdentifyState.Indefinite;
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
