import { BaseboardError } from "../errors.ts";
import { ClaimedTaps } from "./claimed-taps.ts";
import { decodeEvent, EventScan, encodeEvent } from "./event-codec.ts";
import type { TraceEvent } from "./events.ts";
import type { TraceHead } from "./head.ts";
import { decodeHead, encodeHead } from "./head-codec.ts";
import { TraceOrder } from "./order.ts";
import type { TraceSink } from "./tracer.ts";

export { encodeEvent, encodeHead };

/** Writes a trace as JSON Lines: the head, then each event as it happens. */
export class JsonLinesSink implements TraceSink {
  private readonly _write: (text: string) => void;

  constructor(head: TraceHead, write: (text: string) => void) {
    this._write = write;
    write(`${encodeHead(head)}\n`);
  }

  event(event: TraceEvent): void {
    this._write(`${encodeEvent(event)}\n`);
  }
}

export type TraceErrorCode =
  /** The first line is not a trace's head. */
  | "not-a-trace"
  /** A trace, but of a version that cannot be read. */
  | "other-version"
  | "malformed-head"
  | "malformed-event"
  /** An event of a name that this version does not have. */
  | "unknown-event"
  /** The last line is not whole, or the `end` event is missing. */
  | "cut";

/** A trace that cannot be read, or not to its end. */
export class TraceError extends BaseboardError<TraceErrorCode> {
  /** The line, counted from 1. */
  readonly line: number;

  constructor(code: TraceErrorCode, line: number, why: string) {
    super(`line ${line}: ${why}`, { code });
    this.line = line;
  }
}

/** Reads a trace line by line. */
export class TraceReader {
  private _head: TraceHead | undefined;
  private _line = 0;
  private _ended = false;
  private readonly _scan = new EventScan();
  private readonly _order = new TraceOrder();
  private readonly _taps = new ClaimedTaps();
  /** The line read last is not JSON: an error, unless nothing follows it. */
  private _broken = false;

  /** The head; undefined before the first line. */
  get head(): TraceHead | undefined {
    return this._head;
  }

  /** Takes a line without its end. Gives its event; undefined for the head, or what is no line. */
  push(line: string): TraceEvent | undefined {
    if (this._broken) throw this.#error("malformed-event", "not a line of JSON");
    this._line++;
    const json = parse(line);
    if (this._head === undefined) {
      this._head = this.#readHead(json);
      return undefined;
    }
    if (json === undefined) {
      this._broken = true;
      return undefined;
    }
    const event = decodeEvent(json);
    if ("code" in event && "why" in event) throw this.#error(event.code, event.why);
    this.#take(event);
    return event;
  }

  /**
   * Takes a line from its bytes, without its end, if it is one as a `JsonLinesSink` writes them. Undefined of any
   * other line, which is for `push`: nothing was taken.
   */
  pushWritten(bytes: Uint8Array, from: number, to: number): TraceEvent | undefined {
    if (this._head === undefined || this._broken) return undefined;
    const event = this._scan.event(bytes, from, to);
    if (event === undefined) return undefined;
    this._line++;
    this.#take(event);
    return event;
  }

  #take(event: TraceEvent): void {
    if (this._ended) throw this.#error("malformed-event", "an event after the end");
    this._ended = event.e === "end";
    const misplaced = this._order.take(event);
    if (misplaced !== undefined) throw this.#error("malformed-event", misplaced);
    this._taps.take(event);
  }

  /**
   * The trace is over. Throws when its head claims a tap that it has not. Gives the error `cut` when it is not whole; its events
   * can be used.
   */
  finish(): TraceError | undefined {
    if (this._head === undefined) {
      throw new TraceError("not-a-trace", 1, "there is nothing to read");
    }
    const claim = this._taps.fault(this._head.taps);
    if (claim !== undefined) throw new TraceError("malformed-head", 1, claim);
    if (this._broken) return this.#error("cut", "the last line is not whole");
    if (!this._ended) return this.#error("cut", 'the trace breaks off: there is no "end" event');
    return undefined;
  }

  #readHead(json: unknown): TraceHead {
    const head = decodeHead(json);
    if ("code" in head) throw this.#error(head.code, head.why);
    return head;
  }

  #error(code: TraceErrorCode, why: string): TraceError {
    return new TraceError(code, this._line, why);
  }
}

/** A trace that was read. */
export interface Trace {
  readonly head: TraceHead;
  readonly events: readonly TraceEvent[];
  /** Set when the trace is not whole. The events are those before the cut. */
  readonly cut: TraceError | undefined;
}

/** Reads a whole trace. Throws `TraceError` for what is not one, or holds what it may not. */
export function readTrace(source: string | Iterable<string>): Trace {
  const reader = new TraceReader();
  const events: TraceEvent[] = [];
  for (const line of typeof source === "string" ? lines(source) : source) {
    const event = reader.push(line);
    if (event !== undefined) events.push(event);
  }
  const cut = reader.finish();
  const head = reader.head;
  if (head === undefined) throw new TraceError("not-a-trace", 1, "there is nothing to read");
  return { head, events, cut };
}

/** The lines of a text; what follows the last line's end, if anything, is a line too. */
function* lines(source: string): Generator<string> {
  let from = 0;
  while (from < source.length) {
    const end = source.indexOf("\n", from);
    yield source.slice(from, end === -1 ? source.length : end);
    if (end === -1) return;
    from = end + 1;
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
