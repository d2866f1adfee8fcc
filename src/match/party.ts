import type { Attributes } from "../host/index.ts";
import { interfaceOf } from "../scenario/on-interface.ts";
import type { HostWord, Scenario, Seat } from "../scenario/schema.ts";
import { seatsOf } from "../scenario/script.ts";
import type { Scheduler } from "../time/scheduler.ts";
import type { MatchEnd } from "../trace/events.ts";
import type { KernelIdentity, Promises, TraceHead } from "../trace/head.ts";
import type { Tracer, TraceSink } from "../trace/tracer.ts";
import type { HostWire, TransportKind } from "../wire/interface.ts";
import type { TransactionTags } from "../wire/registers/port.ts";
import type { Arena } from "./arena.ts";
import type { Director } from "./faults/director.ts";
import type { MatchOptions } from "./match.ts";
import type { Steps } from "./steps.ts";
import type { LabWire, LabWireParts } from "./wires/index.ts";

/**
 * Who plays, as far as a match asks. A match is one host, one BMC and a wire between them, and the
 * parties know nothing of each other: any two that can keep the same time are a match. Each says whether
 * it can show a scenario, joins, is told of the end, and leaves nothing behind.
 */
interface Party {
  /** As it is called in a trace. */
  readonly name: string;
  /** Why it cannot show a scenario; undefined when it can. */
  whyNot(scenario: Scenario): string | undefined;
}

/** Who sits at the host's end of the wire. */
export interface HostParty extends Party {
  /** What scenarios call it in `seats` and `expect`. */
  readonly seat: HostWord;
  /** As its user named it, where two go by one name. */
  readonly alias: string;
  /** Two are the same host when this is the same. */
  readonly id: string;
  /** Waits for nobody in the lab's time, so that its matches can be had in one go, in any thread. */
  readonly pure: boolean;
  /** What it keeps, whatever the BMC does. */
  promises(scenario: Scenario): Promises;
  /** How it plays where the lab keeps the time; left out when it cannot. */
  readonly lab?: {
    readonly clock: (options: MatchOptions) => TraceHead["clock"];
    readonly enter: (entry: MatchEntry) => LabHost;
  };
  /** How it plays in real time; left out when it cannot. */
  readonly real?: { readonly enter: (entry: RealEntry) => HostPlay };
  /** What a reader has to know of the kernel that plays. */
  readonly kernel?: KernelIdentity;
  /** The same with drivers of the user's own, where it has drivers that can be changed. */
  withDrivers?(drivers: OwnDrivers): Promise<HostParty>;
  /** Refuses a machine that it cannot play on, before anything is begun. */
  check?(options: Pick<MatchOptions, "qemu">): Promise<void>;
}

/** What a user changes of a host's drivers. */
export interface OwnDrivers {
  /** Files in place of the modules of those names. */
  readonly modules: readonly { readonly name: string; readonly path: string }[];
  /** Set when a module is loaded, in place of what it has by itself. */
  readonly parameters: readonly {
    readonly module: string;
    readonly name: string;
    readonly value: string;
  }[];
}

/** Who sits at the BMC's end, or where our own sits. */
export type BmcParty = LabBmc | RealBmc;

/** A BMC in the lab's time: our model, on registers of the lab's or of a chip. */
export interface LabBmc extends Party {
  readonly time: "lab";
  readonly expects?: Seat;
  readonly usual?: undefined;
  join(options: MatchOptions): LabGround | Promise<LabGround>;
}

/** A BMC that knows real time only. */
export interface RealBmc extends Party {
  readonly time: "real";
  readonly expects?: Seat;
  /** What each match with it on this interface notes, by the rules' ids; docs/findings.md has it. */
  readonly usual?: (kind: TransportKind) => readonly string[];
  join(parts: RealParts): Promise<RealGround>;
}

/** What a match is called to. */
export interface MatchEntry {
  readonly scenario: Scenario;
  readonly options: MatchOptions;
  /** The match is over: the trace ends here. Harmless when repeated. */
  readonly end: (why: MatchEnd["why"]) => void;
}

/** What a host's part in a match came to. */
export interface HostLeft {
  /** What our own stack's attributes were at the end of the match. */
  readonly attributes?: Attributes | undefined;
  /** What a reader should know of how the match was made. */
  readonly remarks: readonly string[];
  /** Why the match broke off, through no fault of a party's. */
  readonly brokeOff?: string | undefined;
  /** It was given up, with no end in sight. */
  readonly givenUp?: boolean;
  /** Why its part is not as the scenario has it. */
  readonly misses?: readonly string[];
}

/** A host at its place. */
export interface HostPlay {
  /** Plays until the match is over, says when that is, and leaves nothing behind. */
  play(): Steps<HostLeft>;
}

/** A host at its place in the lab. */
export interface LabHost extends HostPlay {
  /** It tells whose request it sends. */
  readonly tags: boolean;
  /** Its timers come on ticks, as an operating system's do. */
  readonly ticks: boolean;
  /** Take the trace before the director of the scenario's faults does. */
  readonly sinks: readonly TraceSink[];
  /** Takes the order to panic, where its processor is not ours to stop. */
  readonly onPanicOrdered?: (text: string) => void;
  /** All of the match but the host is laid out. */
  join(arena: Arena): void;
}

/** Where the lab lays out a match. */
export interface LabGround {
  /** Lays out the wire; the scenario's own when left out. */
  readonly layOut?: (parts: LabWireParts) => LabWire;
  /** Nothing of it is left when this is done. */
  leave(): void | Promise<void>;
}

export interface RealParts {
  readonly scenario: Scenario;
  readonly options: MatchOptions;
  readonly scheduler: Scheduler;
  readonly tracer: Tracer;
}

/** The BMC's end of a wire in real time. */
export interface RealGround {
  readonly wire: HostWire;
  /** Tells the trace that the BMC has just been switched on; it serves when this resolves. */
  powerOn(): Promise<void>;
  /** Why it is gone, when an access has failed; undefined when that was for another reason. */
  whyGone(): Promise<string | undefined>;
  /** Carries out the scenario's faults, where this BMC can be made to have some. */
  readonly director?: Director;
  /** The records of the BMC's log, where it can be looked into. */
  log?(): readonly Uint8Array[];
  /** Settles with why, when it goes without an access that fails. */
  readonly gone?: Promise<string>;
  /** What a reader should know of how the match is made. */
  readonly remarks?: readonly string[];
  /** Nothing of it is left when this resolves. */
  leave(): Promise<void>;
}

/** The host's place in real time. */
export interface RealEntry extends MatchEntry {
  readonly scheduler: Scheduler;
  readonly tracer: Tracer;
  readonly wire: HostWire;
  readonly tags: TransactionTags;
  /** To be told when the workload begins. */
  readonly workloadBegan: () => void;
  /** Settles with why, when the other end of the wire is gone. */
  readonly gone: Promise<string>;
}

/** What a host is asked before it plays. */
type HostAsked = Pick<HostParty, "seat" | "whyNot">;

/** Why a scenario cannot be played by this host; undefined when it can. */
export function whyNotFor(scenario: Scenario, host: HostAsked): string | undefined {
  const only = scenario["only-on"];
  const kind = interfaceOf(scenario);
  if (only !== undefined && !only.interfaces.includes(kind)) {
    const names = only.interfaces.join(", ");
    return `${scenario.name} makes sense on ${names} only, not on ${kind}: ${only.because}`;
  }
  if (kind === "opal" && host.seat !== "stack") {
    return "OPAL's calls are there for our own stack only, not for another host";
  }
  const seats = seatsOf(scenario);
  if (seats.includes(host.seat)) return host.whyNot(scenario);
  return `${scenario.name} is for the host ${seats.join(" and ")}, not ${host.seat}`;
}

/** Why these two cannot play a scenario; undefined when they can. */
export function whyNotBetween(
  scenario: Scenario,
  host: HostParty,
  bmc: BmcParty,
): string | undefined {
  return (
    whyNotFor(scenario, host) ??
    whyNoFirmware(scenario, bmc) ??
    whyNoTime(host, bmc) ??
    bmc.whyNot(scenario)
  );
}

/** Why there is no time that both can keep. */
export function whyNoTime(host: HostParty, bmc: BmcParty): string | undefined {
  if (host[bmc.time] !== undefined) return undefined;
  const time = bmc.time === "lab" ? "the lab's" : "real";
  return `${bmc.name} plays in ${time} time, and ${host.name} cannot`;
}

function whyNoFirmware(scenario: Scenario, { name }: BmcParty): string | undefined {
  const stands = interfaceOf(scenario) !== "opal" || name === "model";
  return stands ? undefined : "the firmware of OPAL stands before our own BMC only";
}
