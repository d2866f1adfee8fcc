import type { DeviceId } from "../ipmi/commands/app/device.ts";
import { Cc } from "../ipmi/completion.ts";
import type { Scheduler, Task } from "../time/scheduler.ts";
import type { HostLife } from "../trace/events.ts";
import type { Tracer } from "../trace/tracer.ts";
import type { BusWire, CallWire, HostWire, RegisterWire } from "../wire/interface.ts";
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
  readonly wire:
    | Pick<RegisterWire, "kind" | "spacing">
    | Pick<BusWire, "kind" | "address">
    | Pick<CallWire, "kind">;
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
  private readonly _parts: HostStackParts;
  private readonly _scheduler: Scheduler;
  private readonly _tracer: Tracer;
  private readonly _options: HostOptions;
  private readonly _users: Users;
  private readonly _receivers = new Receivers<UserRecord>();
  private readonly _identity = new Identity();
  private readonly _channels = new Channels();
  private readonly _maintenance: Maintenance;
  private readonly _returnListeners: (() => void)[] = [];
  private readonly _handler: MessageHandler;
  private readonly _bridge: IpmbBridge;
  private readonly _si: SystemInterface;
  private readonly _bringUp: BringUp;
  private readonly _footing: Footing;
  private readonly _panic: Panic;
  private _panicked = false;
  /** Between start and the end of shutdown: the registers may be touched. */
  private _live = false;
  private _enablesTask: Task | undefined;
  private _maintenanceTask: Task | undefined;
  private _lastId = 0;

  constructor(parts: HostStackParts) {
    this._parts = parts;
    this._footing = new Footing(parts.scheduler, parts.wire);
    this._scheduler = this._footing.scheduler;
    this._tracer = parts.tracer;
    this._options = { ...HOST_OPTIONS, ...parts.options };
    this._maintenance = new Maintenance(this._options.maintenanceUs);
    const { tracer } = parts;
    const scheduler = this._scheduler;
    const options = this._options;
    const { statistics } = this;
    const deliver: Deliver = (run) => {
      scheduler.at(scheduler.now(), "deliver", run);
    };
    const nextId = options.nextId ?? (() => ++this._lastId);
    this._users = new Users(tracer, deliver, statistics);
    this._handler = new MessageHandler({
      scheduler,
      tracer,
      deliver,
      options,
      statistics,
      users: this._users,
      nextId,
      onQueued: () => this._si.kick(),
      onReset: (quiet) => this._bringUp.resetEnded(quiet),
      guardsResets: () => this._maintenance.guardsResets,
    });
    this._bridge = new IpmbBridge({
      scheduler,
      handler: this._handler,
      options,
      statistics,
      channels: this._channels,
      onChange: () => this.#watch(),
    });
    this._handler.connect(this._bridge);
    this._si = new SystemInterface({
      scheduler,
      tracer,
      statistics,
      nextId,
      tags: parts.tags,
      machine: machineFor(this._footing.wire, options.timing),
      queue: this._handler.queue,
      listener: this.#listener(),
    });
    this._panic = panicOf(parts, options, nextId);
    this._bringUp = this.#makeBringUp();
  }

  /** Begins to look for the BMC. */
  start(): void {
    if (this._bringUp.state !== "off" || this._panicked) return;
    this._live = true;
    this._bringUp.start();
  }

  /** The interrupt line changed. Harmless at any time, also within a register access. */
  interrupt(level: boolean): void {
    this._si.interrupt(level);
  }

  /** Throws `Refused`. */
  createUser(
    name: string,
    wishes: { events?: boolean; onDelivery?: (delivery: Delivery) => void } = {},
  ): User {
    if (this._panicked) throw new Refused("PANICKED");
    if (this._bringUp.state === "down") throw new Refused("SHUTDOWN");
    if (this._users.count >= this._options.usersMax) throw new Refused("TOO_MANY_USERS");
    const record = new UserRecord(name, wishes.onDelivery);
    this._users.add(record);
    const services = this.#services();
    if (wishes.events === true) services.setEvents(record, true);
    return new User(record, services);
  }

  /**
   * Stops: no register access and no timer from now on. Everybody who is owed an answer gets it,
   * from the scheduler, at the present time.
   */
  shutdown(): void {
    if (this._bringUp.state === "down" || this._panicked) return;
    this.#tell("shutdown");
    this._bringUp.stop();
    this._handler.shutdown(this._si.stop());
    this._enablesTask?.cancel();
    this._maintenanceTask?.cancel();
    this._live = false;
    this.#tell("down");
  }

  /**
   * The host crashed. Takes over at any moment, in the middle of a register access or of the
   * stack's own doings too: what was interrupted never goes on, nobody is answered any more. Sends
   * the panic's messages and is back within `panicBoundUs`; then no register is touched again.
   * `spin` passes the given time without giving the processor away.
   */
  panic(text: string, spin: (us: number) => void): void {
    if (this._panicked) return;
    this._panicked = true;
    this._footing.withdraw();
    if (this._live) this._panic.run(text, spin);
  }

  /**
   * Calls `heard` each time that the BMC is there again after it was away or in disorder, or has
   * another firmware: it may have been reset, and have lost what it was told.
   */
  onReturn(heard: () => void): void {
    this._returnListeners.push(heard);
  }

  /** What a panic sends before all else, as long as there is something to send. */
  setPanicFrame(frame: PanicFrame): void {
    this._panic.setFrame(frame);
  }

  /** A transfer is on the wire: who shuts the stack down now breaks it off. */
  get busy(): boolean {
    return this._si.busy;
  }

  get state(): StackState {
    return this._panicked ? "down" : this._bringUp.state;
  }

  /** What the BMC said of itself; kept while it is away. */
  get identity(): Pick<Identity, "device" | "guid"> {
    return this._identity;
  }

  /** What the stack is at, in numbers. */
  get summary(): StackSummary {
    const nowUs = this._scheduler.now();
    return {
      wire: this._parts.wire,
      interrupt: this._parts.interrupt ?? false,
      users: this._users.count,
      outstanding: this._users.outstanding,
      maintenanceLeftUs: this._maintenance.leftUs(nowUs),
      quietLeftUs: this._bringUp.quietLeftUs(nowUs),
    };
  }

  get channels(): Pick<Channels, "at"> {
    return this._channels;
  }

  /** Reads the device ID again if it is old, then gives it. */
  readDeviceId(read: (device: DeviceId | undefined) => void): void {
    const done = () => read(this._identity.device);
    if (this._maintenance.active(this._scheduler.now())) done();
    else this._bringUp.refresh(done);
  }

  setMaintenanceMode(mode: MaintenanceMode): void {
    this._maintenance.mode = mode;
    this.#watch();
  }

  /**
   * Polls until nothing is in progress or waiting, or until `untilUs`; true when all is done.
   * `spin` passes the given time without giving the processor away.
   */
  flush(untilUs: number, spin: (us: number) => void): boolean {
    return !this._panicked && this._si.flush(untilUs, spin);
  }

  #services(): UserServices {
    return {
      submit: (user, spec, onAnswer) => this.#submit(user, spec, onAnswer),
      respond: (user, command, data, onAnswer) => {
        if (this._panicked) throw new Refused("PANICKED");
        this.statistics.sent_ipmb_responses++;
        return this._handler.submitResponse(user, responseOn(command, data), onAnswer);
      },
      setEvents: (user, on) => {
        this._users.setEvents(user, on);
        this.#watch();
      },
      setPretimeouts: (user, on) => {
        user.pretimeouts = on;
        this.#watch();
      },
      receive: (user, spec) => {
        const taken = this._receivers.add(user, spec);
        this.#watch();
        return taken;
      },
      destroy: (user) => {
        if (this._panicked) return;
        this._receivers.removeOwner(user);
        this._handler.destroy(user);
        this.#watch();
      },
    };
  }

  #submit(user: UserRecord, spec: RequestSpec, onAnswer: (answer: Answer) => void): number {
    if (this._panicked) throw new Refused("PANICKED");
    const id = this._handler.submit(user, spec, onAnswer);
    const nowUs = this._scheduler.now();
    const untilUs = this._maintenance.note(spec, nowUs);
    if (untilUs !== undefined) {
      this._maintenanceTask?.cancel();
      this._maintenanceTask = this._scheduler.at(untilUs, "maintenance", () => this.#watch());
      this.#watch();
    }
    if (!this._maintenance.active(nowUs)) this._bringUp.refresh();
    return id;
  }

  /** The BMC is watched while somebody waits for what it has to say. */
  #watch(): void {
    const up = this._bringUp.state === "up";
    const alone = this._maintenance.active(this._scheduler.now());
    const listening = this._users.wantEvents || this._receivers.count > 0;
    const awaited = this._bridge.outstanding > 0 || this._users.wantPretimeouts;
    this._si.setWatched(up && (awaited || (listening && !alone)));
    if (!up || alone || !this._users.wantEvents || this._enablesTask !== undefined) return;
    const us = this._scheduler.now() + this._options.enablesCheckUs;
    this._enablesTask = this._scheduler.at(us, "enables", () => {
      this._enablesTask = undefined;
      this.#watch();
      if (this._enablesTask !== undefined) this._bringUp.checkEnables();
    });
  }

  #makeBringUp(): BringUp {
    return new BringUp({
      scheduler: this._scheduler,
      tracer: this._tracer,
      options: this._options,
      handler: this._handler,
      systemInterface: this._si,
      identity: this._identity,
      channels: this._channels,
      enables: new EnablesKeeper(this._parts.interrupt ?? false),
      onState: () => this.#watch(),
      onChannels: () => this._bridge.onChannels(),
      onReturn: () => this.#returned(),
    });
  }

  #listener(): InterfaceListener {
    return {
      onMessage: (data) => this.#incoming(data),
      onEvent: (record) => this._users.event(record),
      onPretimeout: () => this._users.tellAll({ what: "pretimeout" }),
      onOem: (flags) => this._users.tellAll({ what: "oem", flags }),
      onInterfaceFailed: (why) => this._bringUp.lose(why),
      onDoubt: () => this._bringUp.doubt(),
      onOrder: () => this.#returned(),
    };
  }

  #returned(): void {
    for (const heard of this._returnListeners) heard();
  }

  #incoming(data: Uint8Array): void {
    const incoming = parseIncoming(data, (channel) => this._channels.mediumOf(channel));
    switch (incoming.kind) {
      case "response":
        this._bridge.take(incoming.channel, incoming.frame);
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
    const user = this._receivers.find(netFn, cmd, command.channel);
    if (user !== undefined) {
      this.statistics.handled_commands++;
      this._users.deliver(user, command);
      return;
    }
    this.statistics.unhandled_commands++;
    // It may have been fetched right before the shutdown, and what is asked now nobody answers.
    if (!this._live || this._handler.outstandingOf(OWN_USER) >= AUTOMATIC_RESPONSES_MAX) return;
    const spec = responseOn(command, Uint8Array.of(Cc.InvalidCommand));
    this._handler.ask(OWN_USER, spec, () => {}, Priority.Normal);
  }

  #tell(what: HostLife["what"]): void {
    if (this._tracer.active) this._tracer.emit({ e: "host", what, text: "" });
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
