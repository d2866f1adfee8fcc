import type { Body, TraceEvent } from "./events.ts";

/** Takes each event as it happens: a recorder, a writer, the referee. */
export interface TraceSink {
  event(event: TraceEvent): void;
}

/**
 * Numbers and dates events and hands them to the sinks. Callers on hot paths ask `active` first,
 * so that a match without sinks makes no events at all.
 */
export class Tracer {
  /** True when some sink is attached. */
  active = false;
  private readonly _now: () => number;
  private readonly _sinks: TraceSink[] = [];
  private _count = 0;
  /** The moment that goes on. */
  private _momentUs: number | undefined;

  constructor(now: () => number) {
    this._now = now;
  }

  attach(sink: TraceSink): void {
    this._sinks.push(sink);
    this.active = true;
  }

  /** Hot callers give `n` and `t` as 0, so that the event has its final shape from the start. */
  emit(body: Body | TraceEvent): void {
    if (!this.active) return;
    const event = body as TraceEvent & { n: number; t: number };
    event.n = this._count++;
    event.t = this._momentUs ?? this._now();
    for (const sink of this._sinks) sink.event(event);
  }

  /**
   * What `run` emits is of one moment, as it is wherever the lab keeps the time: a party that lives in
   * real time does one thing, and its clock is not looked at between the parts of it.
   */
  atOnce(run: () => void): void {
    if (this._momentUs !== undefined) return run();
    this._momentUs = this._now();
    try {
      run();
    } finally {
      this._momentUs = undefined;
    }
  }

  /** The number of events so far. */
  get count(): number {
    return this._count;
  }
}

/** Keeps all events in memory. */
export class Recorder implements TraceSink {
  readonly events: TraceEvent[] = [];

  event(event: TraceEvent): void {
    this.events.push(event);
  }
}
