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
  readonly #stack: HostStack;
  readonly #scheduler: Scheduler;
  readonly #tracer: Tracer;
  readonly #options: Partial<WatchdogOptions>;
  readonly #files = new Map<string, WatchdogFile>();
  #watchdog: Watchdog | undefined;
  #setting: WatchdogSetting;
  /** The close is meant. */
  #stops = false;

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
    this.#setting = { ...WATCHDOG_OPTIONS, ...options };
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
      const watchdog = this.#timer();
      this.#tell("heartbeat");
      watchdog.keepAlive(done);
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
      const file = this.#file(user);
      if (step.write !== "") this.#tell("heartbeat");
      this.#stops = step.write.includes(MAGIC) && this.#options.nowayout !== true;
      file.write(new TextEncoder().encode(step.write), done);
    } else if (step.close === true) {
      const file = this.#file(user);
      this.#files.delete(user);
      this.#tell(this.#stops ? "watchdog-stop" : "heartbeat");
      this.#stops = false;
      file.close(done);
    } else {
      this.#change(watchdog, step, done);
    }
  }

  #change(watchdog: Watchdog, step: WatchdogStep, done: () => void): void {
    const before = this.#setting;
    this.#setting = { ...before, ...settingOf(step) };
    this.#tell("watchdog", settingText(this.#setting));
    try {
      watchdog.change(settingOf(step), done);
    } catch (refused) {
      this.#setting = before;
      this.#tell("watchdog", settingText(before));
      throw refused;
    }
  }

  #timer(): Watchdog {
    if (this.#watchdog !== undefined) return this.#watchdog;
    this.#watchdog = new Watchdog({
      stack: this.#stack,
      scheduler: this.#scheduler,
      tracer: this.#tracer,
      options: this.#options,
    });
    this.#tell("watchdog", settingText(this.#setting));
    return this.#watchdog;
  }

  #tell(what: EventOf<"user">["what"], text = ""): void {
    if (this.#tracer.active) this.#tracer.emit({ e: "user", user: "watchdog", what, text });
  }

  #file(user: string): WatchdogFile {
    const file = this.#files.get(user);
    if (file === undefined) throw new Refused("WATCHDOG_NOT_OPEN");
    return file;
  }
}

/** As the trace has it. */
function settingText({ action, timeoutS, preaction, pretimeoutS }: WatchdogSetting): string {
  const before = pretimeoutS === 0 ? "" : `, ${preaction} ${pretimeoutS} s before`;
  return `${action} in ${timeoutS} s${before}`;
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
