import type { TraceSink } from "../trace/tracer.ts";

/** Takes the pieces of a file, in order. */
export type Put = (piece: Uint8Array) => void;

/** Writes a trace in another program's format, an event after the other. */
export interface Exporter extends TraceSink {
  /** The trace is over: what was held back is written. */
  end(): void;
}

export interface MaskOptions {
  /** Passwords and keys are left in; else zeros stand for them. */
  readonly unmasked?: boolean;
}
