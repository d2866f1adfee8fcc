import { expect } from "vitest";
import type { DeviceHandle, Incoming } from "../../src/bmc/index.ts";
import type { MessageDeviceOptions } from "../../src/bmc/message-device.ts";
import type { InterfaceKind } from "../../src/wire/interface.ts";
import { holdTo, type Implementation } from "./contract.ts";
import { generator } from "./dead-wires.ts";
import { btBench, type DeviceBench, kcsBench, smicBench, ssifBench } from "./devices.ts";

/** What the contract has to know of a device, beside that it is one. */
interface Device {
  readonly name: InterfaceKind;
  make(options: Partial<MessageDeviceOptions>): DeviceBench;
  /** The longest response that it takes. */
  readonly responseMax: number;
  /** What ends a request that was read and has no answer yet. */
  readonly ends: (bench: DeviceBench) => void;
}

const AGAIN = "each request has its Seq, so that a second one does not end the first";

const DEVICES: readonly (Device & Implementation<keyof typeof CASES>)[] = [
  { name: "kcs", make: kcsBench, responseMax: 1_000, ends: sendsAnother, skips: {} },
  { name: "smic", make: smicBench, responseMax: 1_000, ends: sendsAnother, skips: {} },
  {
    name: "bt",
    make: btBench,
    responseMax: 254,
    ends: letsItsTimePass,
    skips: { "an old answer is refused though a new request was read": AGAIN },
  },
  {
    name: "ssif",
    make: ssifBench,
    responseMax: 255,
    ends: sendsAnother,
    skips: { "shows attention while it is told to": "SSIF has no flag for it, only the alert" },
  },
];

/** Requests and responses that may be left over. */
const LEFT_MAX = 4;
const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);
const CLOSED = { ok: false, error: "CLOSED" } as const;
const NOT_AWAITED = { ok: false, error: "NOT_AWAITED" } as const;

const CASES = {
  "has one opener at a time": ({ make }: Device) => {
    const { device } = make({});
    const first = device.open(() => {});
    if (!first.ok) throw new Error(first.error);
    expect(device.open(() => {})).toEqual({ ok: false, error: "BUSY" });
    first.value.close();
    expect(device.open(() => {}).ok).toBe(true);
  },

  "brings a request to its daemon, and the answer to the host": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    bench.send(0x01);
    expect(bench.take()).toBeUndefined();
    const { ticket, message } = read(handle);
    expect([...message]).toEqual([0x18, 0x01]);
    expect(handle.write(ticket, RESPONSE)).toEqual({ ok: true, value: undefined });
    expect(bench.take()).toEqual([...RESPONSE]);
  },

  "tells its daemon of a request, once": ({ make }: Device) => {
    const bench = make({});
    let told = 0;
    const result = bench.device.open(() => told++);
    expect([result.ok, told]).toEqual([true, 0]);
    bench.send(0x01);
    bench.time.runUntil(100);
    expect(told).toBe(1);
  },

  "a read buffer that is too short loses nothing": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    bench.send(0x01);
    expect(handle.read(1)).toEqual({ ok: false, error: "BUFFER_TOO_SMALL" });
    expect([...read(handle, 2).message]).toEqual([0x18, 0x01]);
    expect(handle.read(1_024)).toEqual({ ok: false, error: "AGAIN" });
  },

  "takes an answer for a request that was read, by its ticket, once": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    expect(handle.poll()).toEqual({ readable: false, writable: false });
    expect(handle.write(1, RESPONSE)).toEqual(NOT_AWAITED);
    bench.send(0x01);
    expect(handle.poll()).toEqual({ readable: true, writable: false });
    for (let guessed = 0; guessed < 16; guessed++) {
      expect(handle.write(guessed, RESPONSE)).toEqual(NOT_AWAITED);
    }
    const { ticket } = read(handle);
    expect(handle.poll()).toEqual({ readable: false, writable: true });
    for (let guessed = 0; guessed < 16; guessed++) {
      if (guessed !== ticket) expect(handle.write(guessed, RESPONSE)).toEqual(NOT_AWAITED);
    }
    expect(handle.write(ticket, RESPONSE).ok).toBe(true);
    expect(handle.write(ticket, RESPONSE)).toEqual(NOT_AWAITED);
  },

  "takes an answer of three bytes up to its greatest length": ({ make, responseMax }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    bench.send(0x01);
    const { ticket } = read(handle);
    const tooShort = { ok: false, error: "TOO_SHORT" };
    expect(handle.write(ticket, Uint8Array.of(0x1c, 1))).toEqual(tooShort);
    expect(handle.write(ticket, new Uint8Array(0))).toEqual(tooShort);
    const tooLong = { ok: false, error: "TOO_LONG" };
    expect(handle.write(ticket, ramp(responseMax + 1))).toEqual(tooLong);
    expect(handle.write(ticket, ramp(responseMax)).ok).toBe(true);
    expect(bench.take()).toEqual([...ramp(responseMax)]);
  },

  "keeps an answer as it was when it was given": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    bench.send(0x01);
    const { ticket, message } = read(handle);
    message.fill(0xee);
    const response = RESPONSE.slice();
    handle.write(ticket, response);
    response.fill(0xee);
    expect(bench.take()).toEqual([...RESPONSE]);
  },

  "refuses the answer to a request that is over, and the host gets none": (device: Device) => {
    const bench = device.make({});
    const handle = opened(bench);
    bench.send(0x01);
    const { ticket } = read(handle);
    device.ends(bench);
    expect(handle.write(ticket, RESPONSE)).toEqual(NOT_AWAITED);
    expect(bench.take()).toBeUndefined();
  },

  "an old answer is refused though a new request was read": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    bench.send(0x01);
    const first = read(handle);
    bench.send(0x04);
    const second = read(handle);
    expect(second.ticket).not.toBe(first.ticket);
    expect(handle.write(first.ticket, RESPONSE)).toEqual(NOT_AWAITED);
    expect(handle.write(second.ticket, Uint8Array.of(0x1c, 0x04, 0x00)).ok).toBe(true);
    expect(bench.take()).toEqual([0x1c, 0x04, 0x00]);
  },

  "a trusting one delivers a late answer to whoever is there": (device: Device) => {
    const bench = device.make({ trusting: true });
    const handle = opened(bench);
    bench.send(0x01);
    const { ticket } = read(handle);
    device.ends(bench);
    expect(handle.write(ticket, RESPONSE).ok).toBe(true);
    expect(bench.take()).toEqual([...RESPONSE]);
  },

  "gives the transaction's tag to the daemon, and back with the answer": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    bench.tags.request = 7;
    bench.send(0x01);
    bench.tags.request = 8;
    const { ticket, tag } = read(handle);
    expect([tag, bench.tags.response]).toEqual([7, 0]);
    handle.write(ticket, RESPONSE);
    expect(bench.tags.response).toBe(7);
  },

  "a closed handle is dead, and its successor hears nothing of its requests": ({
    make,
  }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    bench.send(0x01);
    const { ticket } = read(handle);
    handle.close();
    isDead(handle);
    const next = opened(bench);
    isDead(handle);
    expect(next.poll()).toEqual({ readable: false, writable: false });
    expect(next.write(ticket, RESPONSE)).toEqual(NOT_AWAITED);
    serves(bench, next);
  },

  "an abort leaves nothing to answer, and the next request is served": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    expect(handle.abort().ok).toBe(true);
    serves(bench, handle);
    bench.send(0x01);
    const { ticket } = read(handle);
    expect(handle.abort().ok).toBe(true);
    expect(handle.write(ticket, RESPONSE)).toEqual(NOT_AWAITED);
    serves(bench, handle);
  },

  "a reset drops opener, request and attention": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    handle.setAttention(true, false);
    bench.send(0x01);
    const { ticket } = read(handle);
    bench.device.reset();
    isDead(handle);
    expect(bench.attention()).toBe(false);
    expect(bench.line()).toBe(false);
    const next = opened(bench);
    expect(next.write(ticket, RESPONSE)).toEqual(NOT_AWAITED);
    serves(bench, next);
  },

  "takes nothing without its processor, and goes on with it": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    bench.device.powered = false;
    bench.send(0x01);
    expect(handle.poll().readable).toBe(false);
    bench.device.powered = true;
    bench.time.runUntil(bench.time.nowUs);
    serves(bench, handle);
  },

  "whatever it does while it is closed, who opens it is served": ({ make }: Device) => {
    for (const whenClosed of ["refuse", "storm", "hold"] as const) {
      const bench = make({ whenClosed });
      bench.device.whenClosed = whenClosed;
      for (const cmd of [0x01, 0x04]) bench.send(cmd);
      const handle = opened(bench);
      bench.time.runUntil(bench.time.nowUs);
      serves(bench, handle);
    }
  },

  "shows attention while it is told to": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    expect(bench.attention()).toBe(false);
    handle.setAttention(true, false);
    expect(bench.attention()).toBe(true);
  },

  "interrupts for attention when that is enabled, and not before": ({ make }: Device) => {
    const bench = make({});
    const handle = opened(bench);
    bench.listen();
    handle.setAttention(true, false);
    expect(bench.line()).toBe(false);
    handle.setAttention(false, false);
    handle.enableInterrupt(true);
    handle.setAttention(true, true, true);
    expect(bench.line()).toBe(true);
  },

  // Goal: no host can bring a device to where it does not serve a host that keeps the protocol.
  // Method: random accesses, seeded, with a daemon that answers, dies and comes back.
  "survives every host, and serves the next that keeps the protocol": ({ make }: Device) => {
    for (let seed = 1; seed <= 150; seed++) {
      const draw = generator(seed);
      const bench = make({});
      let handle = opened(bench);
      for (let access = 0; access < 200; access++) {
        bench.touch(draw(60), draw(256));
        if (draw(8) === 0 && handle.poll().readable) {
          const { ticket } = read(handle);
          if (draw(2) === 0) handle.write(ticket, ramp(3 + draw(60)));
        }
        if (draw(40) === 0) {
          handle.close();
          handle = opened(bench);
        }
      }
      bench.recover();
      serves(bench, handle);
    }
  },
};

holdTo(DEVICES, CASES);

function sendsAnother(bench: DeviceBench): void {
  bench.send(0x04);
}

/** Longer than the 5 s that the BMC says to need at the most. */
function letsItsTimePass({ time }: DeviceBench): void {
  time.runUntil(time.nowUs + 6_000_000);
}

function opened({ device }: DeviceBench): DeviceHandle {
  const result = device.open(() => {});
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function read(handle: DeviceHandle, bytesMax = 1_024): Incoming {
  const result = handle.read(bytesMax);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** Whatever lies about from before is taken or ended; the request that is sent now is served. */
function serves(bench: DeviceBench, handle: DeviceHandle): void {
  for (let left = 0; left < LEFT_MAX; left++) {
    while (handle.poll().readable) read(handle);
    handle.abort();
    bench.take();
  }
  bench.send(0x37);
  const { ticket, message } = read(handle);
  expect([...message]).toEqual([0x18, 0x37]);
  expect(handle.write(ticket, Uint8Array.of(0x1c, 0x37, 0x00, 0x55)).ok).toBe(true);
  expect(bench.take()).toEqual([0x1c, 0x37, 0x00, 0x55]);
}

function isDead(handle: DeviceHandle): void {
  expect(handle.read(1_024)).toEqual(CLOSED);
  expect(handle.write(1, RESPONSE)).toEqual(CLOSED);
  expect(handle.abort()).toEqual(CLOSED);
  expect(handle.setAttention(true, true)).toEqual(CLOSED);
  expect(handle.enableInterrupt(true)).toEqual(CLOSED);
  expect(handle.poll()).toEqual({ readable: false, writable: false });
}

function ramp(bytes: number): Uint8Array {
  const response = Uint8Array.from({ length: bytes }, (_, at) => (at * 3) & 0xff);
  response.set([0x1c, 0x01, 0x00]);
  return response;
}
