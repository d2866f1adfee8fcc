import type { IpmbFrame } from "../../ipmi/ipmb.ts";
import type { EventDelivered } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { Statistics } from "../statistics.ts";
import type { Deliver, Request } from "./request.ts";

/** What reaches a user without having been asked for. */
export type Delivery =
  /** An event record of 16 bytes. @see IPMI 2.0 §22.8, §32.1 */
  | { readonly what: "event"; readonly record: Uint8Array }
  /** A command of another controller or a remote console, which wants a response. */
  | IncomingCommand
  /** The watchdog's pre-timeout. */
  | { readonly what: "pretimeout" }
  /** The OEM bits of Get Message Flags that appeared. */
  | { readonly what: "oem"; readonly flags: number };

/** A command that another controller sent to this host's software. */
export interface IncomingCommand {
  readonly what: "command";
  readonly channel: number;
  /** The session handle on channels with sessions. */
  readonly handle: number | undefined;
  readonly frame: IpmbFrame;
}

/** How many events are kept while nobody listens. */
const EVENTS_MAX = 25;
const NO_BYTES: Uint8Array = new Uint8Array(0);

/** A user as the handler knows him. */
export class UserRecord {
  readonly name: string;
  /** The requests that are owed an answer; their number is the user's account. */
  readonly live = new Set<Request>();
  readonly onDelivery: ((delivery: Delivery) => void) | undefined;
  events = false;
  /** Waits for the watchdog's pre-timeout. */
  pretimeouts = false;
  gone = false;

  constructor(name: string, onDelivery?: (delivery: Delivery) => void) {
    this.name = name;
    this.onDelivery = onDelivery;
  }
}

/** The users, and what goes to all of them. */
export class Users {
  private readonly _tracer: Tracer;
  private readonly _deliver: Deliver;
  private readonly _statistics: Statistics;
  private readonly _users = new Set<UserRecord>();
  private _events: Uint8Array[] = [];
  private _overflowTold = false;

  constructor(tracer: Tracer, deliver: Deliver, statistics: Statistics) {
    this._statistics = statistics;
    this._tracer = tracer;
    this._deliver = deliver;
  }

  get count(): number {
    return this._users.size;
  }

  /** Requests of users that are owed an answer. */
  get outstanding(): number {
    let sum = 0;
    for (const user of this._users) sum += user.live.size;
    return sum;
  }

  /** Whether somebody wants events. */
  get wantEvents(): boolean {
    for (const user of this._users) if (user.events) return true;
    return false;
  }

  /** Whether somebody waits for the watchdog's pre-timeout. */
  get wantPretimeouts(): boolean {
    for (const user of this._users) if (user.pretimeouts) return true;
    return false;
  }

  add(user: UserRecord): void {
    this._users.add(user);
  }

  /** Nothing is delivered to a user who is gone. */
  remove(user: UserRecord): void {
    user.gone = true;
    this._users.delete(user);
  }

  all(): readonly UserRecord[] {
    return [...this._users];
  }

  /** Who begins to listen gets the events that were kept. */
  setEvents(user: UserRecord, on: boolean): void {
    user.events = on;
    if (!on) return;
    const kept = this._events;
    this._events = [];
    this._overflowTold = false;
    for (const record of kept) this.deliver(user, { what: "event", record });
  }

  /** Gives an event to everybody who listens, or keeps it. */
  event(record: Uint8Array): void {
    let heard = false;
    for (const user of this._users) {
      if (!user.events) continue;
      this.deliver(user, { what: "event", record });
      heard = true;
    }
    if (heard) return;
    if (this._events.length < EVENTS_MAX) {
      this._events.push(record);
      return;
    }
    this._statistics.discarded_events++;
    if (this._overflowTold) return;
    this._overflowTold = true;
    const text = `nobody listens; ${EVENTS_MAX} events are kept`;
    if (this._tracer.active) this._tracer.emit({ e: "host", what: "events-dropped", text });
  }

  /** Tells everybody. */
  tellAll(delivery: Delivery): void {
    for (const user of this._users) this.deliver(user, delivery);
  }

  deliver(user: UserRecord, delivery: Delivery): void {
    this._deliver(() => {
      if (user.gone || user.onDelivery === undefined) return;
      if (this._tracer.active) this._tracer.emit(deliveredEvent(user.name, delivery));
      user.onDelivery(delivery);
    });
  }
}

function deliveredEvent(user: string, delivery: Delivery): EventDelivered {
  return { e: "delivered", user, what: delivery.what, message: messageOf(delivery) };
}

function messageOf(delivery: Delivery): Uint8Array {
  switch (delivery.what) {
    case "event":
      return delivery.record;
    case "command": {
      const { netFn, toLun, cmd, data } = delivery.frame;
      return Uint8Array.of((netFn << 2) | toLun, cmd, ...data);
    }
    case "pretimeout":
      return NO_BYTES;
    case "oem":
      return Uint8Array.of(delivery.flags);
  }
}
