import { expect } from "vitest";
import { BtDevice, type BtDeviceOptions } from "../../../src/bmc/bt/device.ts";
import type { DeviceHandle } from "../../../src/bmc/device.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { BtRegisters } from "../../../src/wire/bt/registers.ts";

export const CAPABILITIES = {
  outstandingRequests: 1,
  inputBytesMax: 255,
  outputBytesMax: 255,
  requestToResponseS: 5,
  retries: 1,
};

/** A BT device on simulated registers, and a host that follows a script of register accesses. */
export class Bench {
  readonly registers = new BtRegisters();
  readonly time = new VirtualTime();
  readonly device: BtDevice;

  constructor(options: Partial<BtDeviceOptions> = {}) {
    this.device = new BtDevice(this.registers, this.time.lane("bmc"), {
      inputLatencyUs: 0,
      whenClosed: "refuse",
      trusting: false,
      busyWhileFull: false,
      capabilities: CAPABILITIES,
      ...options,
    });
    this.device.reset();
  }

  /** Opens the device, which must let us. */
  opened(): DeviceHandle {
    const result = this.device.open(() => {});
    if (!result.ok) throw new Error(result.error);
    return result.value;
  }

  /**
   * Runs accesses written as in a driver's log: `w0=1` writes 01h to BT_CTRL, `w1=18` to the FIFO,
   * `r0=8` reads BT_CTRL and expects 08h, `r1` reads the FIFO, whatever it holds; a number in
   * brackets lets so many µs pass. The BMC has its turn after each.
   */
  run(script: string): void {
    for (const [index, word] of script.trim().split(/\s+/).entries()) {
      const wait = /^\[(\d+)\]$/.exec(word)?.[1];
      if (wait !== undefined) {
        this.time.runUntil(this.time.nowUs + Number(wait));
        continue;
      }
      const match = /^([rw])([012])(?:=([0-9a-f]+))?$/.exec(word);
      expect(match, `a register access: ${word}`).not.toBeNull();
      const offset = Number(match?.[2]);
      const value = match?.[3] === undefined ? undefined : Number.parseInt(match[3], 16);
      if (match?.[1] === "w") this.registers.write(offset, value ?? 0);
      else {
        const read = this.registers.read(offset);
        if (value !== undefined) {
          expect(read.toString(16), `access ${index}, ${word}`).toBe(value.toString(16));
        }
      }
      this.time.runUntil(this.time.nowUs);
    }
  }
}

/** Reads the next request, which must be there. */
export function read(handle: DeviceHandle): { ticket: number; message: number[] } {
  const result = handle.read(1_024);
  if (!result.ok) throw new Error(result.error);
  return { ticket: result.value.ticket, message: [...result.value.message] };
}

/** A request as the host writes it: Get Device ID with that Seq. */
export function getDeviceId(seq: number): string {
  return `w0=1 w1=3 w1=18 w1=${seq.toString(16)} w1=1 w0=4`;
}

/** How the host takes a response of those bytes, Length and all. */
export function takes(...frame: readonly number[]): string {
  const bytes = frame.map((byte) => `r1=${byte.toString(16)}`);
  return `w0=40 w0=8 w0=2 ${bytes.join(" ")} w0=40`;
}
