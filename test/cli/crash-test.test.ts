import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { crashTestCommand } from "../../src/cli/crash-test.ts";
import { wrapBzImage } from "../../src/crash/wrap.ts";
import type { KernelManifest } from "../../src/kernels/cache.ts";
import { BOUNDS, COMMANDS } from "../crash/bounds.ts";
import { bzImage } from "../crash/images.ts";

// The built command as a user has it, where something is missing or wrong. That it crashes a kernel:
// test/peers/kernels/crash.test.ts.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "crash-test-"));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

const KCS = { at: "io", kind: "kcs", base: 0xca2, spacing: 1, width: 8 } as const;
const WRAPPED = wrapped("wrapped", KCS);
const PLAIN = file("vmlinuz", bzImage());
const EMPTY_CACHE = join(folder, "nothing");

function wrapped(name: string, location: Parameters<typeof wrapBzImage>[1]["location"]): string {
  const parts = { location, commands: COMMANDS, bounds: BOUNDS };
  return file(name, wrapBzImage(bzImage(), parts).bytes);
}

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

/** A kernel as far as it is looked at before a guest is made. */
function cacheWithKernel(): string {
  const nothing = { file: "vmlinuz", sha256: "" };
  const manifest: KernelManifest = {
    ...{ format: 1, version: "9.9.1", release: "9.9.1-test", source: "path:x", packages: [] },
    ...{ image: nothing, elf: { ...nothing, pvh: true }, modules: [], builtIn: [] },
  };
  const cache = join(folder, "cache");
  mkdirSync(join(cache, "kernels", "9.9.1-test"), { recursive: true });
  const place = join(cache, "kernels", "9.9.1-test", "kernel.json");
  writeFileSync(place, JSON.stringify(manifest));
  return cache;
}

test.each([
  ["an image that nobody wrapped", [PLAIN], 2, `${PLAIN} has no executor in it`],
  ["no image", [join(folder, "none")], 2, "none: cannot be read: there is no such file"],
  ["another BMC", [WRAPPED, "--bmc", "ill"], 2, "--bmc ill: well, slow, mute, dead, absent"],
  ["another host", [WRAPPED, "--host", "stack"], 2, "--host stack: linux:VERSION is right"],
  ["no kernel at all", [WRAPPED], 3, "no kernel here to crash; `baseboard kernels add debian:6.1`"],
  ["not that kernel", [WRAPPED, "--host", "linux:6.1"], 3, "`baseboard kernels add debian:6.1`"],
  [
    "a bus",
    [wrapped("ssif", { at: "i801", kind: "ssif", base: 0x700, address: 0x10 })],
    2,
    "is for ssif:i801:0x700:0x10; a guest has registers in I/O space, or in memory from 0x20000000",
  ],
  [
    "an address where the guest's own memory is",
    [wrapped("low", { ...KCS, at: "mem", base: 0x1000_0000 })],
    2,
    "is for kcs:mem:0x10000000; a guest has registers in I/O space, or in memory from 0x20000000",
  ],
  [
    "a spacing that the lab has not",
    [wrapped("two", { ...KCS, spacing: 2 })],
    2,
    "kcs:io:0xca2/2: the lab's registers are 1, 4 or 16 bytes apart",
  ],
])("crash test says in one line what is wrong: %s", async (_, words, exit, line) => {
  vi.stubEnv("BASEBOARD_CACHE", EMPTY_CACHE);
  const [path = "", ...options] = words;
  const named = Object.fromEntries(
    options.flatMap((word, at) => (at % 2 ? [] : [[word.slice(2), options[at + 1]]])),
  );
  const refused = crashTestCommand(path, { bmc: "well", fileLoad: false, ...named });
  await expect(refused).rejects.toMatchObject({ exit, message: expect.stringContaining(line) });
  await expect(refused).rejects.toMatchObject({ message: expect.not.stringContaining("\n") });
});

test("what is wrong is the command's one line, and its status", () => {
  const { status, stdout, stderr } = crashTest([PLAIN], { BASEBOARD_CACHE: EMPTY_CACHE });
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^baseboard: .+ has no executor in it.*\n$/);
});

test("crash test says which program is missing", () => {
  const env = { BASEBOARD_CACHE: cacheWithKernel(), PATH: join(folder, "no-programs") };
  const { status, stderr } = crashTest([WRAPPED, "--json"], env);
  expect(status).toBe(3);
  expect(stderr).toMatch(/^baseboard: there is no qemu-system-x86_64 here; .+\n$/);
});

function crashTest(words: readonly string[], env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [MAIN, "crash", "test", ...words],
    {
      ...{ encoding: "utf8", env: { ...process.env, ...env } },
    },
  );
  return { status, stdout, stderr };
}
