import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readScenario, runLinuxMatch } from "../../../src/lab/index.ts";
import type { Kernel } from "../../../src/seats/linux/index.ts";
import { encodeEvent } from "../../../src/trace/jsonl.ts";
import { kernelFor } from "./kernel.ts";

const VERSIONS = ["6.1", "6.17", "6.18.5", "7.2"] as const;
const SCENARIOS = [
  "a-right-match",
  "byte-at-a-time",
  "command-for-nobody",
  "device-id",
  "enables-refused",
  "firmware-changes",
  "spacing-4",
  "swallowed-requests",
] as const;
/** 6.17 and 6.18 read on and on in these: minutes of the same few accesses, which show nothing more of a snapshot. */
const SCENARIOS_OF_MENDED_KERNELS = ["empty-event-read", "sticky-event-buffer"] as const;
const MENDED_VERSIONS: readonly string[] = ["6.1", "7.2"];
/** Each wants a processor for itself, so that QEMU's threads come on late and out of order. */
const BUSY_PROCESSES = 6;
const BUSY = "for (;;) {}";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "snapshots-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The kernel as it lies in another cache, which has no snapshots yet. */
function inCache(name: string, kernel: Kernel): Kernel {
  const place = join(folder, name, kernel.name);
  mkdirSync(place, { recursive: true });
  for (const file of readdirSync(kernel.folder)) {
    if (file !== "snapshots") symlinkSync(join(kernel.folder, file), join(place, file));
  }
  return { ...kernel, folder: place };
}

async function hashOfTrace(name: string, kernel: Kernel): Promise<string> {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  const hash = createHash("sha256");
  const result = await runLinuxMatch(readScenario(readFileSync(file, "utf8"), name), {
    kernel,
    sinks: () => [{ event: (event) => hash.update(`${encodeEvent(event)}\n`) }],
  });
  expect(result.remarks).toEqual([]);
  return hash.digest("hex");
}

// Goal: the same kernel, modules, QEMU and options give the same trace, on whatever machine and in
// whatever cache. Method: the snapshot is made twice, in two caches, once on a machine that is busy
// with something else; each scenario is played from both.
describe.each(VERSIONS)("Linux %s, from snapshots made under different load", (version) => {
  let idle: Kernel;
  let loaded: Kernel;

  beforeAll(async () => {
    const kernel = await kernelFor(version);
    idle = inCache("idle", kernel);
    loaded = inCache("loaded", kernel);
    await hashOfTrace("device-id", idle);
    const busy = Array.from({ length: BUSY_PROCESSES }, (): ChildProcess => {
      return spawn(process.execPath, ["-e", BUSY], { stdio: "ignore" });
    });
    try {
      await hashOfTrace("device-id", loaded);
    } finally {
      for (const process of busy) process.kill("SIGKILL");
    }
  });

  const scenarios = MENDED_VERSIONS.includes(version)
    ? [...SCENARIOS, ...SCENARIOS_OF_MENDED_KERNELS]
    : SCENARIOS;

  test.each(scenarios)("%s has the same trace", async (name) => {
    expect(await hashOfTrace(name, loaded)).toBe(await hashOfTrace(name, idle));
  });
});
