import { assert } from "../../assert.ts";
import {
  PretimeoutInterrupt,
  type SetWatchdog,
  WatchdogAction,
} from "../../ipmi/commands/app/watchdog.ts";
import { MILLISECOND_US, type Scheduler, SECOND_US, type Task } from "../../time/scheduler.ts";

const COUNT_US = 100 * MILLISECOND_US;

/** What the timer runs with; the initial count is `countdown100ms`. */
export type WatchdogSetting = Omit<SetWatchdog, "dontStop" | "clearExpired">;

export interface WatchdogOutputs {
  /** The timer ran out; the setting is the one that it ran with. */
  expired(setting: WatchdogSetting): void;
  /** The pre-timeout point was reached. */
  pretimeout(setting: WatchdogSetting): void;
  /** A Set command clears the pre-timeout message flag. */
  clearPretimeout(): void;
}

const State = { Stopped: 0, Counting: 1, Pretimeout: 2 } as const;
type State = (typeof State)[keyof typeof State];

/** What a broken platform makes of a setting. */
export type WatchdogMisdeed =
  /** At expiry something else is done than was asked for. */
  | "another-action"
  /** Of a setting the use, the pre-timeout and the logging are not kept. */
  | "settings-lost";

/** What became of a Reset Watchdog Timer. */
export type WatchdogReset = "started" | "uninitialised" | "past-pretimeout";

const NEVER_SET: WatchdogSetting = {
  use: 0,
  dontLog: false,
  action: WatchdogAction.None,
  pretimeoutInterrupt: PretimeoutInterrupt.None,
  pretimeoutS: 0,
  countdown100ms: 0,
};

const LOST = {
  use: 0,
  dontLog: true,
  pretimeoutInterrupt: PretimeoutInterrupt.None,
  pretimeoutS: 0,
} as const satisfies Partial<WatchdogSetting>;

function withAnother({ action, ...setting }: WatchdogSetting): WatchdogSetting {
  const { HardReset, PowerCycle } = WatchdogAction;
  return { ...setting, action: action === HardReset ? PowerCycle : HardReset };
}

/** The watchdog timer. @see IPMI 2.0 §27 */
export class Watchdog {
  misdeed: WatchdogMisdeed | undefined;
  private readonly _scheduler: Scheduler;
  private readonly _outputs: WatchdogOutputs;
  private _state: State = State.Stopped;
  private _setting = NEVER_SET;
  private _initialised = false;
  private _expiredUses = 0;
  /** While running: when the count reaches zero. */
  private _deadlineUs = 0;
  /** While stopped: the count. */
  private _leftUs = 0;
  private _task: Task | undefined;

  constructor(scheduler: Scheduler, outputs: WatchdogOutputs) {
    this._scheduler = scheduler;
    this._outputs = outputs;
  }

  get setting(): WatchdogSetting {
    return this._setting;
  }

  get running(): boolean {
    return this._state !== State.Stopped;
  }

  /** Bit n: the timer expired while its use was n. */
  get expiredUses(): number {
    return this._expiredUses;
  }

  /** The present count, in counts begun: the initial one right after it was loaded. */
  get count100ms(): number {
    const leftUs = this.running ? this._deadlineUs - this._scheduler.now() : this._leftUs;
    return Math.ceil(Math.max(leftUs, 0) / COUNT_US);
  }

  /**
   * Loads a new setting. A running timer stops, or with `dontStop` goes on from the new count; a
   * stopped one stays stopped. @see IPMI 2.0 §27.6
   */
  set(setting: WatchdogSetting, { dontStop = false, clearUses = 0 } = {}): void {
    const goesOn = dontStop && this.running;
    this.stop();
    this._setting = this.misdeed === "settings-lost" ? { ...setting, ...LOST } : setting;
    this._initialised = true;
    this._expiredUses &= ~clearUses;
    this._leftUs = setting.countdown100ms * COUNT_US;
    this._outputs.clearPretimeout();
    if (goesOn) this.#start();
  }

  /** Starts the timer, or starts it anew, from the initial count. @see IPMI 2.0 §27.5 */
  reset(): WatchdogReset {
    if (!this._initialised) return "uninitialised";
    if (this._state === State.Pretimeout) return "past-pretimeout";
    this.#start();
    return "started";
  }

  stop(): void {
    if (!this.running) return;
    this._leftUs = Math.max(this._deadlineUs - this._scheduler.now(), 0);
    this._state = State.Stopped;
    this._task?.cancel();
  }

  /** The system was reset or powered off or on: only the expiration flags outlive it. */
  systemReset(): void {
    this.stop();
    this._initialised = false;
    this._setting = { ...this._setting, dontLog: false };
  }

  /** The BMC itself starts afresh. */
  restart(): void {
    this.systemReset();
    this._setting = NEVER_SET;
    this._leftUs = 0;
    this._expiredUses = 0;
  }

  #start(): void {
    this._task?.cancel();
    this._state = State.Counting;
    this._deadlineUs = this._scheduler.now() + this._setting.countdown100ms * COUNT_US;
    const { pretimeoutInterrupt, pretimeoutS } = this._setting;
    const early = pretimeoutInterrupt !== PretimeoutInterrupt.None && pretimeoutS > 0;
    if (early) this.#schedulePretimeout(this._deadlineUs - pretimeoutS * SECOND_US);
    else this.#scheduleTimeout();
  }

  #schedulePretimeout(us: number): void {
    this._task = this._scheduler.at(us, "watchdog pre-timeout", () => {
      assert(this._state === State.Counting, "the pre-timeout comes once, while counting");
      this._state = State.Pretimeout;
      this.#scheduleTimeout();
      this._outputs.pretimeout(this._setting);
    });
  }

  #scheduleTimeout(): void {
    this._task = this._scheduler.at(this._deadlineUs, "watchdog timeout", () => this.#expire());
  }

  #expire(): void {
    assert(this.running, "only a running timer expires");
    const setting = this._setting;
    const interruptDue =
      this._state === State.Counting && setting.pretimeoutInterrupt !== PretimeoutInterrupt.None;
    this._state = State.Stopped;
    this._leftUs = 0;
    this._expiredUses |= 1 << setting.use;
    this._setting = { ...setting, dontLog: false };
    if (interruptDue) this._outputs.pretimeout(setting);
    this._outputs.expired(this.misdeed === "another-action" ? withAnother(setting) : setting);
  }
}
