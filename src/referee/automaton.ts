import type { EventOf as Of } from "../trace/events.ts";
import type { Dialogue } from "./dialogue.ts";
import { CommandTopic, type EventsOf, type Handlers, Topic } from "./dispatch.ts";
import type { Transfer } from "./transfer.ts";

export type HostRead = Of<"host.read">;
export type HostWrite = Of<"host.write">;

/** The host's accesses to registers: of whichever, and of one register alone. */
function registerTopics() {
  return {
    hostRead: new Topic<HostRead>("host"),
    hostWrite: new Topic<HostWrite>("host"),
    hostData: new Topic<HostRead>("host"),
    hostStatus: new Topic<HostRead>("host"),
    hostControl: new Topic<HostRead>("host"),
    hostFlags: new Topic<HostRead>("host"),
    hostMask: new Topic<HostRead>("host"),
    hostWriteData: new Topic<HostWrite>("host"),
    hostWriteCommand: new Topic<HostWrite>("host"),
    hostWriteControl: new Topic<HostWrite>("host"),
    hostWriteFlags: new Topic<HostWrite>("host"),
    hostWriteMask: new Topic<HostWrite>("host"),
  };
}

/**
 * The kinds of event that there are on every interface, each with the face whose tap brings it. A
 * handler of a trace event sees the views as they were before it; the derived events (`transfer`
 * and on) come after the views took the event in. Objects handed to derived events are reused:
 * copy what is to be kept.
 */
export function commonTopics() {
  return {
    ...registerTopics(),
    hostBus: new Topic<Of<"host.bus">>("host"),
    irq: new Topic<Of<"irq">>("any"),
    bmcRead: new Topic<Of<"bmc.read">>("bmc"),
    bmcWrite: new Topic<Of<"bmc.write">>("bmc"),
    bmcStatus: new Topic<Of<"bmc.status">>("bmc"),
    bmcCode: new Topic<Of<"bmc.code">>("bmc"),
    bmcBus: new Topic<Of<"bmc.bus">>("bmc"),
    bmcAlert: new Topic<Of<"bmc.alert">>("bmc"),
    user: new Topic<Of<"user">>("any"),
    request: new Topic<Of<"request">>("any"),
    refused: new Topic<Of<"refused">>("any"),
    send: new Topic<Of<"send">>("any"),
    received: new Topic<Of<"received">>("any"),
    answer: new Topic<Of<"answer">>("any"),
    delivered: new Topic<Of<"delivered">>("any"),
    hostLife: new Topic<Of<"host">>("any"),
    run: new Topic<Of<"run">>("any"),
    bmcRequest: new Topic<Of<"bmc.request">>("any"),
    bmcResponse: new Topic<Of<"bmc.response">>("any"),
    bmcRefused: new Topic<Of<"bmc.refused">>("any"),
    bmcLife: new Topic<Of<"bmc">>("any"),
    guest: new Topic<Of<"guest">>("any"),
    end: new Topic<Of<"end">>("any"),

    /** A request and its response, or what became of it, as the host's face shows it. */
    transfer: new Topic<Transfer>("host"),
    /** The same, as the face shows it by which the BMC is judged. */
    exchange: new Topic<Transfer>("any"),
    /** What was asked of the BMC's application, and what it said. */
    dialogue: new CommandTopic<Dialogue>("any"),
    /** The host has seen for so many µs, 5 s or more, that its last write was not taken. Once per write. */
    inputStuck: new Topic<number>("host"),
    /** The host left a transfer untouched for so many µs, 5 s or more, and has come back now. */
    pause: new Topic<number>("host"),
    /** An access by the host while it may not make any. */
    trespass: new Topic<undefined>("host"),
    /** The host began its error recovery. */
    recovery: new Topic<undefined>("host"),
  };
}

export type CommonTopics = ReturnType<typeof commonTopics>;
export type CommonEvents = EventsOf<CommonTopics>;
/** What tells an observer's host view from its BMC view is who is told of what. */
export type HostTopics = Omit<CommonTopics, "exchange" | "dialogue">;
export type BmcTopics = Pick<CommonTopics, "exchange">;

/** What a kind of event carries: `On<"bmcLife">`. */
export type On<K extends keyof CommonEvents> = CommonEvents[K];

/** What a rule does with the events that it needs. */
export type Automaton = Handlers<CommonEvents>;
