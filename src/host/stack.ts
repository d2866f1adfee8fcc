import type { DeviceId } from "../ipmi/commands/app/device.ts";
import { Cc } from "../ipmi/completion.ts";
import type { Scheduler, Task } from "../time/scheduler.ts";
import type { HostLife } from "../trace/events.ts";
import type { Tracer } from "../trace/tracer.ts";
import type { BusWire, HostWire, RegisterWire } from "../wire/interface.ts";
import type { TransactionTags } from "../wire/registers/port.ts";
import { BringUp, type StackState } from "./bring-up/bring-up.ts";
import { Channels } from "./bring-up/channels.ts";
import { EnablesKeeper } from "./bring-up/global-enables.ts";
import { Identity } from "./bring-up/identity.ts";
import { Maintenance, type MaintenanceMode } from "./bring-up/maintenance.ts";
import { machineFor, transactionUs } from "./interfaces/machine-for.ts";
import { Refused } from "./messages/codes.ts";
import { parseIncoming } from "./messages/incoming.ts";
import { IpmbBridge } from "./messages/ipmb-bridge.ts";
import { MessageHandler } from "./messages/message-handler.ts";
import { Receivers } from "./messages/receivers.ts";
import type { Answer, Deliver, RequestSpec } from "./messages/request.ts";
import { responseOn } from "./messages/send-message.ts";
import { User, type UserServices } from "./messages/user.ts";
import { type Delivery, type IncomingCommand, UserRecord, Users } from "./messages/users.ts";
import { HOST_OPTIONS, type HostOptions } from "./options.ts";
import { Footing } from "./panic/footing.ts";
import { Panic, type PanicFrame } from "./panic/panic.ts";
import { Statistics } from "./statistics.ts";
import { type InterfaceListener, SystemInterface } from "./system-interface/system-interface.ts";
import { Priority } from "./system-interface/transfer.ts";

/** Refusals of incoming commands that may wait to be sent; more are not worth the BMC's time. */
const AUTOMATIC_RESPONSES_MAX = 16;
const OWN_USER = "message-handler";

/** What a stack is put together from: its time, its wire, and who hears of what it does. */
export interface HostStackParts {
  readonly scheduler: Scheduler;
  readonly wire: HostWire;
  readonly tags: TransactionTags;
  readonly tracer: Tracer;
  /** Whether the interrupt line is connected: `HostStack.interrupt` is called when it changes. */
  readonly interrupt?: boolean;
  readonly options?: Partial<HostOptions>;
}

/** Times that are 0 say that it is not so at present. */
export interface StackSummary {
  /** The interface, and where on its wire the BMC is. */
  readonly wire: Pick<RegisterWire, "kind" | "spacing"> | Pick<BusWire, "kind" | "address">;
  readonly interrupt: boolean;
  readonly users: number;
  /** Requests of users that are owed an answer. */
  readonly outstanding: number;
  readonly maintenanceLeftUs: number;
  readonly quietLeftUs: number;
}

/** The whole driver stack over one system interface. */
export class HostStack {
  readonly statistics = new Statistics();
  readonly #parts: HostStackParts;
  readonly #scheduler: Scheduler;
  readonly #tracer: Tracer;
  readonly #options: HostOptions;
  readonly #users: Users;
  readonly #receivers = new Receivers<UserRecord>();
  readonly #identity = new Identity();
  readonly #channels = new Channels();
  readonly #maintenance: Maintenance;
  readonly #returnListeners: (() => void)[] = [];
  readonly #handler: MessageHandler;
  readonly #bridge: IpmbBridge;
  readonly #si: SystemInterface;
  readonly #bringUp: BringUp;
  readonly #footing: Footing;
  readonly #panic: Panic;
  #panicked = false;
  /** Between start and the end of shutdown: the registers may be touched. */
  #live = false;
  #enablesTask: Task | undefined;
  #maintenanceTask: Task | undefined;
  #lastId = 0;

  constructor(parts: HostStackParts) {
    this.#parts = parts;
    this.#footing = new Footing(parts.scheduler, parts.wire);
    this.#scheduler = this.#footing.scheduler;
    this.#tracer = parts.tracer;
    this.#options = { ...HOST_OPTIONS, ...parts.options };
    this.#maintenance = new Maintenance(this.#options.maintenanceUs);
    const { tracer } = parts;
    const scheduler = this.#scheduler;
    const options = this.#options;
    const { statistics } = this;
    const deliver: Deliver = (run) => {
      scheduler.at(scheduler.now(), "deliver", run);
    };
    const nextId = options.nextId ?? (() => ++this.#lastId);
    this.#users = new Users(tracer, deliver, statistics);
    this.#handler = new MessageHandler({
      scheduler,
      tracer,
      deliver,
      options,
      statistics,
      users: this.#users,
      nextId,
      onQueued: () => this.#si.kick(),
      onReset: (quiet) => this.#bringUp.resetEnded(quiet),
      guardsResets: () => this.#maintenance.guardsResets,
    });
    this.#bridge = new IpmbBridge({
      scheduler,
      handler: this.#handler,
      options,
      statistics,
      channels: this.#channels,
      onChange: () => this.#watch(),
    });
    this.#handler.connect(this.#bridge);
    this.#si = new SystemInterface({
      scheduler,
      tracer,
      statistics,
      nextId,
      tags: parts.tags,
      machine: machineFor(this.#footing.wire, options.timing),
      queue: this.#handler.queue,
      listener: this.#listener(),
    });
    this.#panic = panicOf(parts, options, nextId);
    this.#bringUp = this.#makeBringUp();
  }

  /** Begins to look for the BMC. */
  start(): void {
    if (this.#bringUp.state !== "off" || this.#panicked) return;
    this.#live = true;
    this.#bringUp.start();
  }

  /** The interrupt line changed. Harmless at any time, also within a register access. */
  interrupt(level: boolean): void {
    this.#si.interrupt(level);
  }

  /** Throws `Refused`. */
  createUser(
    name: string,
    wishes: { events?: boolean; onDelivery?: (delivery: Delivery) => void } = {},
  ): User {
    if (this.#panicked) throw new Refused("PANICKED");
    if (this.#bringUp.state === "down") throw new Refused("SHUTDOWN");
    if (this.#users.count >= this.#options.usersMax) throw new Refused("TOO_MANY_USERS");
    const record = new UserRecord(name, wishes.onDelivery);
    this.#users.add(record);
    const services = this.#services();
    if (wishes.events === true) services.setEvents(record, true);
    return new User(record, services);
  }

  /**
   * Stops: no register access and no timer from now on. Everybody who is owed an answer gets it,
   * from the scheduler, at the present time.
   */
  shutdown(): void {
    if (this.#bringUp.state === "down" || this.#panicked) return;
    this.#tell("shutdown");
    this.#bringUp.stop();
    this.#handler.shutdown(this.#si.stop());
    this.#enablesTask?.cancel();
    this.#maintenanceTask?.cancel();
    this.#live = false;
    this.#tell("down");
  }

  /**
   * The host crashed. Takes over at any moment, in the middle of a register access or of the
   * stack's own doings too: what was interrupted never goes on, nobody is answered any more. Sends
   * the panic's messages and is back within `panicBoundUs`; then no register is touched again.
   * `spin` passes the given time without giving the processor away.
   */
  panic(text: string, spin: (us: number) => void): void {
    if (this.#panicked) return;
    this.#panicked = true;
    this.#footing.withdraw();
    if (this.#live) this.#panic.run(text, spin);
  }

  /**
   * Calls `heard` each time that the BMC is there again after it was away or in disorder, or has
   * another firmware: it may have been reset, and have lost what it was told.
   */
  onReturn(heard: () => void): void {
    this.#returnListeners.push(heard);
  }

  /** What a panic sends before all else, as long as there is something to send. */
  setPanicFrame(frame: PanicFrame): void {
    this.#panic.setFrame(frame);
  }

  get state(): StackState {
    return this.#panicked ? "down" : this.#bringUp.state;
  }

  /** What the BMC said of itself; kept while it is away. */
  get identity(): Pick<Identity, "device" | "guid"> {
    return this.#identity;
  }

  /** What the stack is at, in numbers. */
  get summary(): StackSummary {
    const nowUs = this.#scheduler.now();
    return {
      wire: this.#parts.wire,
      interrupt: this.#parts.interrupt ?? false,
      users: this.#users.count,
      outstanding: this.#users.outstanding,
      maintenanceLeftUs: this.#maintenance.leftUs(nowUs),
      quietLeftUs: this.#bringUp.quietLeftUs(nowUs),
    };
  }

  get channels(): Pick<Channels, "at"> {
    return this.#channels;
  }

  /** Reads the device ID again if it is old, then gives it. */
  readDeviceId(read: (device: DeviceId | undefined) => void): void {
    const done = () => read(this.#identity.device);
    if (this.#maintenance.active(this.#scheduler.now())) done();
    else this.#bringUp.refresh(done);
  }

  setMaintenanceMode(mode: MaintenanceMode): void {
    this.#maintenance.mode = mode;
    this.#watch();
  }

  /**
   * Polls until nothing is in progress or waiting, or until `untilUs`; true when all is done.
   * `spin` passes the given time without giving the processor away.
   */
  flush(untilUs: number, spin: (us: number) => void): boolean {
    return !this.#panicked && this.#si.flush(untilUs, spin);
  }

  #services(): UserServices {
    return {
      submit: (user, spec, onAnswer) => this.#submit(user, spec, onAnswer),
      respond: (user, command, data, onAnswer) => {
        if (this.#panicked) throw new Refused("PANICKED");
        this.statistics.sent_ipmb_responses++;
        return this.#handler.submitResponse(user, responseOn(command, data), onAnswer);
      },
      setEvents: (user, on) => {
        this.#users.setEvents(user, on);
        this.#watch();
      },
      setPretimeouts: (user, on) => {
        user.pretimeouts = on;
        this.#watch();
      },
      receive: (user, spec) => {
        const taken = this.#receivers.add(user, spec);
        this.#watch();
        return taken;
      },
      destroy: (user) => {
        if (this.#panicked) return;
        this.#receivers.removeOwner(user);
        this.#handler.destroy(user);
        this.#watch();
      },
    };
  }

  #submit(user: UserRecord, spec: RequestSpec, onAnswer: (answer: Answer) => void): number {
    if (this.#panicked) throw new Refused("PANICKED");
    const id = this.#handler.submit(user, spec, onAnswer);
    const nowUs = this.#scheduler.now();
    const untilUs = this.#maintenance.note(spec, nowUs);
    if (untilUs !== undefined) {
      this.#maintenanceTask?.cancel();
      this.#maintenanceTask = this.#scheduler.at(untilUs, "maintenance", () => this.#watch());
      this.#watch();
    }
    if (!this.#maintenance.active(nowUs)) this.#bringUp.refresh();
    return id;
  }

  /** The BMC is watched while somebody waits for what it has to say. */
  #watch(): void {
    const up = this.#bringUp.state === "up";
    const alone = this.#maintenance.active(this.#scheduler.now());
    const listening = this.#users.wantEvents || this.#receivers.count > 0;
    const awaited = this.#bridge.outstanding > 0 || this.#users.wantPretimeouts;
    this.#si.setWatched(up && (awaited || (listening && !alone)));
    if (!up || alone || !this.#users.wantEvents || this.#enablesTask !== undefined) return;
    const us = this.#scheduler.now() + this.#options.enablesCheckUs;
    this.#enablesTask = this.#scheduler.at(us, "enables", () => {
      this.#enablesTask = undefined;
      this.#watch();
      if (this.#enablesTask !== undefined) this.#bringUp.checkEnables();
    });
  }

  #makeBringUp(): BringUp {
    return new BringUp({
      scheduler: this.#scheduler,
      tracer: this.#tracer,
      options: this.#options,
      handler: this.#handler,
      systemInterface: this.#si,
      identity: this.#identity,
      channels: this.#channels,
      enables: new EnablesKeeper(this.#parts.interrupt ?? false),
      onState: () => this.#watch(),
      onChannels: () => this.#bridge.onChannels(),
      onReturn: () => this.#returned(),
    });
  }

  #listener(): InterfaceListener {
    return {
      onMessage: (data) => this.#incoming(data),
      onEvent: (record) => this.#users.event(record),
      onPretimeout: () => this.#users.tellAll({ what: "pretimeout" }),
      onOem: (flags) => this.#users.tellAll({ what: "oem", flags }),
      onInterfaceFailed: (why) => this.#bringUp.lose(why),
      onDoubt: () => this.#bringUp.doubt(),
      onOrder: () => this.#returned(),
    };
  }

  #returned(): void {
    for (const heard of this.#returnListeners) heard();
  }

  #incoming(data: Uint8Array): void {
    const incoming = parseIncoming(data, (channel) => this.#channels.mediumOf(channel));
    switch (incoming.kind) {
      case "response":
        this.#bridge.take(incoming.channel, incoming.frame);
        break;
      case "command":
        this.#command(incoming.command);
        break;
      case "invalid":
        if (incoming.response) this.statistics.invalid_ipmb_responses++;
        else this.statistics.invalid_commands++;
        break;
    }
  }

  /** A command for somebody, or for nobody: then its sender hears so. */
  #command(command: IncomingCommand): void {
    const { netFn, cmd } = command.frame;
    const user = this.#receivers.find(netFn, cmd, command.channel);
    if (user !== undefined) {
      this.statistics.handled_commands++;
      this.#users.deliver(user, command);
      return;
    }
    this.statistics.unhandled_commands++;
    // It may have been fetched right before the shutdown, and what is asked now nobody answers.
    if (!this.#live || this.#handler.outstandingOf(OWN_USER) >= AUTOMATIC_RESPONSES_MAX) return;
    const spec = responseOn(command, Uint8Array.of(Cc.InvalidCommand));
    this.#handler.ask(OWN_USER, spec, () => {}, Priority.Normal);
  }

  #tell(what: HostLife["what"]): void {
    if (this.#tracer.active) this.#tracer.emit({ e: "host", what, text: "" });
  }
}

/** A panic has scheduler and wire of its own: whatever ran when it came has lost them. */
function panicOf(parts: HostStackParts, options: HostOptions, nextId: () => number): Panic {
  return new Panic({
    scheduler: parts.scheduler,
    tracer: parts.tracer,
    nextId,
    tags: parts.tags,
    machine: machineFor(parts.wire, options.panicTiming),
    operation: options.panicOperation,
    messageUs: transactionUs(parts.wire.kind, options.panicTiming),
    totalUs: options.panicUs,
  });
}
