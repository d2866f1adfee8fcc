/**
 * The types of what can happen in a match, as `event-shapes.ts` lists it. One flat record each; `e`
 * says which. Every event carries a number `n` (0, 1, 2, ...) and a time `t` in µs.
 * `docs/trace.md` specifies the same for other readers.
 */
import type { Doer, EVENT_GROUPS, EVENTS } from "./event-shapes.ts";
import type { ValueOf } from "./fields.ts";

type Shapes = typeof EVENTS;

/** The name of an event. */
export type EventName = keyof Shapes;

/** What an event of that name says, without its number and its time. */
export type BodyOf<E extends EventName> = {
  [K in E]: {
    readonly [F in "e" | keyof Fields<K>]: F extends keyof Fields<K> ? ValueOf<Fields<K>[F]> : K;
  };
}[E];
type Fields<E extends EventName> = Shapes[E]["fields"];

/** What any event says, without its number and its time. */
export type Body = BodyOf<EventName>;

/** An event of that name. */
export type EventOf<E extends EventName> = BodyOf<E> & { readonly n: number; readonly t: number };

/** An event: what happened, its number and its time. */
export type TraceEvent = EventOf<EventName>;

/** Who made a completion code: the same code means different things by maker. */
export type Maker = AnswerGiven["maker"];
/** A register as the host's driver knows it. */
export type HostRegister = BodyOf<"host.read">["reg"];
/** What a master does on the SMBus, one condition or byte each. */
export type BusOp = BodyOf<"host.bus">["op"];
/** How it went: of a byte read the host's own acknowledgement, else the slave's. */
export type BusOutcome = BodyOf<"host.bus">["outcome"];

/** A host's user handed in a request that was accepted: from now on it is owed one answer. */
export type RequestAccepted = BodyOf<"request">;
/** A request was answered: completion code `cc` by `maker`, and the data after it. */
export type AnswerGiven = BodyOf<"answer">;
/** An asynchronous message from the BMC reached a user. */
export type EventDelivered = BodyOf<"delivered">;
/** The life of the host's stack or driver. */
export type HostLife = BodyOf<"host">;
/** The host's interface code got the processor, or gave it back; its accesses lie between. */
export type HostRun = BodyOf<"run">;
/** The life of the BMC. */
export type BmcLife = BodyOf<"bmc">;
/** The lab did something on purpose. */
export type FaultEvent = BodyOf<"fault">;
/** A console line that means that the guest's kernel is in trouble. */
export type GuestTrouble = BodyOf<"guest">;
/** The last event. */
export type MatchEnd = BodyOf<"end">;

type WireShapes = (typeof EVENT_GROUPS)["registers"] & (typeof EVENT_GROUPS)["bus"];
type AccessName<D extends Doer> = {
  [E in keyof WireShapes]: WireShapes[E] extends { readonly by: D } ? E : never;
}[keyof WireShapes];

/** An access to the registers, or a step on the bus, as that party's face of the wire shows it. */
export type AccessBy<D extends Doer> = EventOf<AccessName<D>>;
