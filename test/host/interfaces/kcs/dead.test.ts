import { expect, test } from "vitest";
import { KCS_TIMING, Kcs } from "../../../../src/host/interfaces/kcs/kcs.ts";
import { Again, Failure, Pace } from "../../../../src/host/interfaces/machine.ts";
import type { RegisterPort } from "../../../../src/wire/registers/port.ts";
import { drive } from "../drive.ts";
import { StrictKcs } from "./strict-kcs.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const POLL_US = 10_000;

/** A register block that always reads the same. */
class Stuck implements RegisterPort {
  accesses = 0;
  writes = 0;
  readonly #status: number;

  constructor(status: number) {
    this.#status = status;
  }

  read(offset: number): number {
    this.accesses++;
    return offset === 1 ? this.#status : 0x00;
  }

  write(): void {
    this.accesses++;
    this.writes++;
  }
}

// Goal: whatever a dead BMC's registers read, the transaction ends in time, and quietly.
test.each([
  ["all ones: nobody there", 0xff, Failure.InputStuck, 0],
  ["IBF stuck", 0x02, Failure.InputStuck, 0],
  ["all zeros", 0x00, Failure.NotRecovered, 59],
  ["ERROR for ever", 0xc0, Failure.NotRecovered, 58],
  ["ERROR for ever, with output", 0xc1, Failure.NotRecovered, 58],
  ["READ for ever, without output", 0x40, Failure.NotRecovered, 58],
  ["WRITE for ever", 0x80, Failure.NotRecovered, 58],
  ["IDLE for ever, with output", 0x01, Failure.NotRecovered, 59],
])("%s", (_, status, failure, writes) => {
  const port = new Stuck(status);
  const kcs = new Kcs(port);
  kcs.begin(GET_DEVICE_ID, 0);
  const { pace, nowUs } = drive(kcs, 0, POLL_US);
  expect(pace).toBe(Pace.Failed);
  expect(kcs.failure()).toBe(failure);
  expect(nowUs).toBeLessThanOrEqual(KCS_TIMING.transactionUs + POLL_US);
  expect(port.writes).toBeLessThanOrEqual(writes);
  expect(port.accesses).toBeLessThan(2_000);
});

// Goal: all 256 values of a stuck status register end; the worst case is the stated bound.
test("every stuck status ends within the bound", () => {
  for (let status = 0; status < 256; status++) {
    for (const again of Object.values(Again)) {
      const port = new Stuck(status);
      const kcs = new Kcs(port);
      kcs.begin(GET_DEVICE_ID, 0, again);
      const { pace, nowUs } = drive(kcs, 0, POLL_US);
      expect([Pace.Failed, Pace.Done]).toContain(pace);
      expect(nowUs).toBeLessThanOrEqual(KCS_TIMING.transactionUs + POLL_US);
      expect(port.writes).toBeLessThan(4 * 2 * 272 + 20);
    }
  }
});

// The field's golden trace: every host write is answered with ERROR and a 00h byte.
test("the zombie answers every write with ERROR and 00h", () => {
  let status = 0xc1;
  const writes: string[] = [];
  const port: RegisterPort = {
    read: (offset) => {
      if (offset === 1) return status;
      status &= ~0x01;
      return 0;
    },
    write: (offset, value) => {
      writes.push(`${offset === 1 ? "C" : "D"}${value.toString(16)}`);
      status = offset === 1 ? 0xc9 : 0xc1;
    },
  };
  const kcs = new Kcs(port);
  kcs.begin(GET_DEVICE_ID, 0);
  const { pace, steps } = drive(kcs, 0, POLL_US);
  expect(pace).toBe(Pace.Failed);
  expect(writes).toEqual(Array(29).fill(["C60", "D0"]).flat());
  expect(steps).toBeLessThan(200);
});

// A BMC that takes bytes but whose application never answers: each try has its five seconds, the
// interface is left in IDLE, and the request is not begun again without time to answer it.
test("a silent application ends after two tries, with a clean interface", () => {
  let requests = 0;
  const bmc = new StrictKcs({
    beforeAccess: (model) => {
      while (model.pending) model.turn();
    },
    onRequest: () => {
      requests++;
    },
  });
  const kcs = new Kcs(bmc);
  kcs.begin(GET_DEVICE_ID, 0);
  const { pace, nowUs } = drive(kcs, 0, POLL_US);
  expect(pace).toBe(Pace.Failed);
  expect(kcs.failure()).toBe(Failure.Unanswered);
  expect(requests).toBe(2);
  expect(nowUs).toBeGreaterThanOrEqual(2 * KCS_TIMING.outputTimeoutUs);
  expect(nowUs).toBeLessThan(KCS_TIMING.transactionUs);
  expect(bmc.read(1) >> 6).toBe(0);
});

// Goal: every wait has the length it says, and not a poll more. Method: the BMC acts a hair before
// or at the deadline.
test.each([
  [KCS_TIMING.outputTimeoutUs - 2 * POLL_US, 0],
  [KCS_TIMING.outputTimeoutUs + 2 * POLL_US, 1],
])("a response after %i µs costs %i recoveries", (delayUs, recoveries) => {
  let nowUs = 0;
  let readyUs = Number.POSITIVE_INFINITY;
  let answered = 0;
  const bmc: StrictKcs = new StrictKcs({
    beforeAccess: (model) => {
      while (model.pending) model.turn();
      if (nowUs < readyUs) return;
      readyUs = Number.POSITIVE_INFINITY;
      model.respond(Uint8Array.of(0x1c, 0x01, 0x00));
      model.turn();
    },
    onRequest: () => {
      readyUs = nowUs + (answered++ === 0 ? delayUs : 0);
    },
  });
  const kcs = new Kcs(bmc);
  kcs.begin(GET_DEVICE_ID, 0);
  let pace: Pace = Pace.Again;
  while (pace === Pace.Again || pace === Pace.Later) {
    pace = kcs.step(nowUs);
    nowUs += pace === Pace.Later ? POLL_US : 1;
  }
  expect(pace).toBe(Pace.Done);
  expect(kcs.recoveries()).toBe(recoveries);
});
