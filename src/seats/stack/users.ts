import {
  type Answer,
  type Attributes,
  attributes,
  HostStack,
  Refused,
  type RequestSpec,
  type User,
} from "../../host/index.ts";
import type { MatchOptions } from "../../match/match.ts";
import type { Asker } from "../../match/program.ts";
import type { WatchdogStep } from "../../scenario/schema.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import type { EventOf } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { HostWire } from "../../wire/interface.ts";
import type { TransactionTags } from "../../wire/registers/port.ts";
import { optionsOf, StackWatchdog } from "./watchdog.ts";
import type { ActorsHost, Wanted } from "./workload.ts";

/** What the user is called that a match's program is. */
export const PROGRAM = "program";

/** Where a stack sits: its end of the wire, and its time. */
export interface StackSeat {
  readonly scheduler: Scheduler;
  /** Undefined where no interface is known: no driver comes. */
  readonly wire: HostWire | undefined;
  readonly tags: TransactionTags;
  readonly tracer: Tracer;
  /** Whether the stack is to use the interrupt line. */
  readonly interrupt: boolean;
  /** Registers for changes of the line. */
  readonly onLine: (changed: (level: boolean) => void) => void;
}

/** The users of a stack that may be taken away and put back. */
export class StackUsers implements ActorsHost {
  private readonly _seat: StackSeat;
  private readonly _users = new Map<string, User>();
  private readonly _closed = new Set<string>();
  /** Ids go on from one stack to the next: they share a trace. */
  private _lastId = 0;
  private readonly _make: NonNullable<MatchOptions["makeStack"]>;
  private _stack: HostStack | undefined;
  /** What the workload set of the watchdog. */
  private _watchdogOptions: ReturnType<typeof optionsOf> = {};
  private _watchdog: StackWatchdog | undefined;

  constructor(seat: StackSeat, make?: MatchOptions["makeStack"]) {
    this._seat = seat;
    this._make = make ?? ((parts) => new HostStack(parts));
    const { scheduler } = seat;
    seat.onLine((level) => {
      scheduler.at(scheduler.now(), "interrupt", () => this._stack?.interrupt(level));
    });
  }

  insertDriver(): void {
    const { scheduler, wire, tags, tracer, interrupt } = this._seat;
    if (wire === undefined) return;
    // A driver that is there is not loaded beside itself.
    this._stack?.shutdown();
    this._users.clear();
    this._watchdog?.leave();
    this._watchdog = undefined;
    this._stack = this._make({
      scheduler,
      wire,
      tags,
      tracer,
      interrupt,
      options: { nextId: () => ++this._lastId },
    });
    this._stack.start();
  }

  removeDriver(): void {
    this._stack?.shutdown();
  }

  /** Only a stack that is there has anything to say. */
  panic(text: string, spin: (us: number) => void): void {
    this._stack?.panic(text, spin);
  }

  submit(name: string, wanted: Wanted, answered: (answer: Answer) => void): boolean {
    if (this._closed.has(name)) return false;
    const { netFn, cmd, lun, data, ipmb } = wanted;
    const address = ipmb === undefined ? undefined : ({ kind: "ipmb", ...ipmb } as const);
    return this.#taken(() => {
      const user = this.#user(name);
      if (ipmb !== undefined) this.#tell(name, "bridges", controllerText(ipmb));
      user.submit({ netFn, cmd, lun, data, address }, answered);
    });
  }

  /** A program as a user of the stack, which hears of events, too. */
  asker(name: string): Asker {
    this.setEvents(name, true);
    return {
      scheduler: this._seat.scheduler,
      ask: (request: RequestSpec, answered) => {
        return this.#taken(() => this.#user(name).submit(request, answered));
      },
    };
  }

  /** A program that asks while there is no driver gets nothing, and does without. */
  setEvents(name: string, on: boolean): void {
    try {
      this.#user(name).setEvents(on);
      this.#tell(name, on ? "listens" : "listens-no-more");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }

  closeUser(name: string): void {
    this._closed.add(name);
    const user = this._users.get(name);
    if (user !== undefined) this.#tell(name, "gone");
    user?.destroy();
  }

  /** All attributes come from the identity, which the stack reads again when it is old. */
  readAttribute(read: () => void): void {
    if (this._stack === undefined) read();
    else this._stack.readDeviceId(read);
  }

  /** As they are now; of the last stack when it is gone. */
  attributes(): Attributes | undefined {
    return this._stack === undefined ? undefined : attributes(this._stack);
  }

  watchdog(name: string, step: WatchdogStep, done: () => void): void {
    this._watchdogOptions = { ...this._watchdogOptions, ...optionsOf(step) };
    if (this._closed.has(name)) done();
    else this.#timer().do(name, step, done);
  }

  keepAlive(done: () => void): void {
    this.#timer().keepAlive(done);
  }

  /** False when the stack refuses what is done. */
  #taken(submit: () => void): boolean {
    try {
      submit();
      return true;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  #tell(user: string, what: EventOf<"user">["what"], text = ""): void {
    const { tracer } = this._seat;
    if (tracer.active) tracer.emit({ e: "user", user, what, text });
  }

  #timer(): StackWatchdog {
    if (this._stack === undefined) throw new Refused("NOT_STARTED");
    const { scheduler, tracer } = this._seat;
    this._watchdog ??= new StackWatchdog(this._stack, scheduler, tracer, this._watchdogOptions);
    return this._watchdog;
  }

  #user(name: string): User {
    const known = this._users.get(name);
    if (known !== undefined) return known;
    if (this._stack === undefined) throw new Refused("NOT_STARTED");
    // What it gets is in the trace.
    const user = this._stack.createUser(name, { onDelivery: () => {} });
    this._users.set(name, user);
    return user;
  }
}

function controllerText({ channel, address }: { channel: number; address: number }): string {
  const hex = address.toString(16).toUpperCase().padStart(2, "0");
  return `${hex}h on channel ${channel}`;
}
