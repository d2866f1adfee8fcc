import { describe, expect, test } from "vitest";
import { crashCommand, selCommands, watchdogCommands } from "../../src/crash/commands.ts";
import { executorCode } from "../../src/crash/executor.ts";
import { Outcome, Stage } from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import { BOUNDS, COMMANDS } from "./bounds.ts";
import { crash } from "./crash-machine.ts";
import { crashedWithin } from "./old-kernel.ts";

const SENT = COMMANDS.map(({ bytes }) => hex(bytes));
/** Latencies so short that no look has to wait: what is left are the accesses that the protocol asks for. */
const PROMPT = "bmc: { command-latency: 1us }";

/** Of the accesses at which a BMC breaks, every so many are played. */
const STRIDE = 5;

function fault(when: string, what: string): string {
  return `faults:\n  - { when: { ${when} }, may-miss: true, ${what} }`;
}

describe("a BMC that is well", () => {
  test.each([1, 4, 16] as const)("has all commands, registers %i apart", (spacing) => {
    const { outcomes, results, carriedOut, verdict } = crash({ spacing });
    expect(outcomes).toEqual([Outcome.Answered, Outcome.Answered, Outcome.Answered]);
    expect(results.planned).toBe(3);
    expect(results.commands.map(({ completionCode }) => completionCode)).toEqual([0, 0, 0]);
    expect(carriedOut).toEqual(SENT);
    expect(verdict.fault).toEqual([]);
  });

  test("refuses a command, and its completion code is kept", () => {
    const refused = crashCommand(Uint8Array.of(0x18, 0x24, 0x04));
    const { results, carriedOut } = crash({ commands: [refused, ...COMMANDS] });
    expect(results.commands[0]).toMatchObject({ outcome: Outcome.Answered, completionCode: 0xc7 });
    expect(carriedOut).toHaveLength(4);
  });

  test("costs three commands no more than 170 register accesses", () => {
    const watchdog = watchdogCommands({ seconds: 60, action: "HardReset" });
    const { accesses } = crash({ commands: [...watchdog, ...selCommands("")], scenario: PROMPT });
    expect(accesses).toBeLessThanOrEqual(170);
  });

  test("and slow has all commands", () => {
    const { outcomes, carriedOut } = crash({ scenario: "bmc: { command-latency: 3ms }" });
    expect(outcomes).toEqual([Outcome.Answered, Outcome.Answered, Outcome.Answered]);
    expect(carriedOut).toEqual(SENT);
  });
});

describe("a BMC that is not well", () => {
  test("and whose registers read as FFh is absent after two reads", () => {
    const { results, accesses } = crash({
      scenario: fault("start: true", "wire: { all-ones: true }"),
    });
    expect(results.commands).toMatchObject([{ outcome: Outcome.Absent, looks: 1 }]);
    expect(results.planned).toBe(3);
    expect(accesses).toBe(2);
  });

  test("and whose processor stands still has nothing, within the looks of its tries", () => {
    const { outcomes, results, accesses } = crash({
      scenario: fault("start: true", "bmc: { hang: chip }"),
    });
    expect(outcomes).toEqual([Outcome.NotTaken, Outcome.NotTaken, Outcome.NotTaken]);
    expect(results.commands[0]).toMatchObject({ stage: Stage.TakingOver, tries: BOUNDS.tries });
    expect(accesses).toBeLessThan(
      COMMANDS.length * BOUNDS.tries * (BOUNDS.looks + BOUNDS.restLooks),
    );
  });

  test("and whose daemon hangs is asked again only for what may be done twice", () => {
    const { results } = crash({ scenario: fault("start: true", "bmc: { hang: daemon }") });
    expect(results.commands).toMatchObject([
      { outcome: Outcome.NotAnswered, stage: Stage.Sent, tries: BOUNDS.tries },
      { outcome: Outcome.NotAnswered, stage: Stage.Sent, tries: 1 },
      { outcome: Outcome.NotAnswered, stage: Stage.Sent, tries: 1 },
    ]);
  });

  test("costs no more than the budget, and the rest of the commands is not begun", () => {
    const budgetUs = 2_000;
    const { results, tookUs } = crash({
      bounds: { budgetTicks: budgetUs * 2_000 },
      scenario: fault("start: true", "bmc: { hang: chip }"),
    });
    expect(results.commands).toMatchObject([{ outcome: Outcome.OutOfTime, atMs: 2 }]);
    expect(tookUs).toBeLessThanOrEqual(budgetUs);
  });
});

// Goal: whatever a BMC does, the executor has an end, and what must not be done twice is not. Method: the
// BMC breaks at every register access of a run in which nothing is wrong.
describe.each([
  ["its processor stops", "bmc: { hang: chip }"],
  ["its daemon stops", "bmc: { hang: daemon }"],
  ["it stops for a while", "bmc: { hang: chip }, for: 2ms"],
  ["its registers are gone", "wire: { all-ones: true }"],
  ["it resets", "bmc: { reset: { away: 3ms } }"],
])("at every access: %s", (_name, what) => {
  test("an end, and nothing twice", () => {
    const whole = crash({ scenario: PROMPT });
    for (let access = 1; access <= whole.accesses; access += STRIDE) {
      const { carriedOut, accesses, outcomes } = crash({
        bounds: { looks: 300, restLooks: 50 },
        scenario: `${PROMPT}\n${fault(`access: ${access}`, what)}`,
      });
      expect(accesses).toBeLessThan(3 * 3 * 400);
      for (const [index, { bytes, once }] of COMMANDS.entries()) {
        const times = carriedOut.filter((each) => each === hex(bytes)).length;
        if (once) expect(times).toBeLessThanOrEqual(1);
        if (outcomes[index] === Outcome.Answered) expect(times).toBeGreaterThanOrEqual(1);
        if (outcomes[index] === Outcome.NotTaken) expect(times).toBe(0);
      }
    }
  });
});

// Goal: what the kernel that crashed had begun keeps nobody from being told, and is nobody's breach.
// Method: it dies after every register access of a transfer, and its answer comes early or late.
test.each([30, 60])("the old kernel dies in a transfer, its answer due in %i us", (us) => {
  const scenario = `bmc: { command-latency: ${us}us }`;
  for (const before of crashedWithin({ scenario })) {
    const { outcomes, carriedOut, verdict } = crash({ before, scenario });
    expect(outcomes).toEqual([Outcome.Answered, Outcome.Answered, Outcome.Answered]);
    expect(carriedOut.filter((each) => each !== "18 01")).toEqual(SENT);
    expect(verdict.fault).toEqual([]);
  }
});

test("five commands over KCS take no more than 1,200 bytes", () => {
  const location = { at: "io", kind: "kcs", base: 0xca8, spacing: 4, width: 8 } as const;
  const watchdog = watchdogCommands({ seconds: 300, action: "HardReset" });
  const commands = [...watchdog, ...selCommands("OS stop, really now")];
  expect(commands).toHaveLength(5);
  const bounds = { ...BOUNDS, budgetTicks: 2 ** 40 };
  const parts = { location, commands, bounds, entry: -0x100_0000, saved: new Uint8Array(8) };
  expect(executorCode(parts).length).toBeLessThanOrEqual(1_200);
});
