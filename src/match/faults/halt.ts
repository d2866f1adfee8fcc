import type { Lane, VirtualTime } from "../../time/virtual.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { TraceSink } from "../../trace/tracer.ts";

/** Thrown out of whatever the host's processor was at. Only the match's loop catches it. */
export class Halted extends Error {}

/** What the host does when its processor is stopped; `spin` passes time. */
export type LastWords = (text: string, spin: (us: number) => void) => void;

/**
 * Stops the host's processor: the host says its last words, on the same objects in whatever state
 * they are, and nothing else runs on its lane ever after. Where the order comes from the host's
 * own doing, that happens within it. Where it comes from elsewhere, or in the middle of a register
 * access, it happens before the host's next access, or in the match's loop if none is under way.
 */
export class Halt implements TraceSink {
  /** The order was given, and not carried out yet. */
  pending = false;
  private readonly _time: VirtualTime;
  private readonly _hostLane: Lane;
  private _lastWords: LastWords = () => {};
  private _text: string | undefined;
  private _atNumber = -1;
  private _atText = "";

  constructor(time: VirtualTime, hostLane: Lane) {
    this._time = time;
    this._hostLane = hostLane;
  }

  connect(lastWords: LastWords): void {
    this._lastWords = lastWords;
  }

  /** Gives the order at the event of that number. The halt has to be the last of the sinks. */
  plan(at: { readonly n: number; readonly text: string }): void {
    this._atNumber = at.n;
    this._atText = at.text;
  }

  event(event: TraceEvent): void {
    if (event.n === this._atNumber) this.order(this._atText, event);
  }

  /** The processor is to stop, once; `event` is being emitted now. May throw `Halted`. */
  order(text: string, event?: TraceEvent): void {
    if (this._text !== undefined) return;
    this._text = text;
    this.pending = true;
    const hosts = this._time.running === this._hostLane;
    if (hosts && event !== undefined && isDoneBetweenAccesses(event)) this.carryOut();
  }

  carryOut(): never {
    this.pending = false;
    this._hostLane.halt();
    this._lastWords(this._text ?? "", (us) => this._time.elapse(us));
    throw new Halted();
  }
}

/** The host's doings that are no part of a register access. */
function isDoneBetweenAccesses(event: TraceEvent): boolean {
  switch (event.e) {
    case "request":
    case "refused":
    case "send":
    case "received":
    case "answer":
    case "delivered":
    case "run":
    case "host":
      return true;
    default:
      return false;
  }
}
