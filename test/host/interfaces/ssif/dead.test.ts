import { expect, test } from "vitest";
import { Failure, Pace } from "../../../../src/host/interfaces/machine.ts";
import { Ssif } from "../../../../src/host/interfaces/ssif/ssif.ts";
import { SSIF_TIMING } from "../../../../src/host/interfaces/ssif/timing.ts";
import { BYTE_US, CLOCK_LOW_TIMEOUT_US } from "../../../../src/wire/smbus/bus.ts";
import { Bus, type SmbusPort } from "../../../../src/wire/smbus/port.ts";
import { SSIF_ADDRESS } from "../../../../src/wire/ssif/protocol.ts";
import { BusTime, driveOnBus } from "./bus-time.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
/** What a transaction may be late by: the byte at which its time ran out, and its STOP. */
const SLACK_US = 3 * CLOCK_LOW_TIMEOUT_US;
const NO_BLOCK: readonly number[] = [];

interface Behaviour {
  readonly address?: Bus;
  readonly byte?: Bus;
  /** The count and the bytes of the nth block read; behind them FFh. */
  readonly block?: (nth: number) => readonly number[];
}

/** A device that behaves so and no other way. */
class Dead implements SmbusPort {
  readonly alert = false;
  readonly time = new BusTime();
  addresses = 0;
  steps = 0;
  requests = 0;
  readonly #behaviour: Behaviour;
  #blocks = 0;
  #block = NO_BLOCK;
  #at = 0;
  #command = true;

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  start(addressByte: number): Bus {
    this.addresses++;
    this.#command = (addressByte & 1) === 0;
    if (!this.#command) this.#block = this.#behaviour.block?.(this.#blocks++) ?? NO_BLOCK;
    this.#at = 0;
    return this.#take(this.#behaviour.address ?? Bus.Ack);
  }

  write(value: number): Bus {
    if (this.#command && value === 0x02) this.requests++;
    this.#command = false;
    return this.#take(this.#behaviour.byte ?? Bus.Ack);
  }

  read(): number {
    this.#take(Bus.Ack);
    return this.#block[this.#at++] ?? 0xff;
  }

  stop(): Bus {
    this.time.elapse(10);
    return Bus.Ack;
  }

  #take(bus: Bus): Bus {
    this.steps++;
    this.time.elapse(bus === Bus.TimedOut ? CLOCK_LOW_TIMEOUT_US : BYTE_US);
    return bus;
  }
}

function first(...data: readonly number[]): readonly number[] {
  return [32, 0x00, 0x01, ...data, ...Array.from({ length: 30 - data.length }, () => 0)];
}

function further(number: number, bytes = 31): readonly number[] {
  return [bytes + 1, number, ...Array.from({ length: bytes }, () => 0x55)];
}

// Goal: whatever a dead or lying device does, the transaction ends in time, and quietly.
const DEVICES: readonly (readonly [
  what: string,
  behaviour: Behaviour,
  failure: Failure,
  requests: number,
])[] = [
  ["nobody there", { address: Bus.Nack }, Failure.InputStuck, 0],
  ["no byte wanted", { byte: Bus.Nack }, Failure.InputStuck, 23],
  ["another master for ever", { address: Bus.Lost }, Failure.Contended, 0],
  ["the clock held for ever", { address: Bus.TimedOut }, Failure.InputStuck, 0],
  ["the clock held at each byte", { byte: Bus.TimedOut }, Failure.InputStuck, 21],
  ["empty blocks", { block: () => [0] }, Failure.Unanswered, 2],
  ["FFh for ever, as a channel without a daemon gives", { block: () => [] }, Failure.Unanswered, 2],
  ["a count of 33", { block: () => [33] }, Failure.Unanswered, 2],
  ["one byte", { block: () => [1, 0x1c] }, Failure.Unanswered, 2],
  ["two bytes", { block: () => [2, 0x1c, 0x01] }, Failure.Unanswered, 2],
  ["first blocks for ever", { block: () => first(0x1c, 0x01, 0x00) }, Failure.Broken, 12],
  ["a first block that is not full", { block: () => [31, 0, 1] }, Failure.Broken, 14],
  [
    "a wrong number on the second block",
    { block: (nth) => (nth % 2 === 0 ? first(0x1c, 0x01, 0x00) : further(1)) },
    Failure.Broken,
    13,
  ],
  [
    "the same block for ever",
    { block: (nth) => (nth % 3 === 0 ? first(0x1c, 0x01, 0x00) : further(0)) },
    Failure.Broken,
    12,
  ],
  [
    "a middle block that is not full",
    { block: (nth) => (nth % 2 === 0 ? first(0x1c, 0x01, 0x00) : further(0, 30)) },
    Failure.Broken,
    13,
  ],
  [
    "middle blocks without an end",
    { block: (nth) => (nth % 18 === 0 ? first(0x1c, 0x01, 0x00) : further((nth % 18) - 1)) },
    Failure.Unanswered,
    2,
  ],
];
test.each(DEVICES)("%s", (_, behaviour, failure, requests) => {
  const bus = new Dead(behaviour);
  const ssif = new Ssif(bus, SSIF_ADDRESS);
  ssif.begin(GET_DEVICE_ID, 0);
  const { pace, steps } = driveOnBus(ssif, bus.time);
  expect(pace).toBe(Pace.Failed);
  expect(ssif.failure()).toBe(failure);
  expect(bus.requests).toBe(requests);
  expect(bus.time.us).toBeLessThanOrEqual(SSIF_TIMING.transactionUs + SLACK_US);
  expect(bus.addresses).toBeLessThan(1_000);
  expect(steps).toBeLessThan(20_000);
});

test("a BMC that refuses a request is asked C1 times more at least, within its time", () => {
  const bus = new Dead({ address: Bus.Nack });
  const ssif = new Ssif(bus, SSIF_ADDRESS, { ...SSIF_TIMING, inputTimeoutUs: 0 });
  ssif.begin(GET_DEVICE_ID, 0);
  expect(driveOnBus(ssif, bus.time).pace).toBe(Pace.Failed);
  expect(bus.addresses).toBe(1 + SSIF_TIMING.writeRetriesMin);
});

test("a response that answers another question is read over a few times, then told as it is", () => {
  const bus = new Dead({ block: () => [3, 0x1c, 0x02, 0x00] });
  const ssif = new Ssif(bus, SSIF_ADDRESS);
  ssif.begin(GET_DEVICE_ID, 0);
  expect(driveOnBus(ssif, bus.time).pace).toBe(Pace.Done);
  expect(ssif.response()).toEqual(Uint8Array.of(0x1c, 0x02, 0x00));
  expect(bus.requests).toBe(1);
  expect(ssif.recoveries()).toBe(SSIF_TIMING.badResponsesMax);
});

test("an end without data is the end", () => {
  const bus = new Dead({ block: (nth) => (nth % 2 === 0 ? first(0x1c, 0x01, 0x00) : [1, 0xff]) });
  const ssif = new Ssif(bus, SSIF_ADDRESS);
  ssif.begin(GET_DEVICE_ID, 0);
  expect(driveOnBus(ssif, bus.time).pace).toBe(Pace.Done);
  expect(ssif.response().length).toBe(30);
});

// Goal: the time at which a transaction is given up does not depend on where it is then. Method:
// the time runs out at each step of a long exchange.
test("the bus is let go wherever the time runs out", () => {
  const block = (nth: number) => (nth === 0 ? first(0x1c, 0x01, 0x00) : further(0xff));
  for (let transactionUs = 100; transactionUs < 15_000; transactionUs += BYTE_US) {
    const bus = new Dead({ block });
    const ssif = new Ssif(bus, SSIF_ADDRESS, { ...SSIF_TIMING, transactionUs });
    ssif.begin(GET_DEVICE_ID, 0);
    const { pace } = driveOnBus(ssif, bus.time);
    if (pace === Pace.Done) continue;
    expect(ssif.failure()).toBe(Failure.OutOfTime);
    expect(bus.time.us).toBeLessThan(transactionUs + SLACK_US);
    expect(ssif.begin(GET_DEVICE_ID, bus.time.us)).toBeUndefined();
  }
});
