import type { EventOf } from "../trace/events.ts";

type BusEvent = EventOf<"host.bus" | "bmc.bus">;
type Line = "scl" | "sda" | "alert";

/** Times are in units of 100 ns, since a clock has phases that are shorter than a µs. */
export const UNITS_PER_US = 10;
/** A clock of 100 kHz, and the shortest one that is drawn. */
const CLOCK_MAX = 100;
const CLOCK_MIN = 4;
/** A byte and its acknowledgement; a start before them takes as long as a clock more. */
const CLOCKS = 9;

/**
 * SCL and SDA of a bus of which only the bytes are known. A byte is spread over the time up to the next
 * event, by a clock of 100 kHz at the slowest; where bytes share one time, as a host's tracepoint has
 * them, they follow each other by that clock, and later ones come as much later.
 */
export class BusWaves {
  readonly #put: (line: Line, level: 0 | 1, at: number) => void;
  #pending: BusEvent | undefined;
  #at = 0;
  #idle = true;

  constructor(put: (line: Line, level: 0 | 1, at: number) => void) {
    this.#put = put;
    this.#put("scl", 1, 0);
    this.#put("sda", 1, 0);
    this.#put("alert", 1, 0);
  }

  take(event: BusEvent): void {
    this.#draw(event.t * UNITS_PER_US);
    this.#pending = event;
  }

  /** SMBALERT# is high, or pulled low. It is drawn when the wires have come so far. */
  alert(high: boolean, us: number): void {
    this.#draw(us * UNITS_PER_US);
    this.#at = Math.max(this.#at, us * UNITS_PER_US);
    this.#put("alert", high ? 1 : 0, this.#at);
  }

  /** Draws what is held back. Returns the time at which the drawing ends. */
  end(): number {
    this.#draw(Number.POSITIVE_INFINITY);
    return this.#at + CLOCK_MAX;
  }

  /** The event that is held back, in the time up to then. */
  #draw(until: number): void {
    const event = this.#pending;
    if (event === undefined) return;
    this.#pending = undefined;
    this.#at = Math.max(this.#at, event.t * UNITS_PER_US);
    const clocks = event.op === "start" ? CLOCKS + 1 : event.op === "stop" ? 1 : CLOCKS;
    const room = Math.floor((until - this.#at) / clocks);
    const clock = room < CLOCK_MIN ? CLOCK_MAX : Math.min(room, CLOCK_MAX);
    const phase = Math.floor(clock / CLOCK_MIN);
    if (event.op === "stop") return this.#stop(phase);
    if (event.op === "start") this.#start(phase);
    this.#byte(event, phase);
  }

  #start(phase: number): void {
    if (!this.#idle) {
      this.#set("sda", 1, phase);
      this.#set("scl", 1, phase);
    }
    this.#idle = false;
    this.#set("sda", 0, phase);
    this.#set("scl", 0, phase);
  }

  #byte({ value, outcome }: BusEvent, phase: number): void {
    for (let bit = 7; bit >= 0; bit--) this.#bit((value >> bit) & 1, phase);
    this.#bit(outcome === "ack" ? 0 : 1, phase);
  }

  #bit(level: number, phase: number): void {
    this.#set("sda", level === 0 ? 0 : 1, phase);
    this.#set("scl", 1, 2 * phase);
    this.#set("scl", 0, phase);
  }

  #stop(phase: number): void {
    if (this.#idle) return;
    this.#set("sda", 0, phase);
    this.#set("scl", 1, phase);
    this.#set("sda", 1, phase);
    this.#idle = true;
  }

  /** From now on; then so much time passes. */
  #set(line: Line, level: 0 | 1, time: number): void {
    this.#put(line, level, this.#at);
    this.#at += time;
  }
}
