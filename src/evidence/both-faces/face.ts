import { isBmcAccess, isHostAccess } from "../../trace/event-names.ts";
import type { AccessBy, TraceEvent } from "../../trace/events.ts";
import type { TraceHead } from "../../trace/head.ts";

/** A trace, in memory. */
export interface WholeTrace {
  readonly head: TraceHead;
  readonly events: readonly TraceEvent[];
}

/** What the host did at its face; of what else its trace tells, the other knows nothing. */
export type HostStep = AccessBy<"host">;
/** The same of the BMC. */
export type BmcStep = AccessBy<"bmc">;

/** A byte, or what else one face sends and the other sees: its value, and when it was there. */
export interface Byte {
  /** The step of its face with which it was handed over. */
  readonly step: number;
  /** The first step that belongs to that. */
  readonly first: number;
  readonly t: number;
  readonly token: number;
}

/** What a face shows without a hole. */
export interface Piece<S extends HostStep | BmcStep> {
  readonly steps: readonly S[];
  /** What is sent to the BMC, and what the BMC takes. */
  readonly bytes: readonly Byte[];
  readonly fromUs: number;
  readonly toUs: number;
  /** What was lost before it; empty where nothing was. */
  readonly lost: string;
}

/** What the host's face shows, cut at its holes. */
export function hostPieces(trace: WholeTrace, sent: (steps: HostStep[]) => Byte[]) {
  return piecesOf(trace, isHostAccess, sent);
}

/** The same of the BMC's. */
export function bmcPieces(trace: WholeTrace, taken: (steps: BmcStep[]) => Byte[]) {
  return piecesOf(trace, isBmcAccess, taken);
}

function piecesOf<S extends HostStep | BmcStep>(
  { events }: WholeTrace,
  isStep: (event: TraceEvent) => event is TraceEvent & S,
  bytesOf: (steps: S[]) => Byte[],
): Piece<S>[] {
  const cut = new Cut(bytesOf);
  for (const event of events) {
    if (isStep(event)) cut.add(event);
    else if (event.e === "gap") cut.at(event.text);
  }
  return cut.end();
}

/** Steps on their way into pieces. */
class Cut<S extends HostStep | BmcStep> {
  readonly #bytesOf: (steps: S[]) => Byte[];
  readonly #pieces: Piece<S>[] = [];
  #steps: S[] = [];
  #lost = "";

  constructor(bytesOf: (steps: S[]) => Byte[]) {
    this.#bytesOf = bytesOf;
  }

  add(step: S): void {
    this.#steps.push(step);
  }

  /** There is a hole, in which that was lost. */
  at(lost: string): void {
    this.#close();
    this.#lost = lost;
  }

  end(): Piece<S>[] {
    this.#close();
    return this.#pieces;
  }

  #close(): void {
    const steps = this.#steps;
    const [first] = steps;
    const last = steps.at(-1);
    if (first === undefined || last === undefined) return;
    const times = { fromUs: first.t, toUs: last.t };
    this.#pieces.push({ steps, bytes: this.#bytesOf(steps), ...times, lost: this.#lost });
    this.#steps = [];
  }
}
