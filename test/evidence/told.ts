import { Assembler, EvidenceReading, FORMATS, type Unread } from "../../src/evidence/index.ts";
import type { Sighting } from "../../src/evidence/sighting.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { InterfaceKind, TraceHead } from "../../src/trace/head.ts";
import { Recorder } from "../../src/trace/index.ts";

/** What a text of evidence was read as. */
export interface Told {
  readonly format: string | undefined;
  readonly sightings: readonly Sighting[];
  readonly unread: readonly Unread[];
  readonly traces: readonly { block: string; head: TraceHead; events: readonly TraceEvent[] }[];
  readonly gaps: number;
  readonly ties: number;
  readonly undecided: readonly { block: string; accesses: number }[];
}

/** Reads a text whole, or cut into pieces of that size. */
export function told(
  text: string,
  { format, kind, piece }: { format?: string; kind?: InterfaceKind; piece?: number } = {},
): Told {
  const sightings: Sighting[] = [];
  const traces: { block: string; head: TraceHead; events: readonly TraceEvent[] }[] = [];
  const assembler = new Assembler(({ block, head }) => {
    const recorder = new Recorder();
    traces.push({ block, head, events: recorder.events });
    return recorder;
  }, kind);
  const reading = new EvidenceReading(
    (each) => {
      sightings.push(each);
      assembler.take(each);
    },
    FORMATS.find(({ name }) => name === format),
  );
  const size = piece ?? Math.max(text.length, 1);
  for (let at = 0; at < text.length; at += size) reading.push(text.slice(at, at + size));
  reading.end();
  assembler.end();
  const { gaps, ties, undecided } = assembler;
  const { unread } = reading;
  return { format: reading.format?.name, sightings, unread, traces, gaps, ties, undecided };
}
