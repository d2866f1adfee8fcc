import type { EventOf, FaultEvent } from "../trace/events.ts";
import type { Party } from "./party.ts";
import type { Transfer } from "./transfer.ts";

interface Fired {
  readonly name: string;
  readonly on: FaultEvent["on"];
  active: boolean;
  /** When it fired or ended last. */
  changedUs: number;
  /** Of the wire's: the parties have not shown since that they are in step. */
  unsettled: boolean;
}

/**
 * What the lab did on purpose so far, and what of it may still be at work.
 *
 * A fault of the wire takes from a rule what the rule trusts. A transfer is *touched* when a fault
 * acted, or changed, after it began: what one party did in it the other need not have seen. And what
 * a fault did can lie about beyond that: the parties are *out of step* from when it fires until each
 * face shows a transfer that began after the fault's end, and came to its end with its own response.
 */
export class InjectedFaults {
  private readonly _fired: Fired[] = [];
  private readonly _faces: Readonly<Record<Party, boolean>>;
  private readonly _settled: Record<Party, boolean>;
  /** A wire fault is active: what the host sees is not what the BMC does. */
  wireActive = false;
  /** How often a wire fault fired or ended: what spans a change of this is not to be trusted. */
  wireChanges = 0;
  private _changedUs = Number.NEGATIVE_INFINITY;

  /** `faces`: those that the match shows. */
  constructor(faces: Readonly<Record<Party, boolean>>) {
    this._faces = faces;
    this._settled = { host: !faces.host, bmc: !faces.bmc };
  }

  event(event: EventOf<"fault">): void {
    const active = event.what === "fires";
    const wire = event.on === "wire";
    const known = this._fired.find((fault) => fault.name === event.name && fault.on === event.on);
    const now = { active, changedUs: event.t, unsettled: wire };
    if (known === undefined) this._fired.push({ name: event.name, on: event.on, ...now });
    else Object.assign(known, now);
    if (!wire) return;
    this.wireChanges++;
    this.wireActive = this._fired.some((fault) => fault.on === "wire" && fault.active);
    this._changedUs = event.t;
    this._settled.host = !this._faces.host;
    this._settled.bmc = !this._faces.bmc;
  }

  /** A transfer ended, as this party's face shows it: are they in step again? */
  settle(face: Party, transfer: Transfer): void {
    if (this.wireActive || transfer.startUs <= this._changedUs || !transfer.answered) return;
    this._settled[face] = true;
    if (!this._settled.host || !this._settled.bmc) return;
    for (const fault of this._fired) fault.unsettled = false;
  }

  /** The wire faults that touched what goes on since then. */
  wireSince(us: number): string[] {
    return this.#actedSince(us)
      .filter(({ on }) => on === "wire")
      .map(({ name }) => name);
  }

  /** Whether a fault that the scenario works on this party touched what goes on since then. */
  orderedSince(party: Party, us: number): boolean {
    return this._fired.some(({ on, active, changedUs }) => {
      return on === party && (active || changedUs >= us);
    });
  }

  /** The wire faults since which the parties have not shown that they are in step. */
  get outOfStep(): string[] {
    return this._fired.filter(({ unsettled }) => unsettled).map(({ name }) => name);
  }

  /** The names of the faults that the scenario worked on this party. */
  orders(party: Party): string[] {
    return this.ordersSince(party, Number.NEGATIVE_INFINITY);
  }

  /** The same of those that acted at any time since then. */
  ordersSince(party: Party, us: number): string[] {
    return this.#actedSince(us)
      .filter(({ on }) => on === party)
      .map(({ name }) => name);
  }

  #actedSince(us: number): Fired[] {
    return this._fired.filter(({ active, changedUs }) => active || changedUs >= us);
  }
}
