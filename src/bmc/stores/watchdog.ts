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
  readonly #scheduler: Scheduler;
  readonly #outputs: WatchdogOutputs;
  #state: State = State.Stopped;
  #setting = NEVER_SET;
  #initialised = false;
  #expiredUses = 0;
  /** While running: when the count reaches zero. */
  #deadlineUs = 0;
  /** While stopped: the count. */
  #leftUs = 0;
  #task: Task | undefined;

  constructor(scheduler: Scheduler, outputs: WatchdogOutputs) {
    this.#scheduler = scheduler;
    this.#outputs = outputs;
  }

  get setting(): WatchdogSetting {
    return this.#setting;
  }

  get running(): boolean {
    return this.#state !== State.Stopped;
  }

  /** Bit n: the timer expired while its use was n. */
  get expiredUses(): number {
    return this.#expiredUses;
  }

  /** The present count, in counts begun: the initial one right after it was loaded. */
  get count100ms(): number {
    const leftUs = this.running ? this.#deadlineUs - this.#scheduler.now() : this.#leftUs;
    return Math.ceil(Math.max(leftUs, 0) / COUNT_US);
  }

  /**
   * Loads a new setting. A running timer stops, or with `dontStop` goes on from the new count; a
   * stopped one stays stopped. @see IPMI 2.0 §27.6
   */
  set(setting: WatchdogSetting, { dontStop = false, clearUses = 0 } = {}): void {
    const goesOn = dontStop && this.running;
    this.stop();
    this.#setting = this.misdeed === "settings-lost" ? { ...setting, ...LOST } : setting;
    this.#initialised = true;
    this.#expiredUses &= ~clearUses;
    this.#leftUs = setting.countdown100ms * COUNT_US;
    this.#outputs.clearPretimeout();
    if (goesOn) this.#start();
  }

  /** Starts the timer, or starts it anew, from the initial count. @see IPMI 2.0 §27.5 */
  reset(): WatchdogReset {
    if (!this.#initialised) return "uninitialised";
    if (this.#state === State.Pretimeout) return "past-pretimeout";
    this.#start();
    return "started";
  }

  stop(): void {
    if (!this.running) return;
    this.#leftUs = Math.max(this.#deadlineUs - this.#scheduler.now(), 0);
    this.#state = State.Stopped;
    this.#task?.cancel();
  }

  /** The system was reset or powered off or on: only the expiration flags outlive it. */
  systemReset(): void {
    this.stop();
    this.#initialised = false;
    this.#setting = { ...this.#setting, dontLog: false };
  }

  /** The BMC itself starts afresh. */
  restart(): void {
    this.systemReset();
    this.#setting = NEVER_SET;
    this.#leftUs = 0;
    this.#expiredUses = 0;
  }

  #start(): void {
    this.#task?.cancel();
    this.#state = State.Counting;
    this.#deadlineUs = this.#scheduler.now() + this.#setting.countdown100ms * COUNT_US;
    const { pretimeoutInterrupt, pretimeoutS } = this.#setting;
    const early = pretimeoutInterrupt !== PretimeoutInterrupt.None && pretimeoutS > 0;
    if (early) this.#schedulePretimeout(this.#deadlineUs - pretimeoutS * SECOND_US);
    else this.#scheduleTimeout();
  }

  #schedulePretimeout(us: number): void {
    this.#task = this.#scheduler.at(us, "watchdog pre-timeout", () => {
      assert(this.#state === State.Counting, "the pre-timeout comes once, while counting");
      this.#state = State.Pretimeout;
      this.#scheduleTimeout();
      this.#outputs.pretimeout(this.#setting);
    });
  }

  #scheduleTimeout(): void {
    this.#task = this.#scheduler.at(this.#deadlineUs, "watchdog timeout", () => this.#expire());
  }

  #expire(): void {
    assert(this.running, "only a running timer expires");
    const setting = this.#setting;
    const interruptDue =
      this.#state === State.Counting && setting.pretimeoutInterrupt !== PretimeoutInterrupt.None;
    this.#state = State.Stopped;
    this.#leftUs = 0;
    this.#expiredUses |= 1 << setting.use;
    this.#setting = { ...setting, dontLog: false };
    if (interruptDue) this.#outputs.pretimeout(setting);
    this.#outputs.expired(this.misdeed === "another-action" ? withAnother(setting) : setting);
  }
}
