import type { EventOf as Of } from "../trace/events.ts";
import type { Dialogue } from "./dialogue.ts";
import { CommandTopic, type EventsOf, type Handlers, Topic } from "./dispatch.ts";
import type { Transfer } from "./transfer.ts";

export type HostRead = Of<"host.read">;
export type HostWrite = Of<"host.write">;

/**
 * The kinds of event that there are on every interface, each with the face whose tap brings it. A
 * handler of a trace event sees the views as they were before it; the derived events (`transfer`
 * and on) come after the views took the event in. Objects handed to derived events are reused:
 * copy what is to be kept.
 */
export class CommonTopics {
  /** The host's accesses to registers: of whichever, and of one register alone. */
  readonly hostRead = new Topic<HostRead>("host");
  readonly hostWrite = new Topic<HostWrite>("host");
  readonly hostData = new Topic<HostRead>("host");
  readonly hostStatus = new Topic<HostRead>("host");
  readonly hostControl = new Topic<HostRead>("host");
  readonly hostFlags = new Topic<HostRead>("host");
  readonly hostMask = new Topic<HostRead>("host");
  readonly hostWriteData = new Topic<HostWrite>("host");
  readonly hostWriteCommand = new Topic<HostWrite>("host");
  readonly hostWriteControl = new Topic<HostWrite>("host");
  readonly hostWriteFlags = new Topic<HostWrite>("host");
  readonly hostWriteMask = new Topic<HostWrite>("host");

  readonly hostBus = new Topic<Of<"host.bus">>("host");
  /** The host's calls of a firmware. */
  readonly hostSend = new Topic<Of<"host.opal-send">>("host");
  readonly hostRecv = new Topic<Of<"host.opal-recv">>("host");
  readonly irq = new Topic<Of<"irq">>("any");
  readonly bmcRead = new Topic<Of<"bmc.read">>("bmc");
  readonly bmcWrite = new Topic<Of<"bmc.write">>("bmc");
  readonly bmcStatus = new Topic<Of<"bmc.status">>("bmc");
  readonly bmcCode = new Topic<Of<"bmc.code">>("bmc");
  readonly bmcBus = new Topic<Of<"bmc.bus">>("bmc");
  readonly bmcAlert = new Topic<Of<"bmc.alert">>("bmc");
  readonly user = new Topic<Of<"user">>("users");
  readonly request = new Topic<Of<"request">>("users");
  readonly refused = new Topic<Of<"refused">>("users");
  readonly send = new Topic<Of<"send">>("host-interface");
  readonly received = new Topic<Of<"received">>("host-interface");
  readonly answer = new Topic<Of<"answer">>("users");
  readonly delivered = new Topic<Of<"delivered">>("users");
  readonly noted = new Topic<Of<"noted">>("host-interface");
  readonly hostLife = new Topic<Of<"host">>("host-interface");
  readonly run = new Topic<Of<"run">>("host-interface");
  readonly bmcRequest = new Topic<Of<"bmc.request">>("bmc-application");
  readonly bmcResponse = new Topic<Of<"bmc.response">>("bmc-application");
  readonly bmcRefused = new Topic<Of<"bmc.refused">>("bmc-application");
  readonly bmcLife = new Topic<Of<"bmc">>("bmc-application");
  readonly guest = new Topic<Of<"guest">>("any");
  readonly end = new Topic<Of<"end">>("any");

  /** A request and its response, or what became of it, as the host's face shows it. */
  readonly transfer = new Topic<Transfer>("host");
  /** The host has just handed a request over to its last byte. */
  readonly sentWhole = new Topic<Transfer>("host");
  /** The same as `transfer`, as the face shows it by which the BMC is judged. */
  readonly exchange = new Topic<Transfer>("either");
  /** What was asked of the BMC's application, and what it said. */
  readonly dialogue = new CommandTopic<Dialogue>("either");
  /** The host has seen for so many µs, 5 s or more, that its last write was not taken. Once per write. */
  readonly inputStuck = new Topic<number>("host");
  /** The host left a transfer untouched for so many µs, 5 s or more, and has come back now. */
  readonly pause = new Topic<number>("host");
  /** An access by the host while it may not make any. */
  readonly trespass = new Topic<undefined>("host");
  /** The host began its error recovery. */
  readonly recovery = new Topic<undefined>("host");
}

export type CommonEvents = EventsOf<CommonTopics>;
/** What tells an observer's host view from its BMC view is who is told of what. */
export type HostTopics = Omit<CommonTopics, "exchange" | "dialogue">;
export type BmcTopics = Pick<CommonTopics, "exchange">;

/** What a kind of event carries: `On<"bmcLife">`. */
export type On<K extends keyof CommonEvents> = CommonEvents[K];

/** What a rule does with the events that it needs. */
export type Automaton = Handlers<CommonEvents>;
