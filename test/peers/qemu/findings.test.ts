import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type IpmiDevice, startIpmiDevice } from "../../../src/seats/qemu/index.ts";
import { Control, Phase } from "../../../src/wire/kcs/protocol.ts";
import { leavesNothing } from "../nothing-left.ts";
import { ByHand } from "./by-hand.ts";

/** What QEMU's KCS device does otherwise than the specification has it: docs/findings.md. */

let device: IpmiDevice;
let kcs: ByHand;

leavesNothing();

beforeEach(async () => {
  device = await startIpmiDevice({ interface: "kcs", bus: "isa" });
  kcs = new ByHand(device.port);
});

afterEach(async () => {
  await device.machine.stop();
});

const phase = () => kcs.status >> 6;

/** Get Device ID, until the first byte of the response waits. */
function upToRead(): void {
  kcs.command(Control.WriteStart).taken();
  kcs.data(0x18).taken();
  kcs.command(Control.WriteEnd).taken();
  kcs.data(0x01);
  expect(phase()).toBe(Phase.Read);
}

function broken(): readonly string[] {
  const { violations, notes } = kcs.verdict();
  return [...violations, ...notes.map(({ rule }) => ({ rule: `${rule} note` }))]
    .map(({ rule }) => rule)
    .filter((rule) => rule !== "KCS-34 note");
}

describe("WRITE_START, which is legal in every state", () => {
  test("in READ state ends in ERROR", () => {
    upToRead();
    kcs.command(Control.WriteStart).taken();
    expect(phase()).toBe(Phase.Error);
    expect(broken()).toContain("KCS-22");
  });

  test("in ERROR state changes nothing", () => {
    kcs.command(0x65).taken();
    expect(phase()).toBe(Phase.Error);
    kcs.command(Control.WriteStart).taken();
    expect(phase()).toBe(Phase.Error);
    expect(broken()).toContain("KCS-22");
  });

  test("in WRITE state ends in ERROR", () => {
    kcs.command(Control.WriteStart).taken();
    kcs.data(0x18).taken();
    kcs.command(Control.WriteStart).taken();
    expect(phase()).toBe(Phase.Error);
    expect(broken()).toContain("KCS-22");
  });
});

test("ERROR is shown, not WRITE, between GET_STATUS/ABORT and the 00h after it", () => {
  upToRead();
  kcs.command(Control.GetStatusAbort).taken();
  expect(phase()).toBe(Phase.Error);
  kcs.data(0x00).taken();
  expect(phase()).toBe(Phase.Read);
  kcs.data(Control.Read).taken();
  expect(phase()).toBe(Phase.Idle);
  expect(broken()).toContain("KCS-21 note");
});

test("C/D# is 0 after a write to Command", () => {
  kcs.command(Control.WriteStart);
  expect(kcs.status & 0x08).toBe(0);
  expect(kcs.verdict().notes.map(({ rule }) => rule)).toContain("KCS-34");
});
