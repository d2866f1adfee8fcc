import {
  type HostStack,
  Refused,
  WATCHDOG_OPTIONS,
  Watchdog,
  type WatchdogFile,
  type WatchdogOptions,
  type WatchdogSetting,
} from "../../host/index.ts";
import type { WatchdogStep } from "../../scenario/schema.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import type { EventOf } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";

const SECOND_US = 1_000_000;
/** Written at last before the close, it says that the close is meant. */
const MAGIC = "V";

/** The watchdog of our own stack, as a workload's steps use it. It goes with its stack. */
export class StackWatchdog {
  private readonly _stack: HostStack;
  private readonly _scheduler: Scheduler;
  private readonly _tracer: Tracer;
  private readonly _options: Partial<WatchdogOptions>;
  private readonly _files = new Map<string, WatchdogFile>();
  private _watchdog: Watchdog | undefined;
  private _setting: WatchdogSetting;
  /** The close is meant. */
  private _stops = false;

  /** `options`: what was set in earlier steps, which outlasts a driver. */
  constructor(
    stack: HostStack,
    scheduler: Scheduler,
    tracer: Tracer,
    options: Partial<WatchdogOptions>,
  ) {
    this._stack = stack;
    this._scheduler = scheduler;
    this._tracer = tracer;
    this._options = options;
    this._setting = { ...WATCHDOG_OPTIONS, ...options };
  }

  /** The stack is no more, and nothing that the watchdog waits for comes. */
  leave(): void {
    this._watchdog?.destroy();
  }

  /** Does a step; `done` is called in any case. What is refused fails, as a program's call does. */
  do(user: string, step: WatchdogStep, done: () => void): void {
    try {
      this.#do(user, step, done);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this._scheduler.at(this._scheduler.now(), "watchdog refused", done);
    }
  }

  keepAlive(done: () => void): void {
    try {
      const watchdog = this.#timer();
      this.#tell("heartbeat");
      watchdog.keepAlive(done);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this._scheduler.at(this._scheduler.now(), "watchdog refused", done);
    }
  }

  #do(user: string, step: WatchdogStep, done: () => void): void {
    const watchdog = this.#timer();
    if (step.open === true) {
      this._files.set(user, watchdog.open());
      done();
    } else if (step.write !== undefined) {
      const file = this.#file(user);
      if (step.write !== "") this.#tell("heartbeat");
      this._stops = step.write.includes(MAGIC) && this._options.nowayout !== true;
      file.write(new TextEncoder().encode(step.write), done);
    } else if (step.close === true) {
      const file = this.#file(user);
      this._files.delete(user);
      this.#tell(this._stops ? "watchdog-stop" : "heartbeat");
      this._stops = false;
      file.close(done);
    } else {
      this.#change(watchdog, step, done);
    }
  }

  #change(watchdog: Watchdog, step: WatchdogStep, done: () => void): void {
    const before = this._setting;
    this._setting = { ...before, ...settingOf(step) };
    this.#tell("watchdog", this.#settingText(this._setting));
    try {
      watchdog.change(settingOf(step), done);
    } catch (refused) {
      this._setting = before;
      this.#tell("watchdog", this.#settingText(before));
      throw refused;
    }
  }

  #timer(): Watchdog {
    if (this._watchdog !== undefined) return this._watchdog;
    this._watchdog = new Watchdog({
      stack: this._stack,
      scheduler: this._scheduler,
      tracer: this._tracer,
      options: this._options,
    });
    this.#tell("watchdog", this.#settingText(this._setting));
    return this._watchdog;
  }

  #tell(what: EventOf<"user">["what"], text = ""): void {
    if (this._tracer.active) this._tracer.emit({ e: "user", user: "watchdog", what, text });
  }

  /** As the trace has it. */
  #settingText({ action, timeoutS, preaction, pretimeoutS }: WatchdogSetting): string {
    const before = pretimeoutS === 0 ? "" : `, ${preaction} ${pretimeoutS} s before`;
    const wayOut = this._options.nowayout === true ? ", no way out" : "";
    return `${action} in ${timeoutS} s${before}${wayOut}`;
  }

  #file(user: string): WatchdogFile {
    const file = this._files.get(user);
    if (file === undefined) throw new Refused("WATCHDOG_NOT_OPEN");
    return file;
  }
}

/** The options that a step sets. */
export function optionsOf(step: WatchdogStep): Partial<WatchdogOptions> {
  const { nowayout, policy } = step;
  const after = step["policy-after"];
  return {
    ...settingOf(step),
    ...(nowayout === undefined ? {} : { nowayout }),
    ...(policy === undefined ? {} : { policy }),
    ...(after === undefined ? {} : { policyAfterUs: after }),
  };
}

function settingOf({ timeout, pretimeout, action, preaction }: WatchdogStep) {
  return {
    ...(timeout === undefined ? {} : { timeoutS: Math.round(timeout / SECOND_US) }),
    ...(pretimeout === undefined ? {} : { pretimeoutS: Math.round(pretimeout / SECOND_US) }),
    ...(action === undefined ? {} : { action }),
    ...(preaction === undefined ? {} : { preaction }),
  };
}
