import { describe, expect, test } from "vitest";
import { selCommands, watchdogCommands } from "../../src/crash/commands.ts";
import { executorCode } from "../../src/crash/executor.ts";
import { Outcome } from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import { CrashExploration } from "../../src/lab/crash/explore.ts";
import { type LabPlace, usualPlace } from "../../src/lab/crash/place.ts";
import { BOUNDS, COMMANDS } from "./bounds.ts";
import { crash } from "./crash-machine.ts";

const SENT = COMMANDS.map(({ bytes }) => hex(bytes));
const ALL = [Outcome.Answered, Outcome.Answered, Outcome.Answered];
const KCS = { at: "mem", kind: "kcs", base: 0xfeb0_0000, spacing: 4, width: 32 } as const;

// Goal: registers in memory are reached whose pages no kernel has mapped, by accesses of just their width.
// Method: the very bytes on a processor that walks the executor's own tables, before a device that says what
// accesses it gets and has garbage above the lowest byte.
describe("registers in memory", () => {
  const places = (["kcs", "smic", "bt"] as const).flatMap((kind) =>
    (
      [
        [8, 1],
        [8, 16],
        [16, 4],
        [32, 4],
        [32, 16],
        [64, 16],
      ] as const
    ).map(([width, spacing]): LabPlace => ({ ...KCS, kind, width, spacing })),
  );
  test.each(places)("$kind of $width bits, $spacing apart, have all commands", (place) => {
    const { outcomes, carriedOut, verdict } = crash({ place });
    expect(outcomes).toEqual(ALL);
    expect(carriedOut).toEqual(SENT);
    expect(verdict.fault).toEqual([]);
  });

  test.each([
    ["below 1 MiB", 0x000c_0000],
    ["over the end of a large page", 0xfeb0_0000 - 4],
    ["over the end of a GiB", 2 ** 32 - 4],
    ["at the highest address", 2 ** 46 - 8],
  ])("%s", (_, base) => {
    for (const levels of [4, 5] as const) {
      const paging = { levels, physicalBits: 46 };
      const { outcomes, verdict } = crash({ place: { ...KCS, base }, paging });
      expect(outcomes).toEqual(ALL);
      expect(verdict.fault).toEqual([]);
    }
  });

  test.each([
    [36, 2 ** 36],
    [39, 2 ** 40],
    [46, 2 ** 46 - 4],
    [51, 2 ** 52 - 8],
  ])(
    "beyond %i bits of addresses are not touched, and the kernel goes on",
    (physicalBits, base) => {
      const paging = { levels: 4, physicalBits } as const;
      const { results, accesses, verdict } = crash({ place: { ...KCS, base }, paging });
      expect(accesses).toBe(0);
      expect(results).toMatchObject({
        planned: COMMANDS.length,
        commands: [{ outcome: Outcome.NotMapped, tries: 0, looks: 0, stage: undefined }],
      });
      expect(verdict.fault).toEqual([]);
    },
  );

  test("that read as FFh in their lowest byte are absent after two reads", () => {
    const scenario = "faults:\n  - { when: { start: true }, wire: { all-ones: true } }";
    const { results, accesses } = crash({ place: KCS, scenario });
    expect(results.commands).toMatchObject([{ outcome: Outcome.Absent, looks: 1 }]);
    expect(accesses).toBe(2);
  });
});

// Goal: that what is explored of ports holds of memory. Method: everything that can break, once each, in both.
test.each(["kcs", "smic", "bt"] as const)("%s in memory has the accesses of ports", (kind) => {
  const [ports, memory] = [usualPlace(kind, 4), { ...KCS, kind }].map((place) => {
    return new CrashExploration({ place, commands: COMMANDS });
  });
  for (const trial of ports?.trials ?? []) {
    const point = { trial, at: 23 };
    const { run } = memory?.play(point) ?? {};
    expect(run?.log.length, trial).toBeGreaterThan(1);
    expect(run, trial).toEqual(ports?.play(point).run);
  }
});

test.each([16, 32] as const)("registers in I/O space have accesses of %i bits", (width) => {
  const { outcomes, verdict } = crash({ place: { ...KCS, at: "io", base: 0xca8, width } });
  expect(outcomes).toEqual(ALL);
  expect(verdict.fault).toEqual([]);
});

test("the executor takes 64 KiB at the most, however much it has to say", () => {
  const commands = Array.from({ length: 16 }, () => ({ bytes: new Uint8Array(255), once: false }));
  const parts = { bounds: BOUNDS, entry: -0x100_0000, saved: new Uint8Array(8) };
  for (const kind of ["kcs", "smic", "bt"] as const) {
    const location = { ...KCS, kind, base: 2 ** 52 - 16 };
    expect(executorCode({ location, commands, ...parts }).length).toBeLessThanOrEqual(0x1_0000);
  }
  const five = [
    ...watchdogCommands({ seconds: 300, action: "HardReset" }),
    ...selCommands("OS stop"),
  ];
  const small = executorCode({ location: KCS, commands: five, ...parts });
  expect(small.length).toBeLessThanOrEqual(55_000);
});
