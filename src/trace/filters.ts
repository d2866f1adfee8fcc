import type { EventName, TraceEvent } from "./events.ts";
import type { TraceSink } from "./tracer.ts";

/** Hands on only the events that are wanted. Their numbers stay what they are. */
export class FilterSink implements TraceSink {
  readonly #wanted: (event: TraceEvent) => boolean;
  readonly #sink: TraceSink;

  constructor(wanted: (event: TraceEvent) => boolean, sink: TraceSink) {
    this.#wanted = wanted;
    this.#sink = sink;
  }

  event(event: TraceEvent): void {
    if (this.#wanted(event)) this.#sink.event(event);
  }
}

const REGISTER_EVENTS: ReadonlySet<EventName> = new Set<EventName>([
  "host.read",
  "host.write",
  "bmc.read",
  "bmc.write",
  "bmc.status",
  "irq",
]);

/** All but the traffic at the registers: what a person reads first. */
export function aboveRegisters(event: TraceEvent): boolean {
  return !REGISTER_EVENTS.has(event.e);
}

/** The events from number `first` to number `last`. */
export function between(first: number, last: number): (event: TraceEvent) => boolean {
  return (event) => event.n >= first && event.n <= last;
}

/** The events of these names. */
export function named(...names: readonly EventName[]): (event: TraceEvent) => boolean {
  const wanted: ReadonlySet<EventName> = new Set(names);
  return (event) => wanted.has(event.e);
}
