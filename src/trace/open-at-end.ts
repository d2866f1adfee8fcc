import type { EventOf, TraceEvent } from "./events.ts";
import type { TraceSink } from "./tracer.ts";

/** Follows what is begun and not ended yet: what stays open when a trace breaks off. */
export class OpenAtEnd implements TraceSink {
  readonly #requests = new Map<number, EventOf<"request">>();
  readonly #atBmc = new Map<number, EventOf<"bmc.request">>();
  readonly #faults = new Map<string, EventOf<"fault">>();
  #panic: EventOf<"host"> | undefined;
  #panicked = false;

  event(event: TraceEvent): void {
    switch (event.e) {
      case "request":
        this.#requests.set(event.id, event);
        return;
      case "answer":
      case "refused":
        this.#requests.delete(event.id);
        return;
      case "bmc.request":
        this.#atBmc.set(event.tag, event);
        return;
      case "bmc.response":
        this.#atBmc.delete(event.tag);
        return;
      case "bmc":
        // A BMC that begins anew owes nothing.
        if (BEGINS_ANEW.has(event.what)) this.#atBmc.clear();
        return;
      case "fault":
        if (event.what === "fires") this.#faults.set(event.name, event);
        else this.#faults.delete(event.name);
        return;
      case "host":
        if (event.what === "panic") this.#panic = event;
        if (event.what === "panic") this.#panicked = true;
        if (event.what === "start") this.#panicked = false;
        if (event.what === "panic-end") this.#panic = undefined;
        return;
      default:
        return;
    }
  }

  /** The host has crashed, and no other one has started. */
  get panicked(): boolean {
    return this.#panicked;
  }

  /** Requests that were accepted and are owed an answer. */
  get requests(): readonly EventOf<"request">[] {
    return [...this.#requests.values()];
  }

  /** Requests that the BMC's application has read, and has handed in no response to. */
  get atBmc(): readonly EventOf<"bmc.request">[] {
    return [...this.#atBmc.values()];
  }

  /** Faults that act. */
  get faults(): readonly EventOf<"fault">[] {
    return [...this.#faults.values()];
  }

  /** The host's panic, while its last messages are on their way. */
  get panic(): EventOf<"host"> | undefined {
    return this.#panic;
  }
}

const BEGINS_ANEW: ReadonlySet<string> = new Set(["power-on", "reset", "away"]);
