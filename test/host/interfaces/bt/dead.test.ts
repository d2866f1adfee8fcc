import { describe, expect, test } from "vitest";
import { BtDevice, type BtDeviceOptions } from "../../../../src/bmc/bt/device.ts";
import { Bt } from "../../../../src/host/interfaces/bt/bt.ts";
import { BT_TIMING } from "../../../../src/host/interfaces/bt/limits.ts";
import { Again, Failure, Pace } from "../../../../src/host/interfaces/machine.ts";
import { VirtualTime } from "../../../../src/time/virtual.ts";
import { BT_LAYOUT } from "../../../../src/wire/bt/protocol.ts";
import { BtRegisters } from "../../../../src/wire/bt/registers.ts";
import { FaultyRegisterPort, type RegisterFault } from "../../../../src/wire/registers/faults.ts";
import type { RegisterPort } from "../../../../src/wire/registers/port.ts";
import { drive } from "../drive.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const POLL_US = 10_000;
const POLL_SHORT_US = 100;

/** A register block that always reads the same. */
class Stuck implements RegisterPort {
  accesses = 0;
  writes = 0;
  readonly #control: number;
  readonly #byte: number;

  constructor(control: number, byte = 0) {
    this.#control = control;
    this.#byte = byte;
  }

  read(offset: number): number {
    this.accesses++;
    return offset === 0 ? this.#control : this.#byte;
  }

  write(): void {
    this.accesses++;
    this.writes++;
  }
}

// Goal: whatever a dead BMC's registers read, the transaction ends in time, and quietly.
test.each([
  ["all ones: nobody there", 0xff, 0x00, Failure.NotReady, 0],
  ["busy for ever", 0x80, 0x00, Failure.NotReady, 0],
  ["a request that is never taken", 0x04, 0x00, Failure.NotReady, 0],
  ["all zeros: a warm reset in the end", 0x00, 0x00, Failure.Unanswered, 25],
  ["responses of no length, without end", 0x08, 0x00, Failure.Unanswered, 1_600],
  ["responses of 255 bytes, without end", 0x08, 0xff, Failure.Unanswered, 1_600],
])("%s", (_, control, byte, failure, writes) => {
  const port = new Stuck(control, byte);
  const bt = new Bt(port);
  bt.begin(GET_DEVICE_ID, 0);
  const { pace, nowUs } = drive(bt, 0, POLL_US);
  expect([pace, bt.failure()]).toEqual([Pace.Failed, failure]);
  expect(nowUs).toBeLessThanOrEqual(BT_TIMING.transactionUs + POLL_US);
  expect(port.writes).toBeLessThanOrEqual(writes);
  expect(port.accesses).toBeLessThan(60_000);
});

// Goal: all 256 values of a stuck BT_CTRL end, with any Length in the FIFO.
test("every stuck BT_CTRL ends within the bound", () => {
  for (let control = 0; control < 256; control++) {
    for (const byte of [0, 1, 3, 4, 63, 255]) {
      for (const again of Object.values(Again)) {
        const port = new Stuck(control, byte);
        const bt = new Bt(port);
        bt.begin(GET_DEVICE_ID, 0, again);
        const { pace, nowUs } = drive(bt, 0, POLL_US);
        expect(pace).toBe(Pace.Failed);
        expect(nowUs).toBeLessThanOrEqual(BT_TIMING.transactionUs + POLL_US);
        expect(port.accesses).toBeLessThan(100_000);
      }
    }
  }
});

/** Our BMC behind a wire that breaks; its daemon answers each request with a mark of its own. */
class Bench {
  readonly time = new VirtualTime();
  readonly registers = new BtRegisters();
  readonly device: BtDevice;
  readonly faulty: FaultyRegisterPort;
  readonly bt: Bt;
  beforeAccess: () => void = () => {};
  accesses = 0;

  constructor(options: Partial<BtDeviceOptions> = {}) {
    const { time, registers } = this;
    const lane = time.lane("bmc");
    this.faulty = new FaultyRegisterPort(
      registers,
      { layout: BT_LAYOUT, spacing: 1 },
      {
        now: () => time.nowUs,
        later: (us, run) => lane.at(time.nowUs + us, "later", run),
      },
    );
    this.device = new BtDevice(registers, lane, {
      inputLatencyUs: 1,
      whenClosed: "refuse",
      trusting: false,
      busyWhileFull: false,
      capabilities: {
        outstandingRequests: 1,
        inputBytesMax: 255,
        outputBytesMax: 255,
        requestToResponseS: 5,
        retries: 1,
      },
      ...options,
    });
    this.device.reset();
    this.bt = new Bt({
      read: (offset) => {
        this.#access();
        return this.faulty.read(offset);
      },
      write: (offset, value) => {
        this.#access();
        this.faulty.write(offset, value);
      },
    });
  }

  serve(): void {
    const opened = this.device.open(() => {
      const request = opened.ok ? opened.value.read(300) : undefined;
      if (request?.ok !== true || !opened.ok) return;
      const { message, ticket } = request.value;
      const response = Uint8Array.of(0x1c, message[1] ?? 0, 0x00, ...message.subarray(2));
      opened.value.write(ticket, response);
    });
  }

  /** One transaction; its data come back if all is well. */
  transact(mark: number): { readonly pace: Pace; readonly us: number } {
    const fromUs = this.time.nowUs;
    this.bt.begin(Uint8Array.of(0x18, 0x01, mark), fromUs);
    for (;;) {
      const pace = this.bt.step(this.time.nowUs);
      if (pace === Pace.Done || pace === Pace.Failed) {
        return { pace, us: this.time.nowUs - fromUs };
      }
      const wakeUs = this.bt.wakeAtUs();
      if (pace === Pace.Later)
        this.time.runUntil(Math.min(this.time.nowUs + POLL_SHORT_US, wakeUs));
      if (pace === Pace.Rest) this.time.runUntil(wakeUs);
    }
  }

  #access(): void {
    this.beforeAccess();
    this.accesses++;
    this.time.runUntil(this.time.nowUs + 1);
  }
}

const BITS = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80] as const;

describe.each(BITS)("bit %i of BT_CTRL", (bits) => {
  // Goal: only the bits that nobody can do without cost the transaction, and that in its time.
  test.each([0, 1] as const)("stuck at %i", (level) => {
    const fatal = ["4=1", "8=0", "128=1"].includes(`${bits}=${level}`);
    const outcome = fatal ? Pace.Failed : Pace.Done;
    const bench = new Bench();
    bench.serve();
    bench.faulty.inject({ kind: "stuck", reg: "control", bits, level });
    for (let mark = 0; mark < 4; mark++) {
      const { pace, us } = bench.transact(mark);
      expect(pace).toBe(outcome);
      if (pace === Pace.Done) expect([...bench.bt.response()]).toEqual([0x1c, 0x01, 0x00, mark]);
      expect(us).toBeLessThanOrEqual(BT_TIMING.transactionUs + POLL_US);
    }
    expect(bench.accesses).toBeLessThan(1_000_000);
  });

  // Goal: afterwards all is as it was.
  test.each([0, 1] as const)("stuck at %i for a while", (level) => {
    const bench = new Bench();
    bench.serve();
    const fault = bench.faulty.inject({ kind: "stuck", reg: "control", bits, level });
    bench.transact(1);
    fault.end();
    bench.transact(2);
    expect(bench.transact(3).pace).toBe(Pace.Done);
    expect([...bench.bt.response()]).toEqual([0x1c, 0x01, 0x00, 3]);
  });
});

// Goal: any one lost or repeated write, or spoilt byte, costs a retry at most. A spoilt byte of
// data no protocol without a checksum can notice. Method: at each write, or byte, of a transaction.
const FAULTS: readonly (readonly [string, RegisterFault])[] = [
  ["a lost write", { kind: "lost-write", reg: "any", count: 1 }],
  ["a repeated write", { kind: "repeated-write", reg: "any", count: 1, us: 2 }],
  ["a spoilt byte on its way back", { kind: "corrupt", direction: "read", xor: 0x40, count: 1 }],
  ["a spoilt byte on its way there", { kind: "corrupt", direction: "write", xor: 0x40, count: 1 }],
];

test.each(FAULTS)("%s at any access ends well, or in time", (_, fault) => {
  for (let nth = 0; nth < 24; nth++) {
    const bench = new Bench();
    bench.serve();
    bench.beforeAccess = () => {
      if (bench.accesses === nth) bench.faulty.inject(fault);
    };
    const { us } = bench.transact(nth);
    expect(us).toBeLessThanOrEqual(BT_TIMING.transactionUs + POLL_US);
    // The next transaction but one finds nothing of it, whatever it was.
    bench.transact(1);
    const { pace } = bench.transact(2);
    expect([pace, ...bench.bt.response()]).toEqual([Pace.Done, 0x1c, 0x01, 0x00, 2]);
  }
});

describe("a BMC without a daemon", () => {
  test("refuses: the answer is the interface's, CEh", () => {
    const bench = new Bench();
    bench.device.whenClosed = "refuse";
    expect(bench.transact(1).pace).toBe(Pace.Done);
    expect([...bench.bt.response()]).toEqual([0x1c, 0x01, 0xce]);
  });

  test("holds: B_BUSY stays set, and the transaction fails in time", () => {
    const bench = new Bench({ whenClosed: "hold" });
    bench.device.powered = true;
    expect(bench.transact(1).pace).toBe(Pace.Failed);
    expect(bench.bt.failure()).toBe(Failure.NotReady);
    bench.serve();
    expect(bench.transact(2).pace).toBe(Pace.Done);
  });

  test("storms: attention to responses that are none; the host does not storm it in turn", () => {
    const bench = new Bench({ whenClosed: "storm" });
    bench.device.powered = true;
    const { pace, us } = bench.transact(1);
    expect(pace).toBe(Pace.Failed);
    expect(us).toBeLessThanOrEqual(BT_TIMING.transactionUs + POLL_US);
    expect(bench.accesses).toBeLessThan(100_000);
    bench.serve();
    expect(bench.transact(2).pace).toBe(Pace.Done);
  });
});
