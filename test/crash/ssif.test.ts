import { expect, test } from "vitest";
import { crashCommand, selCommands, watchdogCommands } from "../../src/crash/commands.ts";
import { executorCode } from "../../src/crash/executor.ts";
import { Outcome, Stage } from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import { StrictController } from "../../src/lab/crash/controller.ts";
import { labBounds } from "../../src/lab/crash/lab-bounds.ts";
import { I801Control, I801Register, I801Status } from "../../src/wire/smbus/i801.ts";
import { Bus, type SmbusPort } from "../../src/wire/smbus/port.ts";
import { BOUNDS, COMMANDS } from "./bounds.ts";
import { crash } from "./crash-machine.ts";

const SENT = COMMANDS.map(({ bytes }) => hex(bytes));
const bounds = labBounds("ssif");

function fault(what: string): string {
  return `faults:\n  - { when: { start: true }, may-miss: true, ${what} }`;
}

test.each(["1us", "3ms"])("a BMC on SSIF that answers after %s has all commands", (latency) => {
  const scenario = `bmc: { command-latency: ${latency} }`;
  const { results, carriedOut, verdict } = crash({ kind: "ssif", bounds, scenario });
  expect(results.commands.map(({ completionCode }) => completionCode)).toEqual([0, 0, 0]);
  expect(carriedOut).toEqual(SENT);
  expect(verdict.fault).toEqual([]);
});

test("a refusal's completion code is kept, and that of a response in several blocks", () => {
  const refused = crashCommand(Uint8Array.of(0x18, 0x24, 0x04));
  // Read FRU Data, 60 bytes.
  const long = crashCommand(Uint8Array.of(0x28, 0x11, 0x00, 0x00, 0x00, 60));
  const commands = [refused, long, ...COMMANDS];
  const { results, verdict } = crash({ kind: "ssif", bounds, commands });
  expect(results.commands.map(({ completionCode }) => completionCode)).toEqual([0xc7, 0, 0, 0, 0]);
  expect(verdict.fault).toEqual([]);
});

test("a BMC whose daemon hangs is asked again only for what may be done twice", () => {
  const { results } = crash({ kind: "ssif", bounds, scenario: fault("bmc: { hang: daemon }") });
  const [watchdog, ...once] = results.commands;
  expect(watchdog).toMatchObject({ outcome: Outcome.NotAnswered, tries: bounds.tries });
  const taken = once.filter(({ outcome }) => outcome === Outcome.NotAnswered);
  expect(taken.every(({ tries, stage }) => tries === 1 && stage === Stage.Sent)).toBe(true);
});

test("a BMC that is not there costs no more than the budget", () => {
  const budgetUs = 100_000;
  const { results, tookUs } = crash({
    kind: "ssif",
    bounds: { ...bounds, budgetTicks: budgetUs * 2_000 },
    scenario: fault("wire: { all-ones: true }"),
  });
  expect(results.commands).toMatchObject([{ outcome: Outcome.OutOfTime }]);
  expect(tookUs).toBeLessThanOrEqual(budgetUs + 1_000);
});

test("five commands over SSIF take no more bytes than are promised", () => {
  const location = { at: "i801", kind: "ssif", base: 0x700, address: 0x10 } as const;
  const watchdog = watchdogCommands({ seconds: 300, action: "HardReset" });
  const commands = [...watchdog, ...selCommands("OS stop, really now")];
  const parts = { location, commands, bounds: { ...BOUNDS, budgetTicks: 2 ** 40 } };
  const code = executorCode({ ...parts, entry: -0x100_0000, saved: new Uint8Array(8) });
  expect(code.length).toBeLessThanOrEqual(1_600);
});

const ENDED_AND_BEGUN = [
  ...[[5, 1] as const, [7, 0x18] as const, [2, 0x54] as const],
  ...[...looks(4), [0, 0x80] as const, ...looks(4)],
  ...[[7, 0x18] as const, [2, 0x54] as const],
];

// Goal: the model of the controller sees what a driver does out of order. Method: each such thing, alone.
test.each([
  ["begins with a status that was not cleared", "not cleared", ENDED_AND_BEGUN],
  [
    "writes a register while it works",
    "at work",
    [
      [2, 0x54],
      [4, 0x20],
    ],
  ],
  [
    "begins while it works",
    "while it was at work",
    [
      [2, 0x54],
      [2, 0x54],
    ],
  ],
  ["sends a byte that it did not give", "not given", [[2, 0x54]]],
  ["reads a buffer where nothing is", "where nothing is", [[7]]],
  [
    "sends by the buffer",
    "by the buffer",
    [
      [0x0d, 2],
      [2, 0x54],
    ],
  ],
  ["moves no block", "no block", [[2, 0x48]]],
] as const)("a driver that %s is told so", (_name, why, accesses) => {
  const controller = new StrictController(silentBus(), () => {});
  for (const [offset, value] of accesses) {
    if (value === undefined) controller.read(offset);
    else controller.write(offset, value);
  }
  expect(controller.breaches.join()).toContain(why);
});

test("a transfer that waits for its driver is ended by KILL", () => {
  const controller = new StrictController(silentBus(), () => {});
  controller.write(I801Register.Data0, 2);
  controller.write(I801Register.BlockData, 0x18);
  controller.write(I801Register.HostControl, I801Control.Start | I801Control.Block);
  for (let look = 0; look < 4; look++) controller.read(I801Register.HostStatus);
  const { Busy, ByteDone, Failed } = I801Status;
  expect(controller.read(I801Register.HostStatus)).toBe(Busy | ByteDone);
  controller.write(I801Register.HostControl, I801Control.Kill);
  for (let look = 0; look < 4; look++) controller.read(I801Register.HostStatus);
  expect(controller.read(I801Register.HostStatus)).toBe(Failed | ByteDone);
  expect(controller.breaches).toEqual([]);
});

function looks(count: number): readonly (readonly [number])[] {
  return Array.from({ length: count }, () => [I801Register.HostStatus] as const);
}

/** A bus on which everything is acknowledged. */
function silentBus(): SmbusPort {
  const ack = () => Bus.Ack;
  return { start: ack, write: ack, read: () => 0, stop: ack, alert: false };
}
