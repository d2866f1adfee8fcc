import type { VirtualTime } from "../time/virtual.ts";
import type { RegisterPort } from "../wire/registers/port.ts";
import type { Halt } from "./faults/halt.ts";

/** What one register access costs the host, in µs. The BMC's latencies are counted in these. */
export const ACCESS_US = 1;

/**
 * The scheduling point: before each of the host's register accesses the clock moves on by the
 * access's own time, and whoever else has work due by then does it. An access is made as a whole or
 * not at all: a processor that is to halt does so before or after it.
 */
export class ClockedPort implements RegisterPort {
  readonly #inner: RegisterPort;
  readonly #time: VirtualTime;
  readonly #halt: Halt;

  constructor(inner: RegisterPort, time: VirtualTime, halt: Halt) {
    this.#inner = inner;
    this.#time = time;
    this.#halt = halt;
  }

  read(offset: number): number {
    this.#time.elapse(ACCESS_US);
    if (this.#halt.pending) this.#halt.carryOut();
    const value = this.#inner.read(offset);
    if (this.#halt.pending) this.#halt.carryOut();
    return value;
  }

  write(offset: number, value: number): void {
    this.#time.elapse(ACCESS_US);
    if (this.#halt.pending) this.#halt.carryOut();
    this.#inner.write(offset, value);
    if (this.#halt.pending) this.#halt.carryOut();
  }
}
