import { isBmcAccess, isHostAccess } from "../../trace/event-names.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { Taps } from "../../trace/head.ts";
import { beginsAnew } from "../text.ts";
import { type Begins, RECENT } from "./beginnings.ts";

const NONE: readonly TraceEvent[] = [];

/**
 * A stretch of evidence that begins in the middle of things. Of the wire it admits what comes from the
 * first request on whose beginning is in it, and of requests and messages those alone whose own
 * beginning is: nobody is held to the end of what was begun before.
 */
export class Stretch {
  private readonly _begins: Begins;
  /** Whose face shows the beginning, and is the other's cause. */
  private readonly _face: (event: TraceEvent) => boolean;
  private _recent: readonly TraceEvent[] = [];
  private _begun = false;
  /** The requests that were accepted, those that were sent, and what the BMC has read, by their numbers. */
  private readonly _requests = new Set<number>();
  private readonly _sent = new Set<number>();
  private readonly _atBmc = new Set<number>();

  constructor(begins: Begins, taps: Taps) {
    this._begins = begins;
    // Of messages alone each that begins is whole.
    this._begun = !taps.host && !taps.bmc;
    this._face = taps.host ? isHostAccess : isBmcAccess;
  }

  /** What of it may be judged, in order: mostly the event itself. */
  admits(event: TraceEvent): readonly TraceEvent[] {
    if (isHostAccess(event) || isBmcAccess(event)) return this.#access(event);
    return this.#known(event) ? [event] : NONE;
  }

  #access(event: TraceEvent): readonly TraceEvent[] {
    if (this._begun) return [event];
    if (!this._face(event)) return NONE;
    const first = this._begins(event, this._recent);
    this._recent = [...this._recent.slice(-(RECENT - 1)), event];
    this._begun = first.length > 0;
    return first;
  }

  #known(event: TraceEvent): boolean {
    switch (event.e) {
      case "request":
        this._requests.add(event.id);
        return true;
      case "refused":
        return event.id === 0 || this._requests.has(event.id);
      case "answer":
        return this._requests.has(event.id);
      case "send":
        this._sent.add(event.id);
        return true;
      case "received":
        return this._sent.has(event.id);
      case "bmc.request":
        this._atBmc.add(event.tag);
        return this._begun;
      case "bmc.response":
      case "bmc.refused":
        return this._begun && this._atBmc.has(event.tag);
      case "bmc":
        // What it then showed on the wire is not admitted either.
        return this._begun || !beginsAnew(event.what);
      default:
        return true;
    }
  }
}
