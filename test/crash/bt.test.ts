import { describe, expect, test } from "vitest";
import { selCommands, watchdogCommands } from "../../src/crash/commands.ts";
import { executorCode } from "../../src/crash/executor.ts";
import { Outcome, Stage } from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import { BOUNDS, COMMANDS } from "./bounds.ts";
import { crash } from "./crash-machine.ts";
import { crashedWithin } from "./old-kernel.ts";

const SENT = COMMANDS.map(({ bytes }) => hex(bytes));
const ALL = [Outcome.Answered, Outcome.Answered, Outcome.Answered];
const STRIDE = 5;

function fault(when: string, what: string): string {
  return `faults:\n  - { when: { ${when} }, may-miss: true, ${what} }`;
}

describe("a BMC on BT that is well", () => {
  test.each([1, 4, 16] as const)("has all commands, registers %i apart", (spacing) => {
    const { outcomes, carriedOut, verdict } = crash({ kind: "bt", spacing });
    expect(outcomes).toEqual(ALL);
    expect(carriedOut).toEqual(SENT);
    expect(verdict.fault).toEqual([]);
  });

  test("has three commands in no more than 170 register accesses", () => {
    const commands = [
      ...watchdogCommands({ seconds: 60, action: "HardReset" }),
      ...selCommands(""),
    ];
    const scenario = "bmc: { command-latency: 1us }";
    expect(crash({ kind: "bt", commands, scenario }).accesses).toBeLessThanOrEqual(170);
  });

  test("is slow, and has all commands", () => {
    const { outcomes, carriedOut } = crash({
      kind: "bt",
      scenario: "bmc: { command-latency: 3ms }",
    });
    expect(outcomes).toEqual(ALL);
    expect(carriedOut).toEqual(SENT);
  });
});

describe("a BMC on BT that is not well", () => {
  test("and whose registers read as FFh is absent after two reads", () => {
    const { results, accesses } = crash({
      kind: "bt",
      scenario: fault("start: true", "wire: { all-ones: true }"),
    });
    expect(results.commands).toMatchObject([{ outcome: Outcome.Absent }]);
    expect(accesses).toBe(2);
  });

  test("and whose processor stands still may have one request, which lies in its FIFO", () => {
    const { results } = crash({
      kind: "bt",
      scenario: fault("start: true", "bmc: { hang: chip }"),
    });
    expect(results.commands).toMatchObject([
      { outcome: Outcome.NotAnswered },
      { outcome: Outcome.NotTaken, stage: Stage.TakingOver },
      { outcome: Outcome.NotTaken, stage: Stage.TakingOver },
    ]);
  });
});

// Goal: whatever a BMC does, the executor has an end, and what must not be done twice is not.
test.each([
  ["its processor stops", "bmc: { hang: chip }"],
  ["its daemon stops for a while", "bmc: { hang: daemon }, for: 2ms"],
  ["its registers are gone", "wire: { all-ones: true }"],
  ["it resets", "bmc: { reset: { away: 3ms } }"],
])("an end, and nothing twice, at every fifth access: %s", (_name, what) => {
  const whole = crash({ kind: "bt" });
  for (let access = 1; access <= whole.accesses; access += STRIDE) {
    const { carriedOut, accesses, outcomes } = crash({
      kind: "bt",
      bounds: { looks: 300, restLooks: 50 },
      scenario: fault(`access: ${access}`, what),
    });
    expect(accesses).toBeLessThan(3 * 3 * 500);
    for (const [index, { bytes, once }] of COMMANDS.entries()) {
      const times = carriedOut.filter((each) => each === hex(bytes)).length;
      if (once) expect(times).toBeLessThanOrEqual(1);
      if (outcomes[index] === Outcome.Answered) expect(times).toBeGreaterThanOrEqual(1);
      if (outcomes[index] === Outcome.NotTaken) expect(times).toBe(0);
    }
  }
});

// Goal: what the kernel that crashed had begun keeps nobody from being told, and its answers are taken for
// no others. The old kernel of these tests uses the executor's own sequence numbers: the worst case.
// The referee takes both kernels for one host, so that it misses what the old one did not read to its end.
test.each([30, 60])("the old kernel dies in a transfer, its answer due in %i us", (us) => {
  const scenario = `bmc: { command-latency: ${us}us }`;
  for (const before of crashedWithin({ kind: "bt", scenario })) {
    const { outcomes, carriedOut, verdict } = crash({ kind: "bt", before, scenario });
    expect(outcomes).toEqual(ALL);
    expect(carriedOut.filter((each) => each !== "18 01")).toEqual(SENT);
    const others = verdict.violations.filter(({ rule }) => rule !== "BT-05");
    expect(others).toEqual([]);
  }
});

test("five commands over BT take no more than 1,300 bytes", () => {
  const location = { at: "io", kind: "bt", base: 0xe4, spacing: 1, width: 8 } as const;
  const watchdog = watchdogCommands({ seconds: 300, action: "HardReset" });
  const commands = [...watchdog, ...selCommands("OS stop, really now")];
  const bounds = { ...BOUNDS, budgetTicks: 2 ** 40 };
  const parts = { location, commands, bounds, entry: -0x100_0000, saved: new Uint8Array(8) };
  expect(executorCode(parts).length).toBeLessThanOrEqual(1_300);
});
