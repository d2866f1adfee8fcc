import { describe, expect, test } from "vitest";
import { ExternBmc, type ExternBmcParts } from "../../../src/seats/qemu/index.ts";
import {
  encodeVmMessage,
  encodeVmOperation,
  VmCapability,
  type VmFrame,
  VmOperation,
  VmReader,
} from "../../../src/seats/vm-protocol.ts";
import { VirtualTime } from "../../../src/time/index.ts";
import { Tracer } from "../../../src/trace/tracer.ts";

const EVERYTHING = Object.values(VmCapability).reduce((all, bit) => all | bit, 0);
const GET_DEVICE_ID = [0x18, 0x01];
const COLD_RESET = [0x18, 0x02];
const chassisControl = (action: number) => [0x00, 0x02, action];
/** Set Watchdog Timer: SMS/OS, the action, a pre-timeout by NMI 1 s before the end after 2 s. */
const setWatchdog = (action: number) => [0x18, 0x24, 0x04, 0x20 | action, 1, 0, 20, 0];
const RESET_WATCHDOG = [0x18, 0x22];
/** Set BMC Global Enables. */
const setEnables = (enables: number) => [0x18, 0x2e, enables];
const LATENCY_US = 500;

class FakeQemu {
  readonly time = new VirtualTime();
  readonly bmc: ExternBmc;
  dropped = 0;
  readonly #got: VmFrame[] = [];
  #sequence = 0;

  constructor(parts: Partial<ExternBmcParts> = {}) {
    const scheduler = this.time.lane("bmc");
    const tracer = new Tracer(() => this.time.nowUs);
    this.bmc = new ExternBmc({ scheduler, tracer, latencyUs: LATENCY_US, ...parts });
  }

  connect(capabilities: number = EVERYTHING): this {
    const reader = new VmReader();
    this.bmc.connected({
      write: (bytes) => this.#got.push(...reader.push(bytes)),
      drop: () => {
        this.dropped++;
        this.bmc.disconnected();
      },
    });
    this.bmc.receive(encodeVmOperation(VmOperation.Version, 1));
    this.bmc.receive(encodeVmOperation(VmOperation.Capabilities, capabilities));
    return this;
  }

  ask(request: readonly number[]): void {
    this.bmc.receive(encodeVmMessage(this.#sequence++, Uint8Array.from(request)));
  }

  /** What came within so long, responses as bytes with their sequence number before them. */
  within(us: number): { operations: number[]; responses: number[][] } {
    this.time.runUntil(this.time.nowUs + us);
    const got = this.#got.splice(0);
    return {
      operations: got.flatMap((frame) => (frame.kind === "operation" ? [frame.operation] : [])),
      responses: got.flatMap((frame) => {
        return frame.kind === "message" ? [[frame.sequence, ...frame.message]] : [];
      }),
    };
  }

  /** The operations that a request leads to within 10 ms. */
  operationsOf(request: readonly number[]): number[] {
    this.within(0);
    this.ask(request);
    return this.within(10_000).operations;
  }
}

test("on a new connection the BMC says its version and shows its levels", () => {
  const qemu = new FakeQemu().connect();
  const levels = [VmOperation.DisableInterrupt, VmOperation.ClearAttention];
  expect(qemu.within(0).operations).toEqual([VmOperation.Version, ...levels]);
});

test("a request is answered after the latency, under its sequence number", () => {
  const qemu = new FakeQemu().connect();
  qemu.ask(GET_DEVICE_ID);
  qemu.ask(GET_DEVICE_ID);
  expect(qemu.within(LATENCY_US - 1).responses).toEqual([]);
  const { responses } = qemu.within(1);
  expect(responses.map((response) => response.slice(0, 4))).toEqual([
    [0, 0x1c, 0x01, 0x00],
    [1, 0x1c, 0x01, 0x00],
  ]);
});

test("an answer for a connection that is gone does not go over the next one", () => {
  const qemu = new FakeQemu().connect();
  qemu.ask(GET_DEVICE_ID);
  qemu.bmc.disconnected();
  qemu.connect();
  expect(qemu.within(1_000_000).responses).toEqual([]);
});

describe("what is done to the machine", () => {
  test.each([
    ["power down", 0, [VmOperation.PowerOff]],
    ["power cycle", 2, [VmOperation.Reset]],
    ["hard reset", 3, [VmOperation.Reset]],
    ["diagnostic interrupt", 4, [VmOperation.Nmi]],
    ["soft shutdown", 5, [VmOperation.GracefulShutdown]],
  ])("%s", (_what, action, operations) => {
    const qemu = new FakeQemu().connect();
    expect(qemu.operationsOf(chassisControl(action))).toEqual(operations);
  });

  test("a power cycle is one where somebody can turn the machine on again", () => {
    let turnedOn = 0;
    const qemu = new FakeQemu({ powerUp: () => turnedOn++ }).connect();
    expect(qemu.operationsOf(chassisControl(2))).toEqual([VmOperation.PowerOff]);
    qemu.within(2_000_000);
    expect(turnedOn).toBe(1);
    expect(qemu.bmc.controller.poweredOn).toBe(true);
  });

  test("what the machine cannot have done to it is not asked for", () => {
    const qemu = new FakeQemu().connect(VmCapability.Interrupt | VmCapability.Attention);
    for (const action of [0, 2, 3, 4, 5]) {
      expect(qemu.operationsOf(chassisControl(action))).toEqual([]);
    }
  });

  test("the watchdog's pre-timeout is an NMI, its end a reset", () => {
    const qemu = new FakeQemu().connect();
    qemu.ask(setWatchdog(1));
    qemu.ask(RESET_WATCHDOG);
    const { operations } = qemu.within(2_100_000);
    const actions = operations.filter((operation) => operation >= VmOperation.PowerOff);
    expect(actions.slice(-2)).toEqual([VmOperation.Nmi, VmOperation.Reset]);
  });

  test("QEMU's word of a reset stops the watchdog", () => {
    const qemu = new FakeQemu().connect();
    qemu.ask(setWatchdog(1));
    qemu.ask(RESET_WATCHDOG);
    qemu.within(100_000);
    qemu.bmc.receive(encodeVmOperation(VmOperation.Reset));
    expect(qemu.within(5_000_000).operations).toEqual([]);
  });
});

test("attention follows the message flags, and interrupts only where that is enabled", () => {
  const qemu = new FakeQemu().connect();
  const message = Uint8Array.from([0, 0x20, 0x18, 0xc8, 0x52, 0x04, 0x01, 0xa9]);
  qemu.within(0);
  qemu.bmc.controller.queueMessage(message);
  expect(qemu.within(0).operations.at(-1)).toBe(VmOperation.SetAttention);
  const enabled = qemu.operationsOf(setEnables(0x09));
  expect(enabled).toEqual([VmOperation.EnableInterrupt, VmOperation.SetAttentionAndInterrupt]);
  const fetched = qemu.operationsOf([0x18, 0x33]);
  expect(fetched.at(-1)).toBe(VmOperation.ClearAttention);
});

// Goal: a BMC that resets is away, as a real one would be. Method: the stream ends on our side, and no
// connection is taken until the time is over; what the host had set is gone then.
test("a cold reset ends the connection for a while", () => {
  const qemu = new FakeQemu({ resetUs: 1_000 }).connect();
  qemu.operationsOf(setEnables(0x00));
  qemu.ask(COLD_RESET);
  expect(qemu.within(LATENCY_US).responses).toEqual([[1, 0x1c, 0x02, 0x00]]);
  expect(qemu.dropped).toBe(1);
  expect(qemu.bmc.present).toBe(false);
  qemu.within(1_000);
  expect(qemu.bmc.present).toBe(true);
  expect(qemu.bmc.controller.globalEnables).not.toBe(0);
});
