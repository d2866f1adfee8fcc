import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { selCommands, watchdogCommands } from "../../../src/crash/commands.ts";
import { endingCommands } from "../../../src/crash/own-image.ts";
import { Outcome } from "../../../src/crash/results.ts";
import { hex } from "../../../src/ipmi/message.ts";
import { kernelFile } from "../../../src/kernels/cache.ts";
import { TemporaryFolder } from "../../../src/programs/life.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { type CrashMatch, playCrash } from "./crash-match.ts";
import { kernelFor } from "./kernel.ts";
import { unpackKexec } from "./kexec-tools.ts";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
const COMMANDS = [...watchdogCommands("stop"), ...selCommands("OS stop")];
const SENT = COMMANDS.map(({ bytes }) => hex(bytes));
const ALL_DONE = [
  { netFn: 0x06, cmd: 0x24, outcome: Outcome.Answered, completionCode: 0 },
  { netFn: 0x0a, cmd: 0x44, outcome: Outcome.Answered, completionCode: 0 },
  { netFn: 0x0a, cmd: 0x44, outcome: Outcome.Answered, completionCode: 0 },
];
const BMC_DIES = "faults:\n  - { when: { command: Get Device ID }, bmc: { hang: chip } }";
const IN_MEMORY = { at: "mem", kind: "kcs", base: 0xfeb0_0000, spacing: 4, width: 32 } as const;
/** The first kernel's watchdog runs out in the middle of this dump: to boot takes half a minute. */
const SLOW_DUMP = { timerS: 60, dumpS: 45 } as const;

beforeAll(async () => {
  for (const version of ["6.1", "7.2"]) await kernelFor(version);
});

// Goal: an unmodified kernel crashes, and before the next one runs the BMC has been told, whatever system
// call loaded that one. Method: the command as a user gives it, with an image as a user builds it; its time
// is the machine's, so the budget is the longest that there is, and only looks count.
test("Linux 7.2 crashes, and what kexec -s had loaded tells the BMC: crash test", async () => {
  unpackKexec();
  const kernel = await kernelFor("7.2");
  const folder = new TemporaryFolder(tmpdir(), "baseboard-crash-image-");
  try {
    const image = join(folder.path, "vmlinuz.ipmi");
    const vmlinuz = kernelFile(kernel, kernel.manifest.image);
    const orders = ["--watchdog", "stop", "--sel", "OS stop", "--budget", "1min"];
    const at = ["--at", "kcs:io:0xca8/4", "--tsc", "20000"];
    baseboard("crash", "build", vmlinuz, "-o", image, ...at, ...orders);
    const said = baseboard("crash", "test", image, "-s", "--host", "linux:7.2", "--json");
    const notes = ALL_DONE.map((each) => ({ ...each, outcome: "Answered" }));
    expect(JSON.parse(said)).toMatchObject({
      ...{ asExpected: true, misses: [], loaded: true, crashed: true, at: "kcs:io:0xca8/4" },
      second: `${kernel.manifest.release}, vmcore there`,
      requests: SENT,
      notes: { planned: COMMANDS.length, commands: notes },
      verdict: { fault: [] },
      // The drivers were at work on the same registers before.
      requestsBefore: expect.toSatisfy((count: number) => count > 3),
    });
  } finally {
    folder.kill();
  }
});

/** What the built command says, which ends well. */
function baseboard(...args: readonly string[]): string {
  return execFileSync(process.execPath, [MAIN, ...args], { encoding: "utf8", stdio: "pipe" });
}

// Goal: registers in memory are reached whose page no table of the crash's entry has, and the kernel behind has
// the tables that it was to have. Method: a function of PCI that the guest puts there; its memory management is QEMU's.
test("registers in memory are reached", async () => {
  const { results, requests, verdict } = await playCrash({
    ...{ version: "7.2", how: "-c", commands: COMMANDS, place: IN_MEMORY },
  });
  expect(results).toMatchObject({ planned: COMMANDS.length, commands: ALL_DONE });
  expect(requests.slice(-SENT.length)).toEqual(SENT);
  expect(requests.length).toBeGreaterThan(SENT.length + 3);
  expect(verdict?.fault).toEqual([]);
});

test("a BMC that died before the crash keeps the next kernel from nothing", async () => {
  const { results, requests } = await playCrash({
    ...{ version: "6.1", how: "-s", commands: COMMANDS, scenario: BMC_DIES, place: IN_MEMORY },
  });
  expect(results?.commands.map(({ outcome }) => outcome)).toEqual([
    ...[Outcome.NotTaken, Outcome.NotTaken, Outcome.NotTaken],
  ]);
  expect(requests).not.toContain(SENT[0]);
});

/** What the trace has of the watchdog and of the wire's owners, in order. */
function story(events: readonly TraceEvent[]): readonly string[] {
  return events.flatMap((each) => {
    if (each.e === "noted") return [`noted ${each.outcome}`];
    const told = ["watchdog-expired", "power", "taken-over", "handed-on"];
    const isTold = (each.e === "bmc" || each.e === "host") && told.includes(each.what);
    return isTold ? [`${each.what} ${each.text}`.trim()] : [];
  });
}

async function playDump(match: Pick<CrashMatch, "commands" | "watched" | "how">) {
  const { events, console, verdict, ...rest } = await playCrash({ version: "6.1", ...match });
  expect(console).toContain("ARMED");
  expect(verdict?.fault).toEqual([]);
  const pieces = console.filter((line) => line.startsWith("DUMPED ")).length;
  return { ...rest, pieces, complete: console.includes("DUMP COMPLETE"), story: story(events) };
}

// Seed 003's debate. Goal: what becomes of a dump with the first kernel's watchdog still running.
// Method: the kernel's own watchdog driver arms our BMC; the guest's clock is the lab's; our BMC's reset
// is the guest's end.
test("the watchdog of the kernel that crashed cuts the dump off", async () => {
  const dump = await playDump({ how: "-c", commands: [], watched: SLOW_DUMP });
  expect(dump.story).toEqual(["watchdog-expired use 4, action 1", "power reset: watchdog"]);
  expect(dump.results).toBeUndefined();
  expect(dump.complete).toBe(false);
  expect(dump.pieces).toBeGreaterThan(0);
  expect(dump.pieces).toBeLessThan(SLOW_DUMP.dumpS);
});

test("the same dump is saved by an executor that stops the watchdog", async () => {
  const dump = await playDump({ how: "-c", commands: COMMANDS, watched: SLOW_DUMP });
  expect(dump.results).toMatchObject({ planned: COMMANDS.length, commands: ALL_DONE });
  expect(dump.requests.slice(-SENT.length)).toEqual(SENT);
  const noted = COMMANDS.map(() => "noted answered");
  expect(dump.story).toEqual(["taken-over 2000000 us", ...noted, "handed-on"]);
  expect(dump).toMatchObject({ complete: true, pieces: SLOW_DUMP.dumpS });
});

test("a dump that hangs is ended by the watchdog that the executor armed anew", async () => {
  const commands = watchdogCommands({ seconds: 90, action: "HardReset" });
  const watched = { timerS: 60, dumpS: "hangs" } as const;
  const dump = await playDump({ how: "-c", commands, watched });
  expect(dump.story).toEqual([
    ...["taken-over 2000000 us", "noted answered", "noted answered", "handed-on"],
    ...["watchdog-expired use 4, action 1", "power reset: watchdog"],
  ]);
  expect(dump).toMatchObject({ complete: false, pieces: 3 });
});

// Goal: where nobody wants a dump, the BMC is told and the machine begins anew at once. Method: an image of
// our own in place of a kernel, by the distribution's kexec; the BMC's acts are the guest's end.
test.each([
  ["reset", "-s", []],
  ["power-cycle", "-c", ["power power-cycle: chassis-control"]],
] as const)("with no kernel at all the BMC is told, and then: %s", async (ending, how, told) => {
  const commands = [...selCommands("OS stop"), ...endingCommands(ending)];
  const watched = { timerS: 60, dumpS: "hangs" } as const;
  const { requests, events, second, verdict } = await playCrash({
    ...{ version: "6.1", how, commands, ending, watched },
  });
  const sent = commands.map(({ bytes }) => hex(bytes));
  expect(requests.slice(-sent.length)).toEqual(sent);
  expect(story(events)).toEqual(["taken-over 2000000 us", ...told]);
  expect(second).toBeUndefined();
  expect(verdict?.fault).toEqual([]);
});
