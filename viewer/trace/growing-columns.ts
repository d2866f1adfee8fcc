import { EVENT_NAMES } from "../../src/trace/event-names.ts";
import { EVENT_GROUPS, EVENTS } from "../../src/trace/event-shapes.ts";
import type { EventName, TraceEvent } from "../../src/trace/events.ts";
import { type Columns, LANES, PARTIES, type Party } from "./columns.ts";

const FIRST_ROOM = 1 << 12;
const LANE_BY_GROUP: readonly (readonly [object, number])[] = [
  [EVENT_GROUPS.users, 0],
  [EVENT_GROUPS["host-interface"], 1],
  [{ ...EVENT_GROUPS.registers, ...EVENT_GROUPS.bus }, 2],
  [EVENT_GROUPS["bmc-application"], 3],
];
const OF_CONSOLE: ReadonlySet<string> = new Set(["console", "guest"]);
const LANE_OF: readonly number[] = EVENT_NAMES.map(laneOf);
const PARTY_OF: readonly number[] = EVENT_NAMES.map((name) => {
  const { by } = EVENTS[name];
  return PARTIES.indexOf(by === "guest" ? "lab" : by);
});
const INDEX_OF = new Map(EVENT_NAMES.map((name, index) => [name, index]));

/** The columns of a trace on its way in, with room for twice as many events whenever it is full. */
export class GrowingColumns implements Columns {
  length = 0;
  times = new Float64Array(FIRST_ROOM);
  numbers = new Float64Array(FIRST_ROOM);
  lanes = new Uint8Array(FIRST_ROOM);
  /** By their places in `EVENT_NAMES`. */
  names = new Uint8Array(FIRST_ROOM);
  /** The transfer to which an event belongs; 0 between two. */
  transfers = new Uint32Array(FIRST_ROOM);
  /** What the host saw last in the status register before the event. */
  statuses = new Uint8Array(FIRST_ROOM);
  /** 1 where zeros stand for what is secret. */
  masked = new Uint8Array(FIRST_ROOM);

  add(event: TraceEvent, more: { transfer: number; status: number; masked: boolean }): void {
    const at = this.length++;
    if (at === this.times.length) this.#grow();
    const name = INDEX_OF.get(event.e) ?? 0;
    this.times[at] = event.t;
    this.numbers[at] = event.n;
    this.names[at] = name;
    this.lanes[at] = LANE_OF[name] ?? 0;
    this.transfers[at] = more.transfer;
    this.statuses[at] = more.status;
    this.masked[at] = more.masked ? 1 : 0;
  }

  /** The columns that a page draws from, without spare room. */
  shared(): Columns {
    const { length } = this;
    return {
      length,
      times: this.times.slice(0, length),
      numbers: this.numbers.slice(0, length),
      lanes: this.lanes.slice(0, length),
    };
  }

  nameAt(at: number): EventName | undefined {
    return EVENT_NAMES[this.names[at] ?? 0];
  }

  partyAt(at: number): Party | undefined {
    return PARTIES[PARTY_OF[this.names[at] ?? 0] ?? -1];
  }

  #grow(): void {
    this.times = grown(this.times, new Float64Array(2 * this.times.length));
    this.numbers = grown(this.numbers, new Float64Array(2 * this.numbers.length));
    this.lanes = grown(this.lanes, new Uint8Array(2 * this.lanes.length));
    this.names = grown(this.names, new Uint8Array(2 * this.names.length));
    this.transfers = grown(this.transfers, new Uint32Array(2 * this.transfers.length));
    this.statuses = grown(this.statuses, new Uint8Array(2 * this.statuses.length));
    this.masked = grown(this.masked, new Uint8Array(2 * this.masked.length));
  }
}

function laneOf(name: EventName): number {
  if (OF_CONSOLE.has(name)) return LANES.indexOf("console");
  const found = LANE_BY_GROUP.find(([group]) => name in group);
  return found === undefined ? LANES.indexOf("faults") : found[1];
}

function grown<A extends Float64Array | Uint8Array | Uint32Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
