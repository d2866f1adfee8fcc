import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { compileGuest, type Kernel, LinuxHost, stopAll } from "../../../src/seats/linux/index.ts";
import { kernelFor } from "./kernel.ts";
import { GET_DEVICE_ID, guestProgram, runGuest } from "./linux-guest.ts";
import { ScriptedBmc } from "./scripted-bmc.ts";

const VERSIONS = ["6.1", "6.17", "6.18.5", "7.2"] as const;

/** Process ids of the QEMUs that this process, or `parent`, started. */
function guestsOf(parent = process.pid): readonly number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="]).toString().trim().split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, ppid, name]) => Number(ppid) === parent && name?.startsWith("qemu"))
    .map(([pid]) => Number(pid));
}

describe.each(VERSIONS)("Linux %s", (version) => {
  let kernel: Kernel;

  beforeAll(async () => {
    kernel = await kernelFor(version);
  });

  test.each(["poll", "timer", "irq"] as const)("drives the registers by %s", async (interrupt) => {
    const run = await runGuest([GET_DEVICE_ID], { kernel, interrupt });
    expect(run.end).toMatchObject({ why: "guest", code: 0 });
    expect(run.notes).toEqual([]);
    expect(run.console.join("\n")).toContain("IPMI kcs interface initialized");
    expect(run.bmc.requests.slice(0, 2)).toEqual(["1801", "182f"]);
    expect(run.answers).toBe(1);
    expect(run.interrupts > 0).toBe(interrupt === "irq");
  });
});

test("a panic ends the guest at once, and its last words arrive", async () => {
  const kernel = await kernelFor("6.1");
  const crash = { step: "write-file", path: "/proc/sysrq-trigger", text: "c" } as const;
  const run = await runGuest([crash], { kernel, interrupt: "timer" });
  expect(run.end).toMatchObject({ why: "guest", code: 0 });
  expect(run.console.join("\n")).toContain("Kernel panic - not syncing: sysrq triggered crash");
});

describe("the end of a guest", () => {
  let kernel: Kernel;
  let folder = "";

  beforeAll(async () => {
    kernel = await kernelFor("6.1");
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "guest-ends-"));
    vi.stubEnv("TMPDIR", folder);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmdirSync(folder);
  });

  const program = compileGuest(guestProgram([{ step: "sleep", us: 100_000_000 }]));

  async function started(overrides: { wallLimitMs?: number; read?: () => number } = {}) {
    let accessed: () => void = () => {};
    const atRegisters = new Promise<void>((resolve) => {
      accessed = resolve;
    });
    const bmc = new ScriptedBmc();
    const host = await LinuxHost.start({
      kernel,
      program,
      interrupt: "timer",
      realTime: true,
      wallLimitMs: overrides.wallLimitMs ?? 60_000,
      machine: {
        port: {
          read: (offset) => {
            accessed();
            return overrides.read?.() ?? bmc.read(offset);
          },
          write: (offset, value) => bmc.write(offset, value),
        },
        tick: () => {},
        report: () => {},
        console: () => {},
      },
    });
    return { host, atRegisters };
  }

  function nothingIsLeft() {
    expect(guestsOf()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  }

  test("stop ends it in the middle of a transfer, and again does no harm", async () => {
    const { host, atRegisters } = await started();
    await atRegisters;
    await host.stop();
    await host.stop();
    expect(await host.ended).toMatchObject({ why: "stopped" });
    nothingIsLeft();
  });

  test("the wall limit ends it", async () => {
    const { host } = await started({ wallLimitMs: 300 });
    expect(await host.ended).toMatchObject({ why: "wall-limit" });
    nothingIsLeft();
  });

  test("an error of the registers ends it, and is told", async () => {
    const { host } = await started({
      read: () => {
        throw new Error("the model broke");
      },
    });
    await expect(host.ended).rejects.toThrow("the model broke");
    nothingIsLeft();
  });

  test("QEMU's own death is told as such", async () => {
    const { host, atRegisters } = await started();
    await atRegisters;
    for (const pid of guestsOf()) process.kill(pid, "SIGKILL");
    expect(await host.ended).toMatchObject({ why: "qemu", signal: "SIGKILL" });
    nothingIsLeft();
  });

  // Goal: nothing waits for a QEMU for ever. Method: one that stops itself before it begins.
  test("a QEMU that hangs when it loads a snapshot is given up, and told as such", async () => {
    await runGuest([GET_DEVICE_ID], { kernel, interrupt: "timer", snapshot: true });
    const stopping = join(folder, "qemu-that-stops");
    const stop = 'case "$*" in *-incoming*) kill -STOP $$ ;; esac';
    writeFileSync(stopping, `#!/bin/sh\n${stop}\nexec qemu-system-x86_64 "$@"\n`, { mode: 0o755 });
    const options = { kernel, interrupt: "timer", snapshot: true, qemu: stopping } as const;
    await expect(
      runGuest([GET_DEVICE_ID], { ...options, answerLimitMs: 500 }),
    ).rejects.toMatchObject({ code: "QEMU_HANGS" });
    rmSync(stopping);
    nothingIsLeft();
  });

  test("stopAll ends it, and one that is about to start", async () => {
    const { host, atRegisters } = await started();
    await atRegisters;
    const refusal = expect(started()).rejects.toMatchObject({ code: "INTERRUPTED" });
    await stopAll();
    expect(await host.ended).toMatchObject({ why: "stopped" });
    await refusal;
    nothingIsLeft();
  });

  // Goal: not even a parent that had no time for anything leaves its guest running. Method: a
  // parent of its own, which is killed when the guest runs.
  test("a parent that is killed takes its guest with it", async () => {
    const script = new URL("./start-and-wait.ts", import.meta.url);
    const args = ["--import", "tsx", fileURLToPath(script), kernel.name];
    const parent = spawn(process.execPath, args);
    await new Promise((resolve) => parent.stdout.once("data", resolve));
    const [guest] = guestsOf(parent.pid);
    const ended = new Promise((resolve) => parent.once("exit", resolve));
    parent.kill("SIGKILL");
    await ended;
    await vi.waitFor(() => expect(alive(guest)).toBe(false), { timeout: 5_000 });
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  });
});

function alive(pid: number | undefined): boolean {
  expect(pid).toBeDefined();
  return existsSync(`/proc/${pid}`);
}
