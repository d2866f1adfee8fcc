import { describe, expect, test } from "vitest";
import { crashCommand, selCommands, watchdogCommands } from "../../src/crash/commands.ts";
import { executorCode } from "../../src/crash/executor.ts";
import { Outcome, Stage } from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import type { InterfaceOn } from "../../src/wire/interface.ts";
import { BOUNDS, COMMANDS } from "./bounds.ts";
import { crash } from "./crash-machine.ts";

/** What is said of each interface in docs/crash.md, and what only holds of it. */
const INTERFACES = {
  kcs: {
    accessesMax: 170,
    bytesMax: 1_200,
    /** Of a BMC whose processor stands still: its registers take nothing. */
    dead: [Outcome.NotTaken, Outcome.NotTaken, Outcome.NotTaken],
    lastDeadStage: Stage.TakingOver,
  },
  smic: {
    accessesMax: 290,
    bytesMax: 1_300,
    dead: [Outcome.NotTaken, Outcome.NotTaken, Outcome.NotTaken],
    lastDeadStage: Stage.TakingOver,
  },
  bt: {
    accessesMax: 170,
    bytesMax: 1_300,
    /** One request lies in the FIFO, and nobody can tell whether it is fetched yet. */
    dead: [Outcome.NotAnswered, Outcome.NotTaken, Outcome.NotTaken],
    lastDeadStage: Stage.TakingOver,
  },
} as const satisfies Record<InterfaceOn<"registers">, object>;
const KINDS = ["kcs", "smic", "bt"] as const satisfies readonly InterfaceOn<"registers">[];

const SENT = COMMANDS.map(({ bytes }) => hex(bytes));
const ALL = [Outcome.Answered, Outcome.Answered, Outcome.Answered];
/** Latencies so short that no look has to wait: what is left are the accesses that the protocol asks for. */
const PROMPT = "bmc: { command-latency: 1us }";

function fault(when: string, what: string): string {
  return `faults:\n  - { when: { ${when} }, may-miss: true, ${what} }`;
}

describe.each(KINDS)("a BMC on %s that is well", (kind) => {
  test.each([1, 4, 16] as const)("has all commands, registers %i apart", (spacing) => {
    const { outcomes, results, carriedOut, verdict } = crash({ kind, spacing });
    expect(outcomes).toEqual(ALL);
    expect(results.planned).toBe(3);
    expect(results.commands.map(({ completionCode }) => completionCode)).toEqual([0, 0, 0]);
    expect(carriedOut).toEqual(SENT);
    expect(verdict.fault).toEqual([]);
  });

  test("refuses a command, and its completion code is kept", () => {
    const refused = crashCommand(Uint8Array.of(0x18, 0x24, 0x04));
    const { results, carriedOut } = crash({ kind, commands: [refused, ...COMMANDS] });
    expect(results.commands[0]).toMatchObject({ outcome: Outcome.Answered, completionCode: 0xc7 });
    expect(carriedOut).toHaveLength(4);
  });

  test("costs three commands no more register accesses than are promised", () => {
    const watchdog = watchdogCommands({ seconds: 60, action: "HardReset" });
    const commands = [...watchdog, ...selCommands("")];
    const { accesses } = crash({ kind, commands, scenario: PROMPT });
    expect(accesses).toBeLessThanOrEqual(INTERFACES[kind].accessesMax);
  });

  test("and slow has all commands", () => {
    const { outcomes, carriedOut } = crash({ kind, scenario: "bmc: { command-latency: 3ms }" });
    expect(outcomes).toEqual(ALL);
    expect(carriedOut).toEqual(SENT);
  });
});

describe.each(KINDS)("a BMC on %s that is not well", (kind) => {
  test("and whose registers read as FFh is absent after two reads", () => {
    const { results, accesses } = crash({
      kind,
      scenario: fault("start: true", "wire: { all-ones: true }"),
    });
    expect(results.commands).toMatchObject([{ outcome: Outcome.Absent, looks: 1 }]);
    expect(results.planned).toBe(3);
    expect(accesses).toBe(2);
  });

  test("and whose processor stands still takes next to nothing, within the looks of its tries", () => {
    const { outcomes, results, accesses } = crash({
      kind,
      scenario: fault("start: true", "bmc: { hang: chip }"),
    });
    expect(outcomes).toEqual(INTERFACES[kind].dead);
    expect(results.commands[2]).toMatchObject({
      stage: INTERFACES[kind].lastDeadStage,
      tries: BOUNDS.tries,
    });
    expect(accesses).toBeLessThan(
      COMMANDS.length * BOUNDS.tries * (BOUNDS.looks + BOUNDS.restLooks),
    );
  });

  test("and whose daemon hangs is asked again only for what may be done twice", () => {
    const { results } = crash({ kind, scenario: fault("start: true", "bmc: { hang: daemon }") });
    const [watchdog, ...once] = results.commands;
    expect(watchdog).toMatchObject({ outcome: Outcome.NotAnswered, tries: BOUNDS.tries });
    // BT's daemon has not fetched the first one: the next find no room.
    const taken = once.filter(({ outcome }) => outcome === Outcome.NotAnswered);
    expect(taken.every(({ tries, stage }) => tries === 1 && stage === Stage.Sent)).toBe(true);
    expect(taken).toHaveLength(kind === "bt" ? 0 : 2);
  });

  test("costs no more than the budget, and the rest of the commands is not begun", () => {
    const budgetUs = 2_000;
    const { results, tookUs } = crash({
      kind,
      bounds: { budgetTicks: budgetUs * 2_000 },
      scenario: fault("start: true", "bmc: { hang: chip }"),
    });
    expect(results.commands).toMatchObject([{ outcome: Outcome.OutOfTime, atMs: 2 }]);
    expect(tookUs).toBeLessThanOrEqual(budgetUs);
  });
});

test.each(KINDS)("five commands over %s take no more bytes than are promised", (kind) => {
  const location = { at: "io", kind, base: 0xca8, spacing: 4, width: 8 } as const;
  const watchdog = watchdogCommands({ seconds: 300, action: "HardReset" });
  const commands = [...watchdog, ...selCommands("OS stop, really now")];
  expect(commands).toHaveLength(5);
  const bounds = { ...BOUNDS, budgetTicks: 2 ** 40 };
  const parts = { location, commands, bounds, entry: -0x100_0000, saved: new Uint8Array(8) };
  expect(executorCode(parts).length).toBeLessThanOrEqual(INTERFACES[kind].bytesMax);
});
