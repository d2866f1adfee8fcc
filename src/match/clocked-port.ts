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
  private readonly _inner: RegisterPort;
  private readonly _time: VirtualTime;
  private readonly _halt: Halt;

  constructor(inner: RegisterPort, time: VirtualTime, halt: Halt) {
    this._inner = inner;
    this._time = time;
    this._halt = halt;
  }

  read(offset: number): number {
    this._time.elapse(ACCESS_US);
    if (this._halt.pending) this._halt.carryOut();
    const value = this._inner.read(offset);
    if (this._halt.pending) this._halt.carryOut();
    return value;
  }

  write(offset: number, value: number): void {
    this._time.elapse(ACCESS_US);
    if (this._halt.pending) this._halt.carryOut();
    this._inner.write(offset, value);
    if (this._halt.pending) this._halt.carryOut();
  }
}
