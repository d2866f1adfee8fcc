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
  readonly #options: BringUpOptions;
  readonly #scheduler: Scheduler;
  readonly #si: SystemInterface;
  readonly #handler: MessageHandler;
  readonly #identity: Identity;
  #state: StackState = "off";
  #everUp = false;
  /** Which course runs: what belongs to another one is stale. */
  #course = 0;
  #timer: Task | undefined;
  #refreshing = false;
  /** The GUID was asked for; and the BMC has become another since. */
  #guidAsked = false;
  #guidStale = false;
  /** It is being found out whether the BMC is there. */
  #doubting = false;
  #quietUntilUs = 0;
  /** How often the set-up was begun without coming to its end. */
  #setUpTries = 0;

  constructor(options: BringUpOptions) {
    this.#options = options;
    this.#scheduler = options.scheduler;
    this.#si = options.systemInterface;
    this.#handler = options.handler;
    this.#identity = options.identity;
  }

  get state(): StackState {
    return this.#state;
  }

  /** How long the BMC is left alone yet. */
  quietLeftUs(nowUs: number): number {
    return this.#state === "quiet" ? this.#quietUntilUs - nowUs : 0;
  }

  start(): void {
    this.#tell("start", "");
    this.#begin();
  }

  /** A transaction failed for good. */
  lose(why: string): void {
    if (this.#state === "quiet" || this.#state === "down") return;
    const before = this.#state;
    this.#abandon(this.#everUp ? "failed" : "absent");
    if (before !== this.#state) {
      this.#tell(this.#everUp ? "failed" : "bring-up-failed", why);
    }
    this.#handler.setGate("failed");
    this.#handler.answerAll(localReply(LocalCc.InterfaceFailed, "host-interface"));
    const { failedRetryUs, absentRetryUs } = this.#options.options;
    this.#after(this.#everUp ? failedRetryUs : absentRetryUs, () => this.#look());
  }

  /**
   * A command was not answered, though the interface works. That may be that command's own affair,
   * or the BMC's end: Get Device ID, which every BMC has, tells, before anybody else is sent.
   */
  doubt(): void {
    if (this.#doubting || (this.#state !== "up" && this.#state !== "starting")) return;
    this.#doubting = true;
    const course = this.#course;
    // Without an answer the interface says that it failed.
    const heard = () => {
      if (course === this.#course) this.#doubting = false;
    };
    this.#handler.ask("presence", GET_DEVICE_ID, heard, Priority.Presence, Again.Never);
  }

  /** A reset of the BMC came to its end; the interface stands still since. */
  resetEnded(quiet: boolean): void {
    if (this.#state !== "up") return;
    if (!quiet) {
      this.#si.resume();
      return;
    }
    const { quietUs } = this.#options.options;
    this.#abandon("quiet");
    this.#tell("quiet", `the BMC was reset; it is left alone for ${quietUs / 1_000} ms`);
    this.#handler.setGate("quiet");
    this.#handler.answerAll(localReply(LocalCc.Busy, "host-handler"));
    this.#quietUntilUs = this.#scheduler.now() + quietUs;
    this.#after(quietUs, () => {
      this.#tell("quiet-end", "");
      this.#begin();
    });
  }

  /** The interface is used: now and then look whether the BMC still is who it was. */
  refresh(done: () => void = () => {}): void {
    const nowUs = this.#scheduler.now();
    const fresh = this.#identity.ageUs(nowUs) < this.#options.options.identityAgeUs;
    if (this.#state !== "up" || fresh || this.#refreshing) {
      done();
      return;
    }
    this.#refreshing = true;
    this.#identity.touch(nowUs);
    const course = this.#course;
    const heard = (answer: Answer) => {
      if (course === this.#course) this.#refreshed(answer);
      done();
    };
    this.#handler.ask("identity", GET_DEVICE_ID, heard, Priority.Normal);
  }

  /** Looks after the enables, while the BMC is up. */
  checkEnables(): void {
    if (this.#state !== "up") return;
    this.#options.enables.check(this.#ask("system-interface"), this.#scheduler.now());
  }

  stop(): void {
    this.#abandon("down");
  }

  /** Begins to set the BMC up; users' requests wait. */
  #begin(): void {
    this.#abandon("starting");
    this.#handler.setGate("hold");
    this.#after(0, () => this.#identify(this.#options.options.identifyTries));
  }

  /** Looks once whether the BMC is there; users' requests go on being answered at once. */
  #look(): void {
    this.#abandon(this.#state);
    this.#identify(1);
  }

  #identify(tries: number): void {
    if (!this.#si.detect()) {
      this.lose("nothing answers at the port");
      return;
    }
    this.#si.resume();
    const identify = () => {
      this.#ask("identity")(getDeviceId.cmd, NO_DATA, (answer) => this.#identified(answer, tries));
    };
    const greeting = this.#si.greeting();
    if (greeting === undefined) {
      identify();
      return;
    }
    // Nothing else is under way yet: users' requests wait until the BMC is up.
    this.#ask("system-interface")(greeting.cmd, greeting.data, (answer) => {
      // A failed interface reports itself.
      if (isLost(answer)) return;
      this.#si.greeted(answer.maker === "bmc" && answer.cc === Cc.Ok ? answer.data : undefined);
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
        this.#after(this.#options.options.identifyPauseUs, () => this.#identify(tries - 1));
      } else {
        this.lose(why);
      }
      return;
    }
    if (this.#state === "failed") this.#tell("found", "");
    this.#setState("starting");
    this.#handler.setGate("hold");
    if (this.#identity.accept(device, this.#scheduler.now())) this.#firmwareChanged();
    this.#setUp();
  }

  /** Only the device ID is needed; a BMC that fails over all else is worked with as it is. */
  #setUp(): void {
    if (this.#setUpTries === SET_UP_TRIES_MAX) {
      this.#scan(() => this.#up());
      return;
    }
    this.#setUpTries++;
    const { enables } = this.#options;
    const ask = this.#ask("system-interface");
    const proceed = () => {
      enables.setUp(ask, () => {
        this.#setUpTries = 0;
        this.#si.setInterrupts(enables.interrupts);
        this.#scan(() => this.#up());
      });
    };
    if (this.#everUp) {
      proceed();
      return;
    }
    // A pre-timeout from before this start is nobody's news.
    const stale = Uint8Array.of(MessageFlag.WatchdogPretimeout);
    ask(clearMessageFlags.cmd, stale, proceed);
  }

  #scan(done: () => void): void {
    this.#options.channels.scan(this.#ask("channels"), this.#identity.knowsChannels, done);
  }

  #up(): void {
    const first = !this.#everUp;
    this.#everUp = true;
    this.#setState("up");
    const { device } = this.#identity;
    if (first) this.#tell("up", device === undefined ? "" : `firmware ${firmwareVersion(device)}`);
    this.#options.onChannels();
    this.#handler.setGate("open");
    this.#si.setAttentive(true);
    if (!first) this.#options.onReturn();
    this.#askGuid();
  }

  /** One question at a time; what was asked of a BMC that is another by now is asked once more. */
  #askGuid(): void {
    if (!this.#identity.wantsGuid || this.#guidAsked) return;
    this.#guidAsked = true;
    this.#identity.askGuid();
    const { netFn, cmd } = getDeviceGuid;
    const heard = (answer: Answer) => {
      const stale = this.#guidStale;
      this.#guidAsked = false;
      this.#guidStale = false;
      if (stale) this.#askGuid();
      else if (answer.maker === "bmc") this.#identity.acceptGuid(answer.data);
    };
    this.#handler.ask("identity", { netFn, cmd }, heard, Priority.Normal);
  }

  #firmwareChanged(): void {
    const { device } = this.#identity;
    this.#options.channels.reset();
    this.#guidStale = this.#guidAsked;
    this.#setUpTries = 0;
    this.#tell("firmware-changed", device === undefined ? "" : firmwareVersion(device));
  }

  /** Asks in the course that runs now. */
  #ask(user: string): Ask {
    const course = this.#course;
    return (cmd, data, onAnswer) => {
      this.#handler.ask(user, { netFn: NetFn.App, cmd, data }, (answer) => {
        if (course === this.#course) onAnswer(answer);
      });
    };
  }

  #refreshed(answer: Answer): void {
    this.#refreshing = false;
    const device = answer.cc === Cc.Ok ? parseDeviceId(answer.data) : undefined;
    if (device === undefined || !this.#identity.accept(device, this.#scheduler.now())) return;
    this.#firmwareChanged();
    this.#options.onReturn();
    this.#scan(() => {
      this.#options.onChannels();
      this.#askGuid();
    });
  }

  /** Ends the course that ran. */
  #abandon(state: StackState): void {
    this.#course++;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#refreshing = false;
    this.#doubting = false;
    this.#options.enables.abandon();
    if (state !== "up") this.#si.setAttentive(false);
    this.#setState(state);
  }

  #setState(state: StackState): void {
    this.#state = state;
    this.#options.onState();
  }

  #after(us: number, run: () => void): void {
    this.#timer = this.#scheduler.at(this.#scheduler.now() + us, "bring-up", run);
  }

  #tell(what: HostLife["what"], text: string): void {
    const { tracer } = this.#options;
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
