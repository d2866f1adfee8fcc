import { expect } from "vitest";
import type { DeviceHandle } from "../../../src/bmc/device.ts";
import type { MessageDeviceOptions } from "../../../src/bmc/message-device.ts";
import { SmicDevice } from "../../../src/bmc/smic/device.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import { SmicBmcTap } from "../../../src/wire/smic/bmc-tap.ts";
import { SmicRegisters } from "../../../src/wire/smic/registers.ts";

/** A SMIC device on simulated registers, and a host that follows a script of register accesses. */
export class Bench {
  readonly registers = new SmicRegisters();
  readonly time = new VirtualTime();
  readonly recorder = new Recorder();
  readonly device: SmicDevice;

  constructor(options: Partial<MessageDeviceOptions> = {}) {
    const tracer = new Tracer(() => this.time.nowUs);
    tracer.attach(this.recorder);
    const controller = new SmicBmcTap(this.registers, tracer);
    this.device = new SmicDevice(controller, this.time.lane("bmc"), {
      inputLatencyUs: 0,
      whenClosed: "refuse",
      trusting: false,
      ...options,
    });
    this.device.reset();
  }

  /**
   * Runs accesses written as in a driver's log: `w1=41` writes 41h to control, `r2=80` reads the
   * flags and expects 80h, `r0` reads data, any value. `41.18` hands over control code 41h with
   * data 18h, `46` one without data: control, data, BUSY. The BMC has its turn after each access.
   */
  run(script: string): void {
    for (const [index, word] of script.trim().split(/\s+/).entries()) {
      const handed = /^([0-9a-f]{2})(?:\.([0-9a-f]{2}))?$/.exec(word);
      if (handed !== null) this.#hand(handed[1] ?? "", handed[2]);
      else this.#access(word, index);
    }
  }

  #hand(control: string, data: string | undefined): void {
    this.registers.write(1, Number.parseInt(control, 16));
    if (data !== undefined) this.registers.write(0, Number.parseInt(data, 16));
    this.registers.write(2, 0x01);
    this.time.runUntil(this.time.nowUs);
  }

  #access(word: string, index: number): void {
    const match = /^([rw])([012])(?:=([0-9a-f]+))?$/.exec(word);
    expect(match, `a register access: ${word}`).not.toBeNull();
    const offset = Number(match?.[2]);
    const value = match?.[3] === undefined ? undefined : Number.parseInt(match[3], 16);
    if (match?.[1] === "w") this.registers.write(offset, value ?? 0);
    else {
      const read = this.registers.read(offset).toString(16);
      if (value !== undefined) expect(read, `access ${index}, ${word}`).toBe(value.toString(16));
    }
    this.time.runUntil(this.time.nowUs);
  }
}

export const GET_DEVICE_ID = "41.18 r2=40 r1=c1 43.01 r2=0 r1=c3 r0=0";
/** The same from whatever the flags were. */
export const READ_THREE =
  "r2=80 44 r2=80 r1=c4 r0=1c 45 r1=c5 r0=1 45 r1=c6 r0=0 46 r2=80 r1=c0 r0=0";

/** What answers `GET_DEVICE_ID` where only the protocol matters. */
export const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);

export function opened(bench: Bench): DeviceHandle {
  const result = bench.device.open(() => {});
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

export function read(handle: DeviceHandle): { ticket: number; message: number[] } {
  const result = handle.read(1_024);
  if (!result.ok) throw new Error(result.error);
  return { ticket: result.value.ticket, message: [...result.value.message] };
}

export function answer(handle: DeviceHandle): void {
  expect(handle.write(read(handle).ticket, RESPONSE).ok).toBe(true);
}
