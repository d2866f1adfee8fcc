import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { selCommands, watchdogCommands } from "../../../src/crash/commands.ts";
import type { CrashBounds } from "../../../src/crash/executor.ts";
import { Outcome } from "../../../src/crash/results.ts";
import { wrapBzImage } from "../../../src/crash/wrap.ts";
import { hex } from "../../../src/ipmi/message.ts";
import { kernelFile } from "../../../src/kernels/cache.ts";
import { bootedArena } from "../../../src/lab/crash/booted-arena.ts";
import { guestPort } from "../../../src/seats/linux/match/port.ts";
import { REGISTERS_AT, runCrashingGuest, TICKS_PER_MS } from "./crashing-guest.ts";
import { kernelFor } from "./kernel.ts";

const COMMANDS = [...watchdogCommands("stop"), ...selCommands("OS stop")];
const SENT = COMMANDS.map(({ bytes }) => hex(bytes));
const BOUNDS: CrashBounds = {
  ...{ budgetTicks: 2_000 * TICKS_PER_MS, ticksPerMs: TICKS_PER_MS },
  ...{ looks: 5_000, tries: 3, restLooks: 500 },
};
const BMC_DIES = "faults:\n  - { when: { command: Get Device ID }, bmc: { hang: chip } }";

beforeAll(async () => {
  for (const version of ["6.1", "7.2"]) await kernelFor(version);
});

async function crash(version: string, how: "-c" | "-s", scenario = "") {
  const kernel = await kernelFor(version);
  const vmlinuz = readFileSync(kernelFile(kernel, kernel.manifest.image));
  const location = { at: "io", kind: "kcs", base: REGISTERS_AT, spacing: 1, width: 8 } as const;
  const image = wrapBzImage(vmlinuz, { location, commands: COMMANDS, bounds: BOUNDS }).bytes;
  const { arena, events } = bootedArena({ scenario });
  const port = guestPort(arena.wire, () => false);
  const guest = await runCrashingGuest({ kernel, image, how, port });
  arena.tracer.emit({ e: "end", why: "done" });
  const requests = events.flatMap((each) => (each.e === "bmc.request" ? [hex(each.message)] : []));
  expect(guest.console.join("\n")).toContain("KEXEC 0 1");
  expect(guest.console.join("\n")).toContain("sysrq triggered crash");
  expect(guest.second).toBe(`${kernel.manifest.release}, vmcore there`);
  expect(guest.exit).toBe(0);
  return { ...guest, requests, verdict: arena.referee?.verdict() };
}

// Goal: an unmodified kernel crashes, and before the next one runs the BMC has been told, whatever system
// call loaded that one. Method: the distribution's kexec, a wrapped vmlinuz, sysrq; our registers below.
test.each([
  ["6.1", "-c"],
  ["7.2", "-s"],
] as const)(
  "Linux %s crashes, and what kexec %s had loaded tells the BMC",
  async (version, how) => {
    const { results, requests, verdict } = await crash(version, how);
    expect(results.planned).toBe(COMMANDS.length);
    expect(results.commands).toMatchObject([
      { netFn: 0x06, cmd: 0x24, outcome: Outcome.Answered, completionCode: 0 },
      { netFn: 0x0a, cmd: 0x44, outcome: Outcome.Answered, completionCode: 0 },
      { netFn: 0x0a, cmd: 0x44, outcome: Outcome.Answered, completionCode: 0 },
    ]);
    expect(requests.slice(-SENT.length)).toEqual(SENT);
    // The drivers were at work on the same registers before.
    expect(requests.length).toBeGreaterThan(SENT.length + 3);
    expect(verdict?.fault).toEqual([]);
  },
);

test("a BMC that died before the crash keeps the next kernel from nothing", async () => {
  const { results, requests } = await crash("6.1", "-s", BMC_DIES);
  expect(results.commands.map(({ outcome }) => outcome)).toEqual([
    ...[Outcome.NotTaken, Outcome.NotTaken, Outcome.NotTaken],
  ]);
  expect(requests).not.toContain(SENT[0]);
});
