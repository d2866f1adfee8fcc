import type { FaultEvent } from "../trace/events.ts";
import type { Party } from "./party.ts";

/** What the lab did on purpose so far. */
export class InjectedFaults {
  readonly #fired: { name: string; on: FaultEvent["on"]; active: boolean }[] = [];
  /** A wire fault is active: what the host sees is not what the BMC does. */
  wireActive = false;
  /** How often a wire fault fired or ended: what spans a change of this is not to be trusted. */
  wireChanges = 0;

  event(event: FaultEvent): void {
    const known = this.#fired.find((fault) => fault.name === event.name && fault.on === event.on);
    const active = event.what === "fires";
    if (known === undefined) this.#fired.push({ name: event.name, on: event.on, active });
    else known.active = active;
    if (event.on === "wire") this.wireChanges++;
    this.wireActive = this.#fired.some((fault) => fault.on === "wire" && fault.active);
  }

  /** The names of the faults that the scenario worked on this party. */
  orders(party: Party): string[] {
    return this.#fired.filter((fault) => fault.on === party).map((fault) => fault.name);
  }
}
