import { describe, expect, test } from "vitest";
import { AspeedKcs, type AspeedKcsOptions } from "../../../src/bmc/chips/aspeed/kcs.ts";
import { Kcs } from "../../../src/host/index.ts";
import { VirtualTime } from "../../../src/time/index.ts";
import { Control, Status } from "../../../src/wire/kcs/protocol.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";
import { AspeedModel } from "./aspeed-model.ts";
import { ask, kcsDevice, serve } from "./served.ts";

/** The channels where boards have them, and an interrupt that each can have. */
const PLACES: readonly AspeedKcsOptions[] = [
  { channel: 1, address: 0x3f8, hostInterrupt: { number: 12, active: "high" } },
  { channel: 2, address: 0xca8, hostInterrupt: { number: 11, active: "low" } },
  { channel: 3, address: 0xca2, hostInterrupt: { number: 10, active: "high" } },
  { channel: 4, address: 0xca4, hostInterrupt: { number: 9, active: "low" } },
];
/** An interrupt handler that is called again so often got nowhere. */
const STORM = 100;

class Board {
  readonly time = new VirtualTime();
  readonly lane = this.time.lane("bmc");
  readonly model = new AspeedModel();
  readonly chips: AspeedKcs[] = [];
  interrupts = 0;

  constructor() {
    this.model.onInterrupt = (level) => {
      for (let calls = 0; level && this.model.line; calls++) {
        expect(calls).toBeLessThan(STORM);
        this.interrupts++;
        for (const chip of this.chips) chip.interrupt();
      }
    };
  }

  chip(options: AspeedKcsOptions): AspeedKcs {
    const chip = new AspeedKcs(this.model, this.lane, options);
    this.chips.push(chip);
    return chip;
  }

  /** The host's machine at that address. */
  host(address: number): Kcs {
    const { model } = this;
    const port: RegisterPort = {
      read: (offset) => model.read(address + offset),
      write: (offset, value) => model.write(address + offset, value),
    };
    return new Kcs(port, 1);
  }

  /** A channel in service, with somebody who answers. */
  served(options: AspeedKcsOptions): Kcs {
    const chip = this.chip(options);
    const device = kcsDevice(chip, this.lane);
    chip.open();
    device.reset();
    serve(device);
    return this.host(options.address);
  }

  ask(host: Kcs, request: number[]): number[] {
    return ask(host, this.time, request);
  }
}

describe.each(PLACES)("channel $channel", (options) => {
  const { address } = options;

  test("carries a request and its response at its place in I/O space", () => {
    const board = new Board();
    const host = board.served(options);
    expect(board.ask(host, [0x18, 0x01, 0xa5])).toEqual([0x1c, 0x01, 0x00, 0xa5]);
    expect(board.ask(host, [0x18, 0x37])).toEqual([0x1c, 0x37, 0x00]);
    expect(board.model.read(address - 1)).toBe(0xff);
    expect(board.model.read(address + 2)).toBe(0xff);
  });

  test("interrupts the host at each byte when that is enabled, and else never", () => {
    const board = new Board();
    const raised: number[] = [];
    board.model.onSerial = (number, level) => {
      if (level) raised.push(number);
    };
    const host = board.served(options);
    board.ask(host, [0x18, 0x01]);
    expect(raised).toEqual([]);
    board.chips[0]?.enableInterrupt(true);
    board.ask(host, [0x18, 0x01]);
    // A dummy byte for each of WRITE_START, NetFn/LUN and WRITE_END, three of response, the last dummy.
    expect(raised.filter((number) => number === options.hostInterrupt?.number).length).toBe(7);
    expect(new Set(raised)).toEqual(new Set([options.hostInterrupt?.number]));
  });

  // Goal: a byte that nobody takes is no interrupt storm. Method: the device is closed and holds; the
  // model calls the handler again as long as the line is up.
  test("a byte that nobody takes interrupts once, and is served when somebody comes", () => {
    const board = new Board();
    const chip = board.chip(options);
    const device = kcsDevice(chip, board.lane);
    chip.open();
    device.reset();
    board.model.write(address + 1, Control.WriteStart);
    board.time.runUntil(1_000_000);
    expect(board.interrupts).toBe(1);
    expect(board.model.read(address + 1) & Status.Ibf).toBe(Status.Ibf);
    serve(device);
    board.time.runUntil(1_001_000);
    expect(board.model.read(address + 1) & Status.Ibf).toBe(0);
    expect(board.ask(board.host(address), [0x18, 0x01])).toEqual([0x1c, 0x01, 0x00]);
  });

  // Goal: a BMC that restarts under a host that goes on writing is not interrupted before it can
  // deal with it. Method: the model is left as an earlier kernel left it, with a byte waiting.
  test("comes into service with all in place before anything interrupts", () => {
    const board = new Board();
    board.served(options);
    const { onInterrupt } = board.model;
    board.model.onInterrupt = () => {};
    board.chips.pop();
    board.model.write(address, 0x18);
    board.model.onInterrupt = onInterrupt;
    board.model.writes.length = 0;
    const chip = board.chip(options);
    const writesAtInput: number[] = [];
    chip.onInput(() => writesAtInput.push(board.model.writes.length));
    chip.open();
    const [first] = board.model.writes;
    expect(first && inputEnabled(options, first)).toBe(false);
    expect(writesAtInput).toEqual([board.model.writes.length]);
  });

  test("out of service, it is nobody to the host, and interrupts nobody", () => {
    const board = new Board();
    board.served(options);
    for (const chip of board.chips) chip.close();
    board.interrupts = 0;
    board.model.write(address + 1, Control.WriteStart);
    expect(board.model.read(address + 1)).toBe(0xff);
    expect(board.interrupts).toBe(0);
  });
});

// Channels 1 and 2 share an address register, so they are not in service at once.
test("channels 2, 3 and 4 work side by side", () => {
  const board = new Board();
  const hosts = PLACES.slice(1).map((options) => board.served(options));
  for (const [index, host] of [...hosts, ...hosts].entries()) {
    expect(board.ask(host, [0x18, index])).toEqual([0x1c, index, 0x00]);
  }
  board.chips[0]?.close();
  for (const host of hosts.slice(1)) expect(board.ask(host, [0x18, 1])).toEqual([0x1c, 1, 0x00]);
});

describe("the missing interrupt for an empty output register", () => {
  const options: AspeedKcsOptions = { channel: 3, address: 0xca2 };

  function withOutput() {
    const board = new Board();
    const chip = board.chip(options);
    chip.open();
    chip.writeOutput(0x5a);
    let taken = 0;
    chip.onOutputTaken(() => taken++);
    return { board, chip, taken: () => taken };
  }

  test("a host that is quick is noticed at once", () => {
    const { board, taken } = withOutput();
    board.model.read(0xca2);
    expect(taken()).toBe(0);
    board.time.runUntil(10);
    expect(taken()).toBe(1);
    board.time.runUntil(1_000_000);
    expect(taken()).toBe(1);
  });

  test("one that is slow is noticed within 10 ms", () => {
    const { board, taken } = withOutput();
    board.time.runUntil(5_000_000);
    board.model.read(0xca2);
    board.time.runUntil(5_010_000);
    expect(taken()).toBe(1);
  });

  test("who closes the channel hears no more", () => {
    const { board, chip, taken } = withOutput();
    chip.close();
    board.time.runUntil(1_000_000);
    expect(taken()).toBe(0);
  });
});

test.each<AspeedKcsOptions>([
  { channel: 3, address: 0xca4 },
  { channel: 4, address: 0xffff },
  { channel: 1, address: 0x3f8, hostInterrupt: { number: 10, active: "high" } },
  { channel: 2, address: 0xca8, hostInterrupt: { number: 16, active: "low" } },
])("what the chip cannot do is refused: $channel at $address", (options) => {
  const board = new Board();
  expect(() => board.chip(options)).toThrow();
});

/** Whether a write enables the channel's input interrupt; undefined for other registers. */
function inputEnabled(
  { channel }: AspeedKcsOptions,
  { offset, value }: { offset: number; value: number },
): boolean | undefined {
  if (offset !== (channel === 4 ? 0x100 : 0x08)) return undefined;
  return (value & (channel === 4 ? 0x02 : 1 << channel)) !== 0;
}
