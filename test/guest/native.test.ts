import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { GuestProgram, Step } from "../../src/guest/program.ts";
import { MAIN } from "../../src/guest/records.ts";
import type { Report } from "../../src/guest/reports.ts";
import { runNative, startNative } from "./native.ts";

const SECOND_US = 1_000_000;
const ENOENT = 2;
const EBADF = 9;
const EISDIR = 21;
const ENOTTY = 25;
const ETIMEDOUT = 110;
const GET_DEVICE_ID = { netFn: 6, lun: 0, cmd: 1, data: new Uint8Array(0) };

const folder = mkdtempSync(join(tmpdir(), "baseboard-native-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(parts: Partial<GuestProgram>): GuestProgram {
  return {
    tickUs: 0,
    setup: [],
    setupLimitUs: 20 * SECOND_US,
    actors: [],
    untilUs: 20 * SECOND_US,
    atEnd: "exit",
    ...parts,
  };
}

/** What is left of a report without its time. */
function untimed(reports: readonly Report[]): readonly unknown[] {
  return reports.map((report) => {
    if (report.kind === "garbage") return report;
    const { timeUs: _, ...rest } = report;
    return rest;
  });
}

function of(reports: readonly Report[], process: number): readonly Report[] {
  return reports.filter((report) => report.kind !== "garbage" && report.process === process);
}

// Goal: with no IPMI in sight every step says what it came to, in order, and the program ends.
test("a machine without IPMI: each step's outcome is reported, and nothing stops", async () => {
  const reports = await runNative(
    program({
      setup: [
        { step: "insert-module", path: `${folder}/none.ko`, parameters: "" },
        { step: "wait-for-file", path: `${folder}/none`, limitUs: 5_000 },
      ],
      actors: [
        {
          name: "user",
          steps: [
            { step: "open-ipmi", path: `${folder}/ipmi0` },
            { step: "request", ...GET_DEVICE_ID, timeoutUs: SECOND_US },
            { step: "send", netFn: 0x2e, lun: 3, cmd: 0xff, data: Uint8Array.of(1, 2, 3) },
            { step: "collect", timeoutUs: SECOND_US },
            { step: "events", on: true },
            { step: "receive", forUs: 1_000 },
            { step: "close-ipmi" },
          ],
        },
      ],
    }),
  );
  const main = { process: MAIN, step: 0 };
  expect(untimed(reports)).toEqual([
    { process: 0, step: 1, kind: "step-failed", errno: ENOENT },
    { process: 0, step: 2, kind: "step-failed", errno: ETIMEDOUT },
    { process: 0, step: 2, kind: "actor-done" },
    { ...main, kind: "ready", setupOver: true },
    { process: 1, step: 1, kind: "step-failed", errno: ENOENT },
    { process: 1, step: 2, kind: "request", id: 1, ...GET_DEVICE_ID },
    { process: 1, step: 2, kind: "refused", id: 1, errno: EBADF },
    {
      ...{ process: 1, step: 3, kind: "request", id: 2 },
      ...{ netFn: 0x2e, lun: 3, cmd: 0xff, data: Uint8Array.of(1, 2, 3) },
    },
    { process: 1, step: 3, kind: "refused", id: 2, errno: EBADF },
    { process: 1, step: 5, kind: "step-failed", errno: EBADF },
    { process: 1, step: 7, kind: "step-failed", errno: EBADF },
    { process: 1, step: 7, kind: "actor-done" },
    { ...main, kind: "all-done" },
  ]);
});

test("files are written and read; what is too long is cut", async () => {
  const path = join(folder, "written");
  const long = join(folder, "long");
  writeFileSync(path, "");
  writeFileSync(long, "x".repeat(3_000));
  const reports = await runNative(
    program({
      setup: [
        { step: "write-file", path, text: "10" },
        { step: "read-file", path },
        { step: "read-file", path: long },
        { step: "read-file", path: folder },
        { step: "open-file", path },
        { step: "write-open-file", text: "watch" },
        { step: "write-open-file", text: "dog" },
        { step: "close-file" },
        { step: "write-open-file", text: "late" },
        { step: "wait-for-file", path, limitUs: 0 },
      ],
    }),
  );
  const outcomes = of(reports, 0).map((report) => {
    if (report.kind === "file") return new TextDecoder().decode(report.bytes);
    return report.kind === "step-failed" ? report.errno : report.kind;
  });
  expect(outcomes).toEqual([
    ...["step-done", "10", "x".repeat(1_024), EISDIR],
    ...["step-done", "step-done", "step-done", "step-done", EBADF, "step-done", "actor-done"],
  ]);
  expect(readFileSync(path, "utf8")).toBe("watchdog");
});

// Goal: a device that is ready and yet gives nothing does not trap its reader in a loop.
test("what is no IPMI device refuses requests and ends a reception", async () => {
  const reports = await runNative(
    program({
      setup: [
        { step: "open-ipmi", path: "/dev/null" },
        { step: "request", ...GET_DEVICE_ID, timeoutUs: SECOND_US },
        { step: "receive", forUs: 10 * SECOND_US },
      ],
    }),
  );
  expect(untimed(of(reports, 0))).toEqual([
    { process: 0, step: 1, kind: "step-done" },
    { process: 0, step: 2, kind: "request", id: 1, ...GET_DEVICE_ID },
    { process: 0, step: 2, kind: "refused", id: 1, errno: ENOTTY },
    { process: 0, step: 3, kind: "step-failed", errno: ENOTTY },
    { process: 0, step: 3, kind: "actor-done" },
  ]);
});

test("repetitions nest, and steps keep their numbers in them", async () => {
  const read: Step = { step: "read-file", path: `${folder}/none` };
  const reports = await runNative(
    program({
      setup: [
        {
          step: "repeat",
          times: 2,
          steps: [read, { step: "repeat", times: 3, steps: [read] }, read],
        },
        { step: "repeat-until", us: 0, steps: [read] },
        { step: "repeat", times: 1, steps: [{ step: "repeat", times: 2, steps: [read] }] },
        read,
      ],
    }),
  );
  const steps = of(reports, 0).map((report) => (report.kind === "garbage" ? -1 : report.step));
  const round = [2, 4, 4, 4, 5];
  expect(steps).toEqual([...round, ...round, 10, 10, 11, 11]);
});

// Goal: processes that lose the processor anywhere do not spoil each other's reports, and ids are
// given once. Method: many actors that do nothing but report, on all of the machine's processors.
test("reports of many processes stay whole, in order of time, with ids of their own", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `user ${index}`);
  const steps: readonly Step[] = [
    {
      step: "repeat",
      times: 50,
      steps: [
        { step: "read-file", path: "/proc/sys/kernel/ostype" },
        { step: "send", netFn: 6, lun: 0, cmd: 1, data: Uint8Array.of(1, 2, 3, 4) },
      ],
    },
  ];
  const reports = await runNative(
    program({ tickUs: 1_000, actors: names.map((name) => ({ name, steps })) }),
  );
  expect(reports.filter((report) => report.kind === "garbage")).toEqual([]);
  const times = reports.map((report) => (report.kind === "garbage" ? 0 : report.timeUs));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const ids = reports.flatMap((report) => (report.kind === "request" ? [report.id] : []));
  expect(new Set(ids).size).toBe(12 * 50);
  expect(Math.max(...ids)).toBe(12 * 50);
  for (const index of names.keys()) {
    const kinds = of(reports, index + 1).map((report) => report.kind);
    const round = ["file", "request", "refused"];
    expect(kinds).toEqual([...Array.from({ length: 50 }, () => round).flat(), "actor-done"]);
  }
  // The clock goes on until the program has ended: a tick may come after the last word.
  expect(reports.some((report) => report.kind === "tick")).toBe(true);
  const spoken = reports.filter((report) => report.kind !== "tick");
  expect(spoken.at(-1)).toMatchObject({ kind: "all-done", process: MAIN });
});

// Goal: an actor that the kernel kills is noticed, though it has no last word.
test("a killed actor is reported with its status, and is not waited for", async () => {
  const name = "bb victim";
  const { child, reports } = startNative(
    program({
      actors: [{ name, steps: [{ step: "sleep", us: 1_000 * SECOND_US }] }],
      untilUs: 1_000 * SECOND_US,
    }),
  );
  process.kill(await childNamed(name, child.pid ?? 0), "SIGKILL");
  expect(untimed(await reports)).toEqual([
    { process: 0, step: 0, kind: "actor-done" },
    { process: MAIN, step: 0, kind: "ready", setupOver: true },
    { process: MAIN, step: 0, kind: "died", who: 1, status: 9 },
    { process: MAIN, step: 0, kind: "all-done" },
  ]);
});

/** The process with that name whose parent is `parent`; waits until there is one. */
async function childNamed(name: string, parent: number): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    for (const entry of readdirSync("/proc")) {
      const stat = /^\d+$/.test(entry) ? statOf(entry) : undefined;
      const [, theirName, theirParent] = /^\d+ \((.*)\) . (\d+)/.exec(stat ?? "") ?? [];
      if (theirName === name && Number(theirParent) === parent) return Number(entry);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`no process is called ${name}`);
}

/** Processes end while one looks at them. */
function statOf(entry: string): string | undefined {
  try {
    return readFileSync(`/proc/${entry}/stat`, "utf8");
  } catch {
    return undefined;
  }
}

// Goal: whoever reads the pipe is at its end when the program is; where nobody reads, nobody is waited for.
test("a pipe that nobody reads does not hold the program's end up", async () => {
  const reports = await runNative(program({ opensAtEnd: pipe("pipe-alone") }));
  expect(reports.at(-1)).toMatchObject({ kind: "all-done", process: MAIN });
});

// Method: a program may be over before its reader has come, so it is run until it meets one.
test("a pipe's reader is at its end when the program is", async () => {
  const opensAtEnd = pipe("pipe-read");
  const reader = spawn("cat", [opensAtEnd]);
  const over = once(reader, "close");
  for (let tries = 0; tries < 1_000 && reader.exitCode === null; tries++) {
    await runNative(program({ opensAtEnd }));
  }
  expect((await over)[0]).toBe(0);
});

function pipe(name: string): string {
  const path = join(folder, name);
  execFileSync("/usr/bin/mkfifo", [path]);
  return path;
}
