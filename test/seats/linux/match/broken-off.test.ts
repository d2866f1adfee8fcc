import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readScenario, runLinuxMatch } from "../../../../src/lab/index.ts";
import type { Kernel } from "../../../../src/seats/linux/index.ts";
import { Recorder } from "../../../../src/trace/tracer.ts";

const SCENARIO = readScenario(
  readFileSync(new URL("../../../../scenarios/a-right-match.yaml", import.meta.url), "utf8"),
  "a-right-match",
);

let folder = "";
let kernel: Kernel;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-broken-off-"));
  for (const name of ["vmlinux", "bzImage"]) writeFileSync(join(folder, name), "");
  const manifest = {
    format: 1,
    version: "9.9.1",
    release: "9.9.1-test",
    source: "test",
    packages: [],
    image: { file: "bzImage", sha256: "" },
    elf: { file: "vmlinux", sha256: "", pvh: true },
    modules: [],
  } as const;
  kernel = {
    name: "9.9.1",
    folder,
    manifest: { ...manifest, packages: [], modules: [], builtIn: [] },
  };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that answers what a QEMU is asked first, and then does what the test wants. */
function fakeQemu(name: string, play: string): string {
  const path = join(folder, name);
  const script = `#!/bin/sh
case "$1" in
  --version) echo "QEMU emulator version 9.2.0"; exit 0;;
  -L) exit 0;;
  -device) case "$2" in x-pci-proxy-dev*) echo "x-pci-proxy-dev options:"; esac
    [ $# -eq 2 ] && exit 0;;
esac
${play}
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

// Goal: whatever befalls QEMU is no verdict on the kernel in it, and the match says what befell it.
// Method: programs that pass for a QEMU, and end in each way that QEMU ended or was ended.
test.each([
  ["is killed", "kill -KILL $$", undefined, "QEMU was killed by SIGKILL"],
  [
    "fails",
    "echo first >&2; echo 'cannot set up guest memory' >&2; exit 1",
    undefined,
    "QEMU ended with status 1: cannot set up guest memory",
  ],
  [
    "is told to end",
    "echo 'qemu: terminating on signal 15 from pid 7 (timeout)' >&2; exit 0",
    undefined,
    "QEMU ended with status 0: qemu: terminating on signal 15 from pid 7 (timeout)",
  ],
  ["hangs", "exec sleep 100", 1_000, "the wall limit of 1 s was reached"],
])("a QEMU that %s breaks the match off", async (what, play, wallLimitMs, why) => {
  const recorder = new Recorder();
  const result = await runLinuxMatch(SCENARIO, {
    kernel,
    qemu: fakeQemu(what.replaceAll(" ", "-"), play),
    snapshot: false,
    sinks: () => [recorder],
    ...(wallLimitMs === undefined ? {} : { wallLimitMs }),
  });
  expect(result.interrupted).toBe(why);
  expect(result.misses).toEqual([`the match broke off, and what was open is not judged: ${why}`]);
  expect(result.verdict).toMatchObject({ fault: [], violations: [], ended: true });
  expect(recorder.events.at(-1)).toMatchObject({ e: "end", why: "interrupted" });
});

test("a guest that ends by itself does not break it off", async () => {
  const qemu = fakeQemu("ends", "exit 0");
  const recorder = new Recorder();
  const options = { kernel, qemu, snapshot: false, sinks: () => [recorder] };
  const result = await runLinuxMatch(SCENARIO, options);
  expect(result.interrupted).toBeUndefined();
  expect(recorder.events.at(-1)).toMatchObject({ e: "end", why: "guest-ended" });
});
