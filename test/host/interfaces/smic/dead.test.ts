import { expect, test } from "vitest";
import { Again, Failure, Pace } from "../../../../src/host/interfaces/machine.ts";
import { SMIC_TIMING, Smic } from "../../../../src/host/interfaces/smic/smic.ts";
import type { RegisterPort } from "../../../../src/wire/registers/port.ts";
import { drive } from "../drive.ts";
import { StrictSmic } from "./strict-smic.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const POLL_US = 10_000;

/** A register block that always reads the same. */
class Stuck implements RegisterPort {
  accesses = 0;
  starts = 0;
  touchedWhileBusy = 0;
  readonly #flags: number;
  readonly #status: number;
  readonly #data: number;

  constructor(flags: number, status: number, data = 0) {
    this.#flags = flags;
    this.#status = status;
    this.#data = data;
  }

  read(offset: number): number {
    this.#access(offset);
    return [this.#data, this.#status, this.#flags][offset] ?? 0xff;
  }

  write(offset: number, value: number): void {
    this.#access(offset);
    if (offset === 1 && value === 0x41) this.starts++;
  }

  #access(offset: number): void {
    this.accesses++;
    if (offset < 2 && (this.#flags & 0x01) !== 0) this.touchedWhileBusy++;
  }
}

// Goal: whatever a dead BMC's registers read, the transaction ends in time, and quietly.
test.each([
  ["all ones: nobody there", 0xff, 0xff, Failure.InputStuck, 0],
  ["BUSY stuck", 0x01, 0xc0, Failure.InputStuck, 0],
  ["all zeros", 0x00, 0x00, Failure.NotReady, 30],
  ["READY for ever, with RX_DATA_RDY", 0xc0, 0xc0, Failure.NotReady, 30],
  ["WR_START for ever", 0xc0, 0xc1, Failure.WrongPhase, 30],
  ["WR_START for ever, without TX_DATA_RDY", 0x00, 0xc1, Failure.InputStuck, 2],
  ["another stream's status for ever", 0xc0, 0xe1, Failure.NotReady, 30],
])("%s", (_, flags, status, failure, starts) => {
  const port = new Stuck(flags, status);
  const smic = new Smic(port);
  smic.begin(GET_DEVICE_ID, 0);
  const { pace, nowUs } = drive(smic, 0, POLL_US);
  expect(pace).toBe(Pace.Failed);
  expect(smic.failure()).toBe(failure);
  expect(nowUs).toBeLessThanOrEqual(SMIC_TIMING.transactionUs + POLL_US);
  expect(port.starts).toBe(starts);
  expect(port.accesses).toBeLessThan(2_000);
});

// Goal: all 256 values of stuck flags end, with every status code a host may look for; no register
// but the flags is touched while BUSY shows.
test("every stuck block ends within the bound", () => {
  for (let flags = 0; flags < 256; flags++) {
    for (let status = 0xbf; status < 0xc8; status++) {
      for (const again of Object.values(Again)) {
        const port = new Stuck(flags, status);
        const smic = new Smic(port);
        smic.begin(GET_DEVICE_ID, 0, again);
        const { pace, nowUs } = drive(smic, 0, POLL_US);
        expect([Pace.Failed, Pace.Done]).toContain(pace);
        expect(nowUs).toBeLessThanOrEqual(SMIC_TIMING.transactionUs + POLL_US);
        expect(port.touchedWhileBusy).toBe(0);
      }
    }
  }
});

// A BMC whose interface has no daemon behind it: WR_END is refused each time.
test("WR_END refused for ever ends with the host's patience", () => {
  let status = 0xc0;
  let starts = 0;
  const smic = new Smic({
    read: (offset) => (offset === 2 ? 0xc0 : offset === 1 ? status : 0x03),
    write: (offset, value) => {
      if (offset === 1) status = value | 0x80;
      if (offset === 1 && value === 0x41) starts++;
    },
  });
  smic.begin(GET_DEVICE_ID, 0);
  const { pace, steps } = drive(smic, 0, POLL_US);
  expect(pace).toBe(Pace.Failed);
  expect(smic.failure()).toBe(Failure.WrongPhase);
  expect(starts).toBe(30);
  expect(steps).toBeLessThan(200);
});

// A BMC that takes bytes but whose application never answers: each try has its five seconds, and
// the request is not begun again without time to answer it.
test("a silent application ends after two tries", () => {
  let requests = 0;
  const bmc = new StrictSmic({
    beforeAccess: (model) => {
      while (model.pending) model.turn();
    },
    onRequest: () => {
      requests++;
    },
  });
  const smic = new Smic(bmc);
  smic.begin(GET_DEVICE_ID, 0);
  const { pace, nowUs } = drive(smic, 0, POLL_US);
  expect(pace).toBe(Pace.Failed);
  expect(smic.failure()).toBe(Failure.Unanswered);
  expect(requests).toBe(2);
  expect(nowUs).toBeGreaterThanOrEqual(2 * SMIC_TIMING.outputTimeoutUs);
  expect(nowUs).toBeLessThan(SMIC_TIMING.transactionUs);
});

// Goal: waits that are each within their bounds do not add up beyond the transaction's.
test("a BMC that drips ends with the transaction's time", () => {
  let nowUs = 0;
  let dueUs = 0;
  const bmc: StrictSmic = new StrictSmic({
    beforeAccess: (model) => {
      if (!model.pending) dueUs = nowUs + SMIC_TIMING.inputTimeoutUs - 2 * POLL_US;
      else if (nowUs >= dueUs) model.turn();
    },
  });
  const smic = new Smic(bmc);
  smic.begin(new Uint8Array(20), 0);
  let pace: Pace = Pace.Again;
  while (pace === Pace.Again || pace === Pace.Later) {
    pace = smic.step(nowUs);
    nowUs += pace === Pace.Later ? POLL_US : 1;
  }
  expect([pace, smic.failure()]).toEqual([Pace.Failed, Failure.OutOfTime]);
  expect(nowUs).toBeGreaterThanOrEqual(SMIC_TIMING.transactionUs);
  expect(nowUs).toBeLessThanOrEqual(SMIC_TIMING.transactionUs + POLL_US);
  // What failed then is not what is said of the next one.
  smic.begin(GET_DEVICE_ID, nowUs);
  expect(smic.failure()).toBe(Failure.None);
});

// Goal: every wait has the length it says, and not a poll more. Method: the BMC acts a hair before
// or at the deadline.
test.each([
  [SMIC_TIMING.outputTimeoutUs - 2 * POLL_US, 0],
  [SMIC_TIMING.outputTimeoutUs + 2 * POLL_US, 1],
])("a response after %i µs costs %i fresh starts", (delayUs, recoveries) => {
  let nowUs = 0;
  let readyUs = Number.POSITIVE_INFINITY;
  let answered = 0;
  const bmc: StrictSmic = new StrictSmic({
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
  const smic = new Smic(bmc);
  smic.begin(GET_DEVICE_ID, 0);
  let pace: Pace = Pace.Again;
  while (pace === Pace.Again || pace === Pace.Later) {
    pace = smic.step(nowUs);
    nowUs += pace === Pace.Later ? POLL_US : 1;
  }
  expect(pace).toBe(Pace.Done);
  expect(smic.recoveries()).toBe(recoveries);
});
