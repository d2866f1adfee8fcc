import { NetFn } from "../../ipmi/command-table.ts";
import { firmwareVersion, getDeviceGuid, getDeviceId } from "../../ipmi/commands/app/device.ts";
import { clearMessageFlags, MessageFlag } from "../../ipmi/commands/app/messaging.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { HostLife } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import { Again } from "../interfaces/machine.ts";
import { type Ask, NO_DATA } from "../messages/ask.ts";
import { LocalCc } from "../messages/codes.ts";
import type { MessageHandler } from "../messages/message-handler.ts";
import { localReply } from "../messages/reply.ts";
import type { Answer } from "../messages/request.ts";
import type { HostOptions } from "../options.ts";
import type { SystemInterface } from "../system-interface/system-interface.ts";
import { Priority } from "../system-interface/transfer.ts";
import type { Channels } from "./channels.ts";
import type { EnablesKeeper } from "./global-enables.ts";
import { type Identity, parseDeviceId } from "./identity.ts";

const SET_UP_TRIES_MAX = 2;

/** Where the stack is with its BMC. */
export type StackState =
  | "off"
  /** Asking the BMC who it is and setting it up; users' requests wait. */
  | "starting"
  | "up"
  /** No BMC was found; it is looked for now and then. */
  | "absent"
  /** The BMC was lost; it is looked for every second. */
  | "failed"
  /** The BMC is resetting; it is left alone. */
  | "quiet"
  | "down";

export interface BringUpOptions {
  readonly scheduler: Scheduler;
  readonly tracer: Tracer;
  readonly options: HostOptions;
  readonly handler: MessageHandler;
  readonly systemInterface: SystemInterface;
  readonly identity: Identity;
  readonly channels: Channels;
  readonly enables: EnablesKeeper;
  /** The state changed. */
  readonly onState: () => void;
  /** It is known what channels there are. */
  readonly onChannels: () => void;
  /** The BMC is there again, or another than before: what it was told may be lost. */
  readonly onReturn: () => void;
}

/**
 * Finds the BMC, sets it up, and does so again each time that it was lost or reset. There is one
 * course at a time; answers that belong to an abandoned one are not heard.
 */
export class BringUp {
  private readonly _options: BringUpOptions;
  private readonly _scheduler: Scheduler;
  private readonly _si: SystemInterface;
  private readonly _handler: MessageHandler;
  private readonly _identity: Identity;
  private _state: StackState = "off";
  private _everUp = false;
  /** Which course runs: what belongs to another one is stale. */
  private _course = 0;
  private _timer: Task | undefined;
  private _refreshing = false;
  /** The GUID was asked for; and the BMC has become another since. */
  private _guidAsked = false;
  private _guidStale = false;
  /** It is being found out whether the BMC is there. */
  private _doubting = false;
  private _quietUntilUs = 0;
  /** How often the set-up was begun without coming to its end. */
  private _setUpTries = 0;

  constructor(options: BringUpOptions) {
    this._options = options;
    this._scheduler = options.scheduler;
    this._si = options.systemInterface;
    this._handler = options.handler;
    this._identity = options.identity;
  }

  get state(): StackState {
    return this._state;
  }

  /** How long the BMC is left alone yet. */
  quietLeftUs(nowUs: number): number {
    return this._state === "quiet" ? this._quietUntilUs - nowUs : 0;
  }

  start(): void {
    this.#tell("start", "");
    this.#begin();
  }

  /** A transaction failed for good. */
  lose(why: string): void {
    if (this._state === "quiet" || this._state === "down") return;
    const before = this._state;
    this.#abandon(this._everUp ? "failed" : "absent");
    if (before !== this._state) {
      this.#tell(this._everUp ? "failed" : "bring-up-failed", why);
    }
    this._handler.setGate("failed");
    this._handler.answerAll(localReply(LocalCc.InterfaceFailed, "host-interface"));
    const { failedRetryUs, absentRetryUs } = this._options.options;
    this.#after(this._everUp ? failedRetryUs : absentRetryUs, () => this.#look());
  }

  /**
   * A command was not answered, though the interface works. That may be that command's own affair,
   * or the BMC's end: Get Device ID, which every BMC has, tells, before anybody else is sent.
   */
  doubt(): void {
    if (this._doubting || (this._state !== "up" && this._state !== "starting")) return;
    this._doubting = true;
    const course = this._course;
    // Without an answer the interface says that it failed.
    const heard = () => {
      if (course === this._course) this._doubting = false;
    };
    this._handler.ask("presence", GET_DEVICE_ID, heard, Priority.Presence, Again.Never);
  }

  /** A reset of the BMC came to its end; the interface stands still since. */
  resetEnded(quiet: boolean): void {
    if (this._state !== "up") return;
    if (!quiet) {
      this._si.resume();
      return;
    }
    const { quietUs } = this._options.options;
    this.#abandon("quiet");
    this.#tell("quiet", `the BMC was reset; it is left alone for ${quietUs / 1_000} ms`);
    this._handler.setGate("quiet");
    this._handler.answerAll(localReply(LocalCc.Busy, "host-handler"));
    this._quietUntilUs = this._scheduler.now() + quietUs;
    this.#after(quietUs, () => {
      this.#tell("quiet-end", "");
      this.#begin();
    });
  }

  /** The interface is used: now and then look whether the BMC still is who it was. */
  refresh(done: () => void = () => {}): void {
    const nowUs = this._scheduler.now();
    const fresh = this._identity.ageUs(nowUs) < this._options.options.identityAgeUs;
    if (this._state !== "up" || fresh || this._refreshing) {
      done();
      return;
    }
    this._refreshing = true;
    this._identity.touch(nowUs);
    const course = this._course;
    const heard = (answer: Answer) => {
      if (course === this._course) this.#refreshed(answer);
      done();
    };
    this._handler.ask("identity", GET_DEVICE_ID, heard, Priority.Normal);
  }

  /** Looks after the enables, while the BMC is up. */
  checkEnables(): void {
    if (this._state !== "up") return;
    const { enables } = this._options;
    // A BMC that was reset forgot what its interface was told, too.
    const renewed = () => {
      if (enables.interrupts) this._si.setInterrupts(true);
    };
    enables.check(this.#ask("system-interface"), this._scheduler.now(), renewed);
  }

  stop(): void {
    this.#abandon("down");
  }

  /** Begins to set the BMC up; users' requests wait. */
  #begin(): void {
    this.#abandon("starting");
    this._handler.setGate("hold");
    this.#after(0, () => this.#identify(this._options.options.identifyTries));
  }

  /** Looks once whether the BMC is there; users' requests go on being answered at once. */
  #look(): void {
    this.#abandon(this._state);
    this.#identify(1);
  }

  #identify(tries: number): void {
    if (!this._si.detect()) {
      this.lose("nothing answers at the port");
      return;
    }
    this._si.resume();
    const identify = () => {
      this.#ask("identity")(getDeviceId.cmd, NO_DATA, (answer) => this.#identified(answer, tries));
    };
    const greeting = this._si.greeting();
    if (greeting === undefined) {
      identify();
      return;
    }
    // Nothing else is under way yet: users' requests wait until the BMC is up.
    this.#ask("system-interface")(greeting.cmd, greeting.data, (answer) => {
      // A failed interface reports itself.
      if (isLost(answer)) return;
      this._si.greeted(answer.maker === "bmc" && answer.cc === Cc.Ok ? answer.data : undefined);
      identify();
    });
  }

  #identified(answer: Answer, tries: number): void {
    // A failed interface reports itself.
    if (isLost(answer)) return;
    const device = answer.cc === Cc.Ok ? parseDeviceId(answer.data) : undefined;
    if (device === undefined) {
      const why = `Get Device ID: ${unusable(answer)}`;
      if (tries > 1) {
        this.#after(this._options.options.identifyPauseUs, () => this.#identify(tries - 1));
      } else {
        this.lose(why);
      }
      return;
    }
    if (this._state === "failed") this.#tell("found", "");
    this.#setState("starting");
    this._handler.setGate("hold");
    if (this._identity.accept(device, this._scheduler.now())) this.#firmwareChanged();
    this.#setUp();
  }

  /** Only the device ID is needed; a BMC that fails over all else is worked with as it is. */
  #setUp(): void {
    if (this._setUpTries === SET_UP_TRIES_MAX) {
      this.#scan(() => this.#up());
      return;
    }
    this._setUpTries++;
    const { enables } = this._options;
    const ask = this.#ask("system-interface");
    const proceed = () => {
      enables.setUp(ask, () => {
        this._setUpTries = 0;
        this._si.setInterrupts(enables.interrupts);
        this.#scan(() => this.#up());
      });
    };
    if (this._everUp) {
      proceed();
      return;
    }
    // A pre-timeout from before this start is nobody's news.
    const stale = Uint8Array.of(MessageFlag.WatchdogPretimeout);
    ask(clearMessageFlags.cmd, stale, proceed);
  }

  #scan(done: () => void): void {
    const knowsChannels = () => this._identity.knowsChannels;
    this._options.channels.scan(this.#ask("channels"), knowsChannels, done);
  }

  #up(): void {
    const first = !this._everUp;
    this._everUp = true;
    this.#setState("up");
    const { device } = this._identity;
    if (first) this.#tell("up", device === undefined ? "" : `firmware ${firmwareVersion(device)}`);
    this._options.onChannels();
    this._handler.setGate("open");
    this._si.setAttentive(true);
    if (!first) this._options.onReturn();
    this.#askGuid();
  }

  /** One question at a time; what was asked of a BMC that is another by now is asked once more. */
  #askGuid(): void {
    if (!this._identity.wantsGuid || this._guidAsked) return;
    this._guidAsked = true;
    this._identity.askGuid();
    const { netFn, cmd } = getDeviceGuid;
    const heard = (answer: Answer) => {
      const stale = this._guidStale;
      this._guidAsked = false;
      this._guidStale = false;
      if (stale) this.#askGuid();
      else if (answer.maker === "bmc") this._identity.acceptGuid(answer.data);
    };
    this._handler.ask("identity", { netFn, cmd }, heard, Priority.Normal);
  }

  #firmwareChanged(): void {
    const { device } = this._identity;
    this._options.channels.reset();
    this._guidStale = this._guidAsked;
    this._setUpTries = 0;
    this.#tell("firmware-changed", device === undefined ? "" : firmwareVersion(device));
  }

  /** Asks in the course that runs now. */
  #ask(user: string): Ask {
    const course = this._course;
    return (cmd, data, onAnswer) => {
      this._handler.ask(user, { netFn: NetFn.App, cmd, data }, (answer) => {
        if (course === this._course) onAnswer(answer);
      });
    };
  }

  #refreshed(answer: Answer): void {
    this._refreshing = false;
    const device = answer.cc === Cc.Ok ? parseDeviceId(answer.data) : undefined;
    if (device === undefined || !this._identity.accept(device, this._scheduler.now())) return;
    this.#firmwareChanged();
    this._options.onReturn();
    this.#scan(() => {
      this._options.onChannels();
      this.#askGuid();
    });
  }

  /** Ends the course that ran. */
  #abandon(state: StackState): void {
    this._course++;
    this._timer?.cancel();
    this._timer = undefined;
    this._refreshing = false;
    this._doubting = false;
    this._options.enables.abandon();
    this._options.channels.abandon();
    if (state !== "up") this._si.setAttentive(false);
    this.#setState(state);
  }

  #setState(state: StackState): void {
    this._state = state;
    this._options.onState();
  }

  #after(us: number, run: () => void): void {
    this._timer = this._scheduler.at(this._scheduler.now() + us, "bring-up", run);
  }

  #tell(what: HostLife["what"], text: string): void {
    const { tracer } = this._options;
    if (tracer.active) tracer.emit({ e: "host", what, text });
  }
}

const GET_DEVICE_ID = { netFn: getDeviceId.netFn, cmd: getDeviceId.cmd };

function isLost(answer: Answer): boolean {
  return answer.maker === "host-interface" && answer.cc === LocalCc.InterfaceFailed;
}

function unusable(answer: Answer): string {
  if (answer.cc === Cc.Ok) return `${answer.data.length} bytes are no device ID`;
  return `completion code ${answer.cc.toString(16).padStart(2, "0")}h`;
}
