import {
  type HostStack,
  Refused,
  Watchdog,
  type WatchdogFile,
  type WatchdogOptions,
} from "../../host/index.ts";
import type { WatchdogStep } from "../../scenario/schema.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import type { Tracer } from "../../trace/tracer.ts";

const SECOND_US = 1_000_000;

/** The watchdog of our own stack, as a workload's steps use it. It goes with its stack. */
export class StackWatchdog {
  readonly #stack: HostStack;
  readonly #scheduler: Scheduler;
  readonly #tracer: Tracer;
  readonly #options: Partial<WatchdogOptions>;
  readonly #files = new Map<string, WatchdogFile>();
  #watchdog: Watchdog | undefined;

  /** `options`: what was set in earlier steps, which outlasts a driver. */
  constructor(
    stack: HostStack,
    scheduler: Scheduler,
    tracer: Tracer,
    options: Partial<WatchdogOptions>,
  ) {
    this.#stack = stack;
    this.#scheduler = scheduler;
    this.#tracer = tracer;
    this.#options = options;
  }

  /** Does a step; `done` is called in any case. What is refused fails, as a program's call does. */
  do(user: string, step: WatchdogStep, done: () => void): void {
    try {
      this.#do(user, step, done);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#scheduler.at(this.#scheduler.now(), "watchdog refused", done);
    }
  }

  keepAlive(done: () => void): void {
    try {
      this.#timer().keepAlive(done);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#scheduler.at(this.#scheduler.now(), "watchdog refused", done);
    }
  }

  #do(user: string, step: WatchdogStep, done: () => void): void {
    const watchdog = this.#timer();
    if (step.open === true) {
      this.#files.set(user, watchdog.open());
      done();
    } else if (step.write !== undefined) {
      this.#file(user).write(new TextEncoder().encode(step.write), done);
    } else if (step.close === true) {
      const file = this.#file(user);
      this.#files.delete(user);
      file.close(done);
    } else {
      watchdog.change(settingOf(step), done);
    }
  }

  #timer(): Watchdog {
    this.#watchdog ??= new Watchdog({
      stack: this.#stack,
      scheduler: this.#scheduler,
      tracer: this.#tracer,
      options: this.#options,
    });
    return this.#watchdog;
  }

  #file(user: string): WatchdogFile {
    const file = this.#files.get(user);
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
