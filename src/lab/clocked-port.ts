import type { VirtualTime } from "../time/virtual.ts";
import type { RegisterPort } from "../wire/port.ts";

/** What one register access costs the host, in µs. The BMC's latencies are counted in these. */
export const ACCESS_US = 1;

/**
 * The scheduling point: before each of the host's register accesses the clock moves on by the
 * access's own time, and whoever else has work due by then does it.
 */
export class ClockedPort implements RegisterPort {
  readonly #inner: RegisterPort;
  readonly #time: VirtualTime;

  constructor(inner: RegisterPort, time: VirtualTime) {
    this.#inner = inner;
    this.#time = time;
  }

  read(offset: number): number {
    this.#time.elapse(ACCESS_US);
    return this.#inner.read(offset);
  }

  write(offset: number, value: number): void {
    this.#time.elapse(ACCESS_US);
    this.#inner.write(offset, value);
  }
}
