import type { Attributes, HostStack, HostStackParts } from "../host/index.ts";
import type { Verdict } from "../referee/index.ts";
import type { Choose } from "../time/virtual.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { Arena } from "./arena.ts";
import type { Program } from "./program.ts";

/** How a match is played, beside what its scenario says. */
export interface MatchOptions {
  /** Sinks for the trace, made when its head is known. */
  readonly sinks?: (head: TraceHead) => readonly TraceSink[];
  /** The scenario's YAML, for the trace's head. */
  readonly scenarioText?: string;
  /** Draws the match's legal course, in place of the scenario's own; 0 is the ordinary one. */
  readonly seed?: number;
  /** Ends the match from outside, as soon as it leaves room for it. */
  readonly signal?: AbortSignal | undefined;
  /** A match of our own stack in virtual time that makes more events than this is given up. */
  readonly eventsMax?: number | undefined;
  /** False: nobody judges the match, and without other sinks there is no trace. For benchmarks. */
  readonly referee?: boolean;
  /** The host's processor is stopped at the event of that number, and panics with the text. */
  readonly haltAt?: { readonly n: number; readonly text: string };
  /** Asked whose turn it is where either may go first, in place of the seed. */
  readonly choose?: Choose | undefined;
  /** Makes the host's stack of its parts, in place of our own: for stacks that are broken. */
  readonly makeStack?: (parts: HostStackParts) => HostStack;
  /** Of account to our own stack: uses it in place of the scenario's workload. */
  readonly program?: Program | undefined;
  /** Looks at a match of our own stack from within. */
  readonly watch?: Watch;
  /** Of account to whoever runs a program: QEMU's, when it is not the usual one. */
  readonly qemu?: string | undefined;
  /** Of account to a guest: its time runs with the wall clock. */
  readonly realTime?: boolean;
  /** False: a guest boots anew, and not from a snapshot of its booted kernel. */
  readonly snapshot?: boolean;
  /** Of account to a kernel as the BMC: gets, as text, what it traces of its accesses to the registers. */
  readonly bmcTrace?: ((text: Uint8Array) => void) | undefined;
  /** Of account to a guest: more for its kernel's command line, behind what is there. */
  readonly kernelArguments?: readonly string[];
  /** A guest is given up after so long by the wall clock, in ms. */
  readonly wallLimitMs?: number;
}

/** Gets each event right before the director of the scenario's faults does. */
export interface Watch extends TraceSink {
  /** The match is laid out, and nothing has happened yet. */
  enter(arena: Arena): void;
}

/** What came of a match. */
export interface MatchResult {
  readonly head: TraceHead;
  readonly verdict: Verdict;
  /** How the match differs from what the scenario expects; none when it is met. */
  readonly misses: readonly string[];
  /** The match's length in its own time, in µs. */
  readonly lengthUs: number;
  /** What our own stack's attributes were at the end of the match. */
  readonly attributes?: Attributes | undefined;
  /**
   * Why the match broke off, through no fault of either party: a program that played in it died, or took
   * too long. The verdict is then of what was seen until there, and of nothing that was left open.
   */
  readonly interrupted?: string | undefined;
  /** What the reader of a verdict should know of how the match was made. */
  readonly remarks: readonly string[];
  /** The rules that every match with this BMC notes, so that they tell nothing of this one. */
  readonly usual: readonly string[];
}

/** A match that makes more events than this goes round in circles, or nobody wants its trace. */
export const EVENTS_MAX = 100_000_000;

/** How long a match goes on when its workload is done, unless the scenario says. In µs. */
export const SETTLE_DEFAULT_US = 100_000;
