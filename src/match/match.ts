import type { Attributes, HostStack, HostStackParts } from "../host/index.ts";
import type { Verdict } from "../referee/index.ts";
import { interfaceOf } from "../scenario/on-interface.ts";
import type { Expectation, Scenario } from "../scenario/schema.ts";
import type { Choose } from "../time/virtual.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { Arena } from "./arena.ts";
import type { LabWire, LabWireParts } from "./wires/index.ts";

/** How a match is played, beside what its scenario says. */
export interface MatchOptions {
  /** Sinks for the trace, made when its head is known. */
  readonly sinks?: (head: TraceHead) => readonly TraceSink[];
  /** The scenario's YAML, for the trace's head. */
  readonly scenarioText?: string;
  /** In place of the scenario's own. */
  readonly seed?: number;
  /** Ends the match from outside, as soon as it leaves room for it. */
  readonly signal?: AbortSignal | undefined;
  /** A match of our own stack in virtual time that makes more events than this is given up. */
  readonly eventsMax?: number | undefined;
  /** False: nobody judges the match, and without other sinks there is no trace. For benchmarks. */
  readonly referee?: boolean;
  /** The host's processor is stopped at the event of that number, and panics with the text. */
  readonly haltAt?: { readonly n: number; readonly text: string };
  /** Asked where more than one course of events is possible; without, the ordinary one is taken. */
  readonly choose?: Choose;
  /** Makes the host's stack of its parts, in place of our own: for stacks that are broken. */
  readonly makeStack?: (parts: HostStackParts) => HostStack;
  /** Looks at a match of our own stack from within. */
  readonly watch?: Watch;
  /** The BMC's registers are not the model's, but those of this chip. */
  readonly chip?: ChipWire;
}

/** A BMC chip in a match: what it is called, and how its wire is laid out. */
export interface ChipWire {
  readonly name: string;
  readonly layOut: (parts: LabWireParts) => LabWire;
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
}

/** A match that makes more events than this goes round in circles, or nobody wants its trace. */
export const EVENTS_MAX = 100_000_000;

/** How long a match goes on when its workload is done, unless the scenario says. In µs. */
export const SETTLE_DEFAULT_US = 100_000;

/**
 * Whose match it is: our own stack's with our own BMC; a kernel's; our stack's with QEMU's BMC; or
 * with our controller behind QEMU's device.
 */
export type Players = "stack" | "linux" | "qemu" | "qemu-extern";

/** What the scenario expects of such a match, on the scenario's interface. */
export function expectationFor(scenario: Scenario, players: Players): Expectation {
  const { on, ...everywhere } = scenario.expect;
  const here = on?.[interfaceOf(scenario)] ?? {};
  return { ...of(everywhere, players), ...of(here, players) };
}

function of(expected: Scenario["expect"], players: Players): Expectation {
  const { on: _, linux, qemu, "qemu-extern": qemuExtern, ...common } = expected;
  const differs = { stack: {}, linux, qemu, "qemu-extern": qemuExtern };
  return { ...common, ...differs[players] };
}
