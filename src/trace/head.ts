import type { TELLABLE } from "./event-shapes.ts";

/** What a trace is of: its file's first line, and what the referee has to know beforehand. */
export interface TraceHead {
  readonly format: typeof TRACE_FORMAT;
  readonly version: typeof TRACE_VERSION;
  /** The scenario's name; empty when the trace was recorded outside a match. */
  readonly scenario: string;
  /** The seats: `stack`, `linux:6.12`, `model`, `qemu`, ... */
  readonly host: string;
  readonly bmc: string;
  readonly interface: TransportKind;
  readonly seed: number;
  /** Whose face of the wire was tapped. */
  readonly taps: Taps;
  /** What `t` counts: the lab's clock, the guest's, or the real one. */
  readonly clock: "virtual" | "guest" | "real";
  readonly promises: Promises;
  /** The scenario's own text, so that a trace can be mailed and run again; empty when unknown. */
  readonly scenarioText: string;
  /** What a trace shows that no match of the lab made; left out where nothing is hidden. */
  readonly witness?: Witness | undefined;
  /** Which kernel a guest ran; left out where no guest did, and in traces from elsewhere. */
  readonly kernel?: KernelIdentity | undefined;
}

/** A guest's kernel: two of one version may differ. Hashes are SHA-256, in hex. */
export interface KernelIdentity {
  /** As the cache calls it. */
  readonly name: string;
  readonly version: string;
  /** Of the image. */
  readonly sha256: string;
  /** Of the modules that were given in place of its own, by their names. */
  readonly modules: Readonly<Record<string, string>>;
  /** What was set by hand: `ipmi_si.kipmid_max_busy_us=100`. */
  readonly parameters: readonly string[];
}

/** The protocols between a host and its BMC: the system interfaces. @see IPMI 2.0 §9 to §12 */
export const INTERFACES = ["kcs", "smic", "bt", "ssif"] as const;
/** One of `INTERFACES`. */
export type InterfaceKind = (typeof INTERFACES)[number];

/**
 * All that a match can be played over: the system interfaces, and `opal`, where a firmware stands
 * between the two and takes whole messages by its calls.
 */
export const TRANSPORTS = [...INTERFACES, "opal"] as const;
/** One of `TRANSPORTS`. */
export type TransportKind = (typeof TRANSPORTS)[number];

/** Whose face of the wire was recorded. */
export interface Taps {
  readonly host: boolean;
  readonly bmc: boolean;
}

/** What somebody could write down who did not see all: evidence of a machine in the field. */
export interface Witness {
  /** It begins in the middle of things: nothing is known of what was before. */
  readonly middle: boolean;
  /** The groups of events that it tells of, besides the wire: what none of them shows is not known. */
  readonly tells: readonly Tellable[];
}

/** A group of events that a witness may tell of besides the wire. */
export type Tellable = (typeof TELLABLE)[number];

/** The bounds that the host's seat promises to keep, whatever the BMC does. */
export interface Promises {
  /** From the acceptance of a request to its answer. */
  readonly answerBoundUs: number;
  /** Transfers for the host's own use that may complete while a user's request waits. */
  readonly internalTransfersMax: number;
  /** Register accesses each time the interface code gets the processor. */
  readonly runAccessesMax: number;
  /** From the host's panic until nothing more of it can be expected. */
  readonly panicBoundUs: number;
}

export const TRACE_FORMAT = "baseboard-trace";
export const TRACE_VERSION = 1;

/** What a host is held to that has promised nothing of its own. */
export const DEFAULT_PROMISES: Promises = {
  answerBoundUs: 60_000_000,
  internalTransfersMax: 40,
  runAccessesMax: 2_000,
  panicBoundUs: 10_000_000,
};

/** A head with the usual promises. */
export function traceHead(
  of: Omit<TraceHead, "format" | "version" | "promises"> & { promises?: Partial<Promises> },
): TraceHead {
  const { promises, ...rest } = of;
  return {
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    ...rest,
    promises: { ...DEFAULT_PROMISES, ...promises },
  };
}
