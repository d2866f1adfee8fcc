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
  private readonly _scheduler: Scheduler;
  private readonly _parts: WatchdogParts;
  private readonly _options: WatchdogOptions;
  private readonly _user: User;
  private readonly _requests: WatchdogRequests;
  private readonly _protection: Protection;
  private _setting: WatchdogSetting;
  private _file: WatchdogFile | undefined;
  /** The timer is meant to run. */
  private _wanted = false;
  /** Only a Set can help: the setting changed or was lost, or the pre-timeout is over. */
  private _setFirst = true;
  /** A heartbeat is wanted as soon as nothing is under way. */
  private _due = false;
  private _course: Course | undefined;
  private _waiting: Done[] = [];
  /** Who waits for the timer to stop; undefined when nobody asked for it. */
  private _stopping: Done | undefined;
  private _readers: ((leftMs: number | undefined) => void)[] = [];
  private _reading = false;
  /** Made beforehand: a panic makes nothing. */
  private _panicFrame: Uint8Array | undefined;
  private _retries = 0;
  private _retryTask: Task | undefined;

  /** Throws `Refused`. */
  constructor(parts: WatchdogParts) {
    this._parts = parts;
    this._scheduler = parts.scheduler;
    this._options = { ...WATCHDOG_OPTIONS, ...parts.options };
    this._setting = this._options;
    checkSetting(this._setting);
    checkSetting(this.#inPanic());
    this._user = parts.stack.createUser("watchdog", {
      onDelivery: (delivery) => {
        if (delivery.what === "pretimeout") this.#pretimeout();
      },
    });
    parts.stack.setPanicFrame(() => this.panicFrame());
    parts.stack.onReturn(() => this.#returned());
    this._requests = new WatchdogRequests(this._user, parts.scheduler, () => this.#device);
    this._protection = new Protection({
      scheduler: parts.scheduler,
      tracer: parts.tracer,
      options: this._options,
      onRunOut: () => {
        this._setFirst = true;
      },
      onPolicy: (call) => {
        this._retryTask?.cancel();
        parts.onPolicy?.(call);
      },
    });
  }

  get state(): WatchdogState {
    return this._protection.state;
  }

  get setting(): WatchdogSetting {
    const { timeoutS, pretimeoutS, action, preaction } = this._setting;
    return { timeoutS, pretimeoutS, action, preaction };
  }

  /** Opens it for one at a time; throws `Refused`. */
  open(): WatchdogFile {
    if (this._file !== undefined) throw new Refused("WATCHDOG_TAKEN");
    const file = new WatchdogFile({
      nowayout: this._options.nowayout,
      keepAlive: (done) => this.keepAlive(done),
      stop: (done) => this.stop(done),
      closed: (meant) => {
        this._file = undefined;
        if (!meant) this._parts.onUnexpectedClose?.();
      },
    });
    this._file = file;
    if (this._options.startOnOpen) this.keepAlive();
    return file;
  }

  /** Changes the setting; a timer that is meant to run is set up with it. Throws `Refused`. */
  change(change: Partial<WatchdogSetting>, done: Done = () => {}): void {
    const setting = { ...this.setting, ...change };
    checkSetting(setting);
    const stops = this._wanted && setting.action === "none";
    if (stops && this._options.nowayout) throw new Refused("WATCHDOG_NO_WAY_OUT");
    this._setting = setting;
    this._setFirst = true;
    if (stops) this.#stop(done);
    else if (this._wanted) this.keepAlive(done);
    else this.#settle([done], OK);
  }

  /**
   * A heartbeat: starts the timer, or starts it anew. `done` hears of the first whole heartbeat
   * that began after the call. Throws `Refused`.
   */
  keepAlive(done: Done = () => {}): void {
    if (this._setting.action === "none") {
      // A heartbeat would start a timer that is not meant to run.
      this.#settle([done], OK);
      return;
    }
    if (this._waiting.length >= WAITERS_MAX) throw new Refused("TOO_MANY_MESSAGES");
    this._waiting.push(done);
    this.#unstop();
    if (!this._wanted) {
      this._wanted = true;
      this._protection.asked();
    }
    this._due = true;
    this.#proceed();
  }

  /** Stops the timer; until the BMC has done so, it counts as running. Throws `Refused`. */
  stop(done: Done = () => {}): void {
    if (this._options.nowayout && this._wanted) throw new Refused("WATCHDOG_NO_WAY_OUT");
    this.#stop(done);
  }

  /** The system goes down for good: the timer must not bring it up again. */
  beforeHalt(done: Done = () => {}): void {
    this.#stop(done);
  }

  /** The system restarts: the running timer watches over it, with time enough for it. */
  beforeRestart(done: Done = () => {}): void {
    if (!this._wanted) {
      this.#settle([done], OK);
      return;
    }
    const timeoutS = Math.max(this._setting.timeoutS, RESTART_TIMEOUT_S);
    const setting = { ...this.setting, timeoutS, pretimeoutS: 0, action: "reset" } as const;
    this._requests.set(setting, (heard) => this.#settle([done], heard));
  }

  /**
   * Asks for the time left, in ms; undefined when it cannot be had. It has its own message, goes
   * only when no heartbeat is under way, and behind one that comes later.
   */
  timeLeft(read: (leftMs: number | undefined) => void): void {
    if (this._readers.length >= WAITERS_MAX) throw new Refused("TOO_MANY_MESSAGES");
    this._readers.push(read);
    this.#proceed();
  }

  /**
   * What a panic sends (NetFn/LUN, Cmd, data) on behalf of a timer that is meant to run, whether or
   * not the BMC confirmed it; undefined when it is not. No heartbeat follows it: a timer that runs
   * goes on with the long time-out.
   */
  panicFrame(): Uint8Array | undefined {
    return this._wanted ? this._panicFrame : undefined;
  }

  /** Goes away. The timer is left as it is. */
  destroy(): void {
    this._wanted = false;
    this._course = undefined;
    this._retryTask?.cancel();
    this._protection.forget();
    this._user.destroy();
  }

  get #device() {
    return this._parts.stack.identity.device;
  }

  #inPanic(): WatchdogSetting {
    const { panic, panicTimeoutS: timeoutS } = this._options;
    const action = panic === "stop" ? "none" : this._setting.action;
    return { ...this._setting, timeoutS, pretimeoutS: 0, action };
  }

  /** Begins what is due. There is never more than one course. */
  #proceed(): void {
    if (this._course !== undefined) return;
    if (this._stopping !== undefined) {
      this._course = { covers: [this._stopping], tries: 0 };
      this.#sendStop(this._course);
    } else if (this._wanted && this._due) {
      this._due = false;
      this._retryTask?.cancel();
      this._course = { covers: this._waiting, tries: 0 };
      this._waiting = [];
      if (this._setFirst) this.#setUp(this._course);
      else this.#beat(this._course);
    } else {
      this.#read();
    }
  }

  /** Set, then Reset. */
  #setUp(course: Course): void {
    course.tries++;
    const setting = this._setting;
    this._panicFrame = settingFrame(this.#inPanic(), this.#device);
    this._user.setPretimeouts(setting.preaction === "messaging" && setting.pretimeoutS > 0);
    if (!knowsDontStop(this.#device)) this._protection.rearming();
    this._requests.set(setting, (heard) => {
      if (this._course !== course) return;
      if (!heard.ok) return this.#fail(course, heard.why);
      if (this._setting === setting) this._setFirst = false;
      this.#beat(course);
    });
  }

  #beat(course: Course): void {
    this._requests.reset((heard) => {
      if (this._course !== course) return;
      if (heard.ok && !this._setFirst) return this.#confirm(course);
      this._setFirst = true;
      // What made a Set necessary while the Reset was under way costs a set-up, too.
      const why = heard.ok ? "its setting changed meanwhile" : heard.why;
      if (!heard.ok) this._protection.lost(why);
      if (mayHelp(heard, course.tries)) this.#setUp(course);
      else this.#fail(course, why);
    });
  }

  #confirm(course: Course): void {
    this._retryTask?.cancel();
    this._retries = 0;
    this._protection.confirmed(this._setting);
    this.#end(course, OK);
  }

  #fail(course: Course, why: string): void {
    this._setFirst = true;
    this._protection.lost(why);
    if (!this._protection.policyRan && this._retries < this._options.retriesMax) {
      this._retries++;
      this.#after(this._options.retryPauseUs, () => {
        this._due = true;
        this.#proceed();
      });
    }
    this.#end(course, { ok: false, why });
  }

  #end(course: Course, outcome: WatchdogOutcome): void {
    this._course = undefined;
    this.#settle(course.covers, outcome);
    this.#proceed();
  }

  #stop(done: Done): void {
    this.#unstop();
    if (!this._wanted) {
      this.#settle([done], OK);
      return;
    }
    this._due = false;
    this._retryTask?.cancel();
    this._stopping = done;
    this.#settle(this._waiting.splice(0), { ok: false, why: "the watchdog is being stopped" });
    this.#proceed();
  }

  /** Takes back a stop that did not get through yet. */
  #unstop(): void {
    if (this._stopping === undefined) return;
    const stopping = this._stopping;
    this._stopping = undefined;
    this._setFirst = true;
    const underWay = this._course?.covers.includes(stopping) ?? false;
    if (underWay) {
      // Its Set may yet stop the timer; what comes now goes behind it.
      this._course = undefined;
      this._retryTask?.cancel();
      this._protection.rearming();
    }
    this.#settle([stopping], { ok: false, why: "it was asked for anew" });
  }

  #sendStop(course: Course): void {
    course.tries++;
    this._requests.set({ ...this._setting, action: "none" }, (heard) => {
      if (this._course !== course) return;
      if (!heard.ok && course.tries < STOPS_MAX) {
        this.#after(this._options.retryPauseUs, () => this.#sendStop(course));
        return;
      }
      this._stopping = undefined;
      if (heard.ok) {
        this._wanted = false;
        this._setFirst = true;
        this._retryTask?.cancel();
        this._protection.stopped();
      }
      this.#end(course, heard);
    });
  }

  /** After the pre-timeout the BMC refuses to start the timer anew. @see IPMI 2.0 §27.5 */
  #pretimeout(): void {
    this._setFirst = true;
    this._parts.onPretimeout?.();
  }

  /** Whatever the BMC says of the timer, it may be of one that it had before it was away. */
  #returned(): void {
    this._setFirst = true;
    if (!this._wanted || this._setting.action === "none") return;
    this._due = true;
    this.#proceed();
  }

  #read(): void {
    if (this._reading || this._readers.length === 0) return;
    this._reading = true;
    this._requests.timeLeft((leftMs) => {
      this._reading = false;
      for (const read of this._readers.splice(0)) read(leftMs);
      this.#proceed();
    });
  }

  #settle(all: readonly Done[], outcome: WatchdogOutcome): void {
    if (all.length === 0) return;
    this._scheduler.at(this._scheduler.now(), "watchdog done", () => {
      for (const done of all) done(outcome);
    });
  }

  #after(us: number, run: () => void): void {
    this._retryTask?.cancel();
    this._retryTask = this._scheduler.at(this._scheduler.now() + us, "watchdog again", run);
  }
}

const OK: WatchdogOutcome = { ok: true };
