import type { TraceEvent } from "../../trace/events.ts";

/** He waits for an answer. */
export const BUSY = -1;

/** What the trace tells of the host's users. */
export class UserBooks {
  /** By name: BUSY, else how much has happened so far that concerns him. None is like 0. */
  state: ReadonlyMap<string, number> = new Map();
  private readonly _concerns = new Map<string, number>();
  private readonly _waiting = new Map<number, string>();

  take(event: TraceEvent): void {
    switch (event.e) {
      case "request":
        this._waiting.set(event.id, event.user);
        return this.#concern(event.user);
      case "refused":
        this._waiting.delete(event.id);
        return this.#concern(event.user);
      case "answer":
        return this.#answered(event.id);
      case "delivered":
        return this.#concern(event.user);
      default:
        return;
    }
  }

  #answered(id: number): void {
    const user = this._waiting.get(id);
    this._waiting.delete(id);
    if (user !== undefined) this.#concern(user);
  }

  #concern(user: string): void {
    const concerns = (this._concerns.get(user) ?? 0) + 1;
    this._concerns.set(user, concerns);
    const busy = [...this._waiting.values()].includes(user);
    this.state = new Map(this.state).set(user, busy ? BUSY : concerns);
  }
}
