import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { Tracer } from "../../trace/tracer.ts";
import { Refused } from "../messages/codes.ts";
import type { User } from "../messages/user.ts";
import type { HostStack } from "../stack.ts";
import { WatchdogFile } from "./watchdog-file.ts";
import {
  type PolicyCall,
  WATCHDOG_OPTIONS,
  type WatchdogOptions,
  type WatchdogOutcome,
  type WatchdogState,
} from "./watchdog-options.ts";
import { Protection } from "./watchdog-protection.ts";
import { mayHelp, WatchdogRequests } from "./watchdog-requests.ts";
import {
  checkSetting,
  knowsDontStop,
  settingFrame,
  type WatchdogSetting,
} from "./watchdog-setting.ts";

/** Callers that may wait for one heartbeat, and for one diagnostic read. */
const WAITERS_MAX = 100;
const STOPS_MAX = 3;
/** A restart of the system may take so long. */
const RESTART_TIMEOUT_S = 120;

type Done = (outcome: WatchdogOutcome) => void;

/** What a watchdog is put together from, and who hears of what it does. */
export interface WatchdogParts {
  readonly stack: Pick<HostStack, "createUser" | "identity" | "onReturn" | "setPanicFrame">;
  readonly scheduler: Scheduler;
  readonly tracer: Tracer;
  readonly options?: Partial<WatchdogOptions>;
  readonly onPretimeout?: () => void;
  /** The host was unprotected for too long; called once each time. */
  readonly onPolicy?: (call: PolicyCall) => void;
  /** The watchdog was closed without having been told that this is meant. */
  readonly onUnexpectedClose?: () => void;
}

/** What the one request that is under way belongs to. */
interface Course {
  readonly covers: readonly Done[];
  tries: number;
}

/**
 * The BMC's watchdog timer as a user of the stack, with the manners of Linux's /dev/watchdog. One
 * request is under way at a time, and each is a new one; heartbeats that are asked for meanwhile
 * become one. Whatever goes wrong with a heartbeat leads to the timer being set up again.
 * @see IPMI 2.0 §27
 */
export class Watchdog {
  readonly #scheduler: Scheduler;
  readonly #parts: WatchdogParts;
  readonly #options: WatchdogOptions;
  readonly #user: User;
  readonly #requests: WatchdogRequests;
  readonly #protection: Protection;
  #setting: WatchdogSetting;
  #file: WatchdogFile | undefined;
  /** The timer is meant to run. */
  #wanted = false;
  /** Only a Set can help: the setting changed or was lost, or the pre-timeout is over. */
  #setFirst = true;
  /** A heartbeat is wanted as soon as nothing is under way. */
  #due = false;
  #course: Course | undefined;
  #waiting: Done[] = [];
  /** Who waits for the timer to stop; undefined when nobody asked for it. */
  #stopping: Done | undefined;
  #readers: ((leftMs: number | undefined) => void)[] = [];
  #reading = false;
  /** Made beforehand: a panic makes nothing. */
  #panicFrame: Uint8Array | undefined;
  #retries = 0;
  #retryTask: Task | undefined;

  /** Throws `Refused`. */
  constructor(parts: WatchdogParts) {
    this.#parts = parts;
    this.#scheduler = parts.scheduler;
    this.#options = { ...WATCHDOG_OPTIONS, ...parts.options };
    this.#setting = this.#options;
    checkSetting(this.#setting);
    checkSetting(this.#inPanic());
    this.#user = parts.stack.createUser("watchdog", {
      onDelivery: (delivery) => {
        if (delivery.what === "pretimeout") this.#pretimeout();
      },
    });
    parts.stack.setPanicFrame(() => this.panicFrame());
    parts.stack.onReturn(() => this.#returned());
    this.#requests = new WatchdogRequests(this.#user, parts.scheduler, () => this.#device);
    this.#protection = new Protection({
      scheduler: parts.scheduler,
      tracer: parts.tracer,
      options: this.#options,
      onRunOut: () => {
        this.#setFirst = true;
      },
      onPolicy: (call) => {
        this.#retryTask?.cancel();
        parts.onPolicy?.(call);
      },
    });
  }

  get state(): WatchdogState {
    return this.#protection.state;
  }

  get setting(): WatchdogSetting {
    const { timeoutS, pretimeoutS, action, preaction } = this.#setting;
    return { timeoutS, pretimeoutS, action, preaction };
  }

  /** Opens it for one at a time; throws `Refused`. */
  open(): WatchdogFile {
    if (this.#file !== undefined) throw new Refused("WATCHDOG_TAKEN");
    const file = new WatchdogFile({
      nowayout: this.#options.nowayout,
      keepAlive: (done) => this.keepAlive(done),
      stop: (done) => this.stop(done),
      closed: (meant) => {
        this.#file = undefined;
        if (!meant) this.#parts.onUnexpectedClose?.();
      },
    });
    this.#file = file;
    if (this.#options.startOnOpen) this.keepAlive();
    return file;
  }

  /** Changes the setting; a timer that is meant to run is set up with it. Throws `Refused`. */
  change(change: Partial<WatchdogSetting>, done: Done = () => {}): void {
    const setting = { ...this.setting, ...change };
    checkSetting(setting);
    const stops = this.#wanted && setting.action === "none";
    if (stops && this.#options.nowayout) throw new Refused("WATCHDOG_NO_WAY_OUT");
    this.#setting = setting;
    this.#setFirst = true;
    if (stops) this.#stop(done);
    else if (this.#wanted) this.keepAlive(done);
    else this.#settle([done], OK);
  }

  /**
   * A heartbeat: starts the timer, or starts it anew. `done` hears of the first whole heartbeat
   * that began after the call. Throws `Refused`.
   */
  keepAlive(done: Done = () => {}): void {
    if (this.#setting.action === "none") {
      // A heartbeat would start a timer that is not meant to run.
      this.#settle([done], OK);
      return;
    }
    if (this.#waiting.length >= WAITERS_MAX) throw new Refused("TOO_MANY_MESSAGES");
    this.#waiting.push(done);
    this.#unstop();
    if (!this.#wanted) {
      this.#wanted = true;
      this.#protection.asked();
    }
    this.#due = true;
    this.#proceed();
  }

  /** Stops the timer; until the BMC has done so, it counts as running. Throws `Refused`. */
  stop(done: Done = () => {}): void {
    if (this.#options.nowayout && this.#wanted) throw new Refused("WATCHDOG_NO_WAY_OUT");
    this.#stop(done);
  }

  /** The system goes down for good: the timer must not bring it up again. */
  beforeHalt(done: Done = () => {}): void {
    this.#stop(done);
  }

  /** The system restarts: the running timer watches over it, with time enough for it. */
  beforeRestart(done: Done = () => {}): void {
    if (!this.#wanted) {
      this.#settle([done], OK);
      return;
    }
    const timeoutS = Math.max(this.#setting.timeoutS, RESTART_TIMEOUT_S);
    const setting = { ...this.setting, timeoutS, pretimeoutS: 0, action: "reset" } as const;
    this.#requests.set(setting, (heard) => this.#settle([done], heard));
  }

  /**
   * Asks for the time left, in ms; undefined when it cannot be had. It has its own message, goes
   * only when no heartbeat is under way, and behind one that comes later.
   */
  timeLeft(read: (leftMs: number | undefined) => void): void {
    if (this.#readers.length >= WAITERS_MAX) throw new Refused("TOO_MANY_MESSAGES");
    this.#readers.push(read);
    this.#proceed();
  }

  /**
   * What a panic sends (NetFn/LUN, Cmd, data) on behalf of a timer that is meant to run, whether or
   * not the BMC confirmed it; undefined when it is not. No heartbeat follows it: a timer that runs
   * goes on with the long time-out.
   */
  panicFrame(): Uint8Array | undefined {
    return this.#wanted ? this.#panicFrame : undefined;
  }

  /** Goes away. The timer is left as it is. */
  destroy(): void {
    this.#wanted = false;
    this.#course = undefined;
    this.#retryTask?.cancel();
    this.#protection.forget();
    this.#user.destroy();
  }

  get #device() {
    return this.#parts.stack.identity.device;
  }

  #inPanic(): WatchdogSetting {
    const { panic, panicTimeoutS: timeoutS } = this.#options;
    const action = panic === "stop" ? "none" : this.#setting.action;
    return { ...this.#setting, timeoutS, pretimeoutS: 0, action };
  }

  /** Begins what is due. There is never more than one course. */
  #proceed(): void {
    if (this.#course !== undefined) return;
    if (this.#stopping !== undefined) {
      this.#course = { covers: [this.#stopping], tries: 0 };
      this.#sendStop(this.#course);
    } else if (this.#wanted && this.#due) {
      this.#due = false;
      this.#retryTask?.cancel();
      this.#course = { covers: this.#waiting, tries: 0 };
      this.#waiting = [];
      if (this.#setFirst) this.#setUp(this.#course);
      else this.#beat(this.#course);
    } else {
      this.#read();
    }
  }

  /** Set, then Reset. */
  #setUp(course: Course): void {
    course.tries++;
    const setting = this.#setting;
    this.#panicFrame = settingFrame(this.#inPanic(), this.#device);
    this.#user.setPretimeouts(setting.preaction === "messaging" && setting.pretimeoutS > 0);
    if (!knowsDontStop(this.#device)) this.#protection.rearming();
    this.#requests.set(setting, (heard) => {
      if (this.#course !== course) return;
      if (!heard.ok) return this.#fail(course, heard.why);
      if (this.#setting === setting) this.#setFirst = false;
      this.#beat(course);
    });
  }

  #beat(course: Course): void {
    this.#requests.reset((heard) => {
      if (this.#course !== course) return;
      if (heard.ok && !this.#setFirst) return this.#confirm(course);
      this.#setFirst = true;
      // What made a Set necessary while the Reset was under way costs a set-up, too.
      const why = heard.ok ? "its setting changed meanwhile" : heard.why;
      if (!heard.ok) this.#protection.lost(why);
      if (mayHelp(heard, course.tries)) this.#setUp(course);
      else this.#fail(course, why);
    });
  }

  #confirm(course: Course): void {
    this.#retryTask?.cancel();
    this.#retries = 0;
    this.#protection.confirmed(this.#setting);
    this.#end(course, OK);
  }

  #fail(course: Course, why: string): void {
    this.#setFirst = true;
    this.#protection.lost(why);
    if (!this.#protection.policyRan && this.#retries < this.#options.retriesMax) {
      this.#retries++;
      this.#after(this.#options.retryPauseUs, () => {
        this.#due = true;
        this.#proceed();
      });
    }
    this.#end(course, { ok: false, why });
  }

  #end(course: Course, outcome: WatchdogOutcome): void {
    this.#course = undefined;
    this.#settle(course.covers, outcome);
    this.#proceed();
  }

  #stop(done: Done): void {
    this.#unstop();
    if (!this.#wanted) {
      this.#settle([done], OK);
      return;
    }
    this.#due = false;
    this.#retryTask?.cancel();
    this.#stopping = done;
    this.#settle(this.#waiting.splice(0), { ok: false, why: "the watchdog is being stopped" });
    this.#proceed();
  }

  /** Takes back a stop that did not get through yet. */
  #unstop(): void {
    if (this.#stopping === undefined) return;
    const stopping = this.#stopping;
    this.#stopping = undefined;
    this.#setFirst = true;
    const underWay = this.#course?.covers.includes(stopping) ?? false;
    if (underWay) {
      // Its Set may yet stop the timer; what comes now goes behind it.
      this.#course = undefined;
      this.#retryTask?.cancel();
      this.#protection.rearming();
    }
    this.#settle([stopping], { ok: false, why: "it was asked for anew" });
  }

  #sendStop(course: Course): void {
    course.tries++;
    this.#requests.set({ ...this.#setting, action: "none" }, (heard) => {
      if (this.#course !== course) return;
      if (!heard.ok && course.tries < STOPS_MAX) {
        this.#after(this.#options.retryPauseUs, () => this.#sendStop(course));
        return;
      }
      this.#stopping = undefined;
      if (heard.ok) {
        this.#wanted = false;
        this.#setFirst = true;
        this.#retryTask?.cancel();
        this.#protection.stopped();
      }
      this.#end(course, heard);
    });
  }

  /** After the pre-timeout the BMC refuses to start the timer anew. @see IPMI 2.0 §27.5 */
  #pretimeout(): void {
    this.#setFirst = true;
    this.#parts.onPretimeout?.();
  }

  /** Whatever the BMC says of the timer, it may be of one that it had before it was away. */
  #returned(): void {
    this.#setFirst = true;
    if (!this.#wanted || this.#setting.action === "none") return;
    this.#due = true;
    this.#proceed();
  }

  #read(): void {
    if (this.#reading || this.#readers.length === 0) return;
    this.#reading = true;
    this.#requests.timeLeft((leftMs) => {
      this.#reading = false;
      for (const read of this.#readers.splice(0)) read(leftMs);
      this.#proceed();
    });
  }

  #settle(all: readonly Done[], outcome: WatchdogOutcome): void {
    if (all.length === 0) return;
    this.#scheduler.at(this.#scheduler.now(), "watchdog done", () => {
      for (const done of all) done(outcome);
    });
  }

  #after(us: number, run: () => void): void {
    this.#retryTask?.cancel();
    this.#retryTask = this.#scheduler.at(this.#scheduler.now() + us, "watchdog again", run);
  }
}

const OK: WatchdogOutcome = { ok: true };
