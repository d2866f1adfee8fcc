import type { EventOf, TraceEvent } from "./events.ts";
import type { TraceSink } from "./tracer.ts";

/** Follows what is begun and not ended yet: what stays open when a trace breaks off. */
export class OpenAtEnd implements TraceSink {
  private readonly _requests = new Map<number, EventOf<"request">>();
  private readonly _atBmc = new Map<number, EventOf<"bmc.request">>();
  private readonly _faults = new Map<string, EventOf<"fault">>();
  private _panic: EventOf<"host"> | undefined;
  private _panicked = false;

  event(event: TraceEvent): void {
    switch (event.e) {
      case "request":
        this._requests.set(event.id, event);
        return;
      case "answer":
      case "refused":
        this._requests.delete(event.id);
        return;
      case "bmc.request":
        this._atBmc.set(event.tag, event);
        return;
      case "bmc.response":
        this._atBmc.delete(event.tag);
        return;
      case "bmc":
        // A BMC that begins anew owes nothing.
        if (BEGINS_ANEW.has(event.what)) this._atBmc.clear();
        return;
      case "fault":
        if (event.what === "fires") this._faults.set(event.name, event);
        else this._faults.delete(event.name);
        return;
      case "host":
        if (event.what === "panic") this._panic = event;
        if (event.what === "panic") this._panicked = true;
        if (event.what === "start") this._panicked = false;
        if (event.what === "panic-end") this._panic = undefined;
        return;
      default:
        return;
    }
  }

  /** The host has crashed, and no other one has started. */
  get panicked(): boolean {
    return this._panicked;
  }

  /** Requests that were accepted and are owed an answer. */
  get requests(): readonly EventOf<"request">[] {
    return [...this._requests.values()];
  }

  /** Requests that the BMC's application has read, and has handed in no response to. */
  get atBmc(): readonly EventOf<"bmc.request">[] {
    return [...this._atBmc.values()];
  }

  /** Faults that act. */
  get faults(): readonly EventOf<"fault">[] {
    return [...this._faults.values()];
  }

  /** The host's panic, while its last messages are on their way. */
  get panic(): EventOf<"host"> | undefined {
    return this._panic;
  }
}

const BEGINS_ANEW: ReadonlySet<string> = new Set(["power-on", "reset", "away"]);
