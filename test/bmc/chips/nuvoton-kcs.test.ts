import { describe, expect, test } from "vitest";
import { assert } from "../../../src/assert.ts";
import { NuvotonKcs } from "../../../src/bmc/chips/nuvoton/kcs.ts";
import type { ByteWindow } from "../../../src/bmc/chips/register-window.ts";
import { Kcs } from "../../../src/host/index.ts";
import { VirtualTime } from "../../../src/time/index.ts";
import { Control, Status } from "../../../src/wire/kcs/protocol.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";
import { ask, kcsDevice, serve } from "./served.ts";

const FIRST = { status: 0x0c, output: 0x0e, input: 0x10, control: 0x18, host: 0x1c } as const;
/** From one channel's registers to the next one's. */
const STRIDE = 0x12;
const BMC_WRITABLE = 0xf4;
const STORM = 100;

/** One channel of the NPCM7xx, which QEMU does not model: by what is known of its registers. */
class NuvotonModel implements ByteWindow, RegisterPort {
  onInterrupt: () => void = () => {};
  readonly #base: number;
  #status = 0;
  #input = 0;
  #output = 0;
  #control = 0;
  #host = 0;

  constructor(channel: number) {
    this.#base = (channel - 1) * STRIDE;
  }

  readb(offset: number): number {
    switch (offset - this.#base) {
      case FIRST.status:
        return this.#status;
      case FIRST.input:
        assert((this.#status & Status.Ibf) !== 0, "a byte waits to be read");
        this.#status &= ~Status.Ibf;
        return this.#input;
      case FIRST.control:
        return this.#control;
      case FIRST.host:
        return this.#host;
    }
    throw new Error(`no driver reads offset ${offset}`);
  }

  writeb(offset: number, value: number): void {
    switch (offset - this.#base) {
      case FIRST.status:
        this.#status = (value & BMC_WRITABLE) | (this.#status & ~BMC_WRITABLE);
        return;
      case FIRST.output:
        this.#output = value;
        this.#status |= Status.Obf;
        return;
      case FIRST.control:
        this.#control = value;
        return this.#interrupt();
      case FIRST.host:
        this.#host = value;
        return;
    }
    throw new Error(`no driver writes offset ${offset}`);
  }

  /** The host's interrupt line. */
  get hostLine(): boolean {
    return (this.#host & 0x09) === 0x09 && (this.#status & Status.Obf) !== 0;
  }

  read(offset: number): number {
    if (offset === 1) return this.#status;
    this.#status &= ~Status.Obf;
    this.#interrupt();
    return this.#output;
  }

  write(offset: number, value: number): void {
    this.#input = value;
    this.#status |= Status.Ibf;
    this.#status = (this.#status & ~Status.Cd) | (offset === 1 ? Status.Cd : 0);
    this.#interrupt();
  }

  #interrupt(): void {
    for (let calls = 0; this.#line; calls++) {
      assert(calls < STORM, "the handler gets somewhere");
      this.onInterrupt();
    }
  }

  get #line(): boolean {
    const input = (this.#control & 0x01) !== 0 && (this.#status & Status.Ibf) !== 0;
    const output = (this.#control & 0x02) !== 0 && (this.#status & Status.Obf) === 0;
    return input || output;
  }
}

describe.each([1, 2, 3] as const)("channel %s", (channel) => {
  function board() {
    const time = new VirtualTime();
    const model = new NuvotonModel(channel);
    const chip = new NuvotonKcs(model, channel);
    let interrupts = 0;
    model.onInterrupt = () => {
      interrupts++;
      chip.interrupt();
    };
    const device = kcsDevice(chip, time.lane("bmc"));
    chip.open();
    device.reset();
    return { time, model, chip, device, host: new Kcs(model, 1), interrupts: () => interrupts };
  }

  test("carries a request and its response", () => {
    const { time, device, host } = board();
    serve(device);
    expect(ask(host, time, [0x18, 0x01, 0xa5])).toEqual([0x1c, 0x01, 0x00, 0xa5]);
  });

  test("a byte that nobody takes interrupts once, and is served when somebody comes", () => {
    const { time, model, device, host, interrupts } = board();
    model.write(1, Control.WriteStart);
    time.runUntil(1_000_000);
    expect(interrupts()).toBe(1);
    serve(device);
    time.runUntil(1_001_000);
    expect(ask(host, time, [0x18, 0x01])).toEqual([0x1c, 0x01, 0x00]);
  });

  test("the host's line follows OBF when it is connected", () => {
    const { model, chip } = board();
    chip.writeOutput(0x5a);
    expect(model.hostLine).toBe(false);
    chip.enableInterrupt(true);
    expect(model.hostLine).toBe(true);
    model.read(0);
    expect(model.hostLine).toBe(false);
  });

  test("says once when the host has taken a byte", () => {
    const { model, chip } = board();
    let taken = 0;
    chip.writeOutput(0x5a);
    chip.onOutputTaken(() => taken++);
    expect(taken).toBe(0);
    model.read(0);
    expect(taken).toBe(1);
    chip.writeOutput(0x5b);
    model.read(0);
    expect(taken).toBe(1);
  });

  test("out of service it interrupts nobody", () => {
    const { model, chip, interrupts } = board();
    chip.writeOutput(0x5a);
    chip.onOutputTaken(() => {});
    chip.close();
    model.write(1, Control.WriteStart);
    model.read(0);
    expect(interrupts()).toBe(0);
  });
});
