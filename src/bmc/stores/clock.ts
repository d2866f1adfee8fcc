import { type Scheduler, SECOND_US } from "../../time/scheduler.ts";

const TIME_MAX = 0xffff_ffff;

/**
 * The BMC's time of day, in whole seconds. Until it is set it counts the seconds since the SEL
 * device was initialised, which lie below 20000000h. @see IPMI 2.0 §37
 */
export class Clock {
  private readonly _scheduler: Scheduler;
  private _baseS = 0;
  private _baseUs: number;
  /** Minutes from UTC, signed; undefined while unspecified. @see IPMI 2.0 §31.11a */
  utcOffsetMinutes: number | undefined;

  constructor(scheduler: Scheduler) {
    this._scheduler = scheduler;
    this._baseUs = scheduler.now();
  }

  seconds(): number {
    const elapsedS = Math.floor((this._scheduler.now() - this._baseUs) / SECOND_US);
    return Math.min(this._baseS + elapsedS, TIME_MAX);
  }

  set(seconds: number): void {
    this._baseS = seconds;
    this._baseUs = this._scheduler.now();
  }

  /** The device is initialised: the time is not known any more. */
  restart(): void {
    this.set(0);
    this.utcOffsetMinutes = undefined;
  }
}
