import { expect } from "vitest";
import { KcsDevice } from "../../../src/bmc/kcs/device.ts";
import type { MessageDeviceOptions } from "../../../src/bmc/message-device.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { KcsRegisters } from "../../../src/wire/kcs/registers.ts";

/** A KCS device on simulated registers, and a host that follows a script of register accesses. */
export class Bench {
  readonly registers = new KcsRegisters();
  readonly time = new VirtualTime();
  readonly device: KcsDevice;

  constructor(options: Partial<MessageDeviceOptions> = {}) {
    this.device = new KcsDevice(this.registers, this.time.lane("bmc"), {
      inputLatencyUs: 0,
      whenClosed: "refuse",
      trusting: false,
      ...options,
    });
    this.device.reset();
  }

  /**
   * Runs accesses written as in a driver's log: `w1=61` writes 61h to Command, `w0=18` to Data_In,
   * `r1=89` reads Status and expects 89h, `r0=00` reads Data_Out and expects 00h, `r0` any value.
   * The BMC has its turn after each.
   */
  run(script: string): void {
    for (const [index, word] of script.trim().split(/\s+/).entries()) {
      const match = /^([rw])([01])(?:=([0-9a-f]+))?$/.exec(word);
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

export const GET_DEVICE_ID = "w1=61 r1=89 r0=0 w0=18 r1=81 r0=0 w1=62 r1=89 r0=0 w0=01";
