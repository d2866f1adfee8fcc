import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bmcKernelFor } from "./kernel.ts";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
const BMC = ["--bmc", "linux:6.12"];
const SCENARIO = fileURLToPath(new URL("../../../docs/examples/one-request.yaml", import.meta.url));
let folder = "";

beforeAll(async () => {
  await bmcKernelFor("6.12");
  folder = mkdtempSync(join(tmpdir(), "baseboard-explore-bmc-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function baseboard(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: "utf8" });
}

// Goal: what a driver does wrong in a window between two of its accesses is found, all of them are looked
// at, and the finding can be had again. Method: an abort of the daemon's, ordered at each access of one short
// transaction; a host that sees ERROR recovers at once, and its GET_STATUS/ABORT is swallowed by the driver's
// second read of Data_In.
test("an abort at every access swallows a byte of the host's, and the run is replayed", () => {
  const explored = baseboard(
    ...["explore", SCENARIO, ...BMC],
    ...["--fault", "force-abort", "--seconds", "600", "--workers", "1"],
  );
  expect(explored.stderr).toBe("");
  expect(explored.stdout).toMatch(/^covered: 18 accesses x 1 deed, complete$/m);
  expect(explored.stdout).toMatch(/^KCS-23, KCS-26 +18 runs$/m);
  expect(explored.status).toBe(1);

  const file = /baseboard replay (\S+)/.exec(explored.stdout)?.[1] ?? "";
  const trace = join(folder, "trace.jsonl");
  const replayed = baseboard("replay", file, "--trace", trace);
  expect(replayed.stdout).toMatch(/^on linux:6\.12\.\d+: force-abort at the driver's access 0$/m);
  expect(replayed.stdout).toMatch(/run again: the same violations and the same trace, byte for/);
  expect(replayed.status).toBe(0);
  // The driver took the code, and went on as if it had not seen it.
  expect(readFileSync(trace, "utf8")).toMatch(
    /"host.write","reg":"command","value":96.*\n.*"bmc.read","value":96,.*\n.*"bmc.write","value":0/,
  );
});

// Goal: a driver that has the host begin anew in its middle is not blamed for it. Method: WRITE_START where the
// daemon's answer is on its way into the driver, where a byte of it is, and where the last one is.
test.each([11, 12, 17])("a request begun at access %i of 18 leaves the driver right", (part) => {
  const explored = baseboard(
    ...["explore", SCENARIO, ...BMC],
    ...["--fault", "write-start", "--shard", `${part}/18`, "--workers", "1"],
  );
  expect(explored.stderr).toBe("");
  expect(explored.stdout).toMatch(/^nothing is broken +1 run$/m);
  expect(explored.status).toBe(0);
});

test.each([
  [["--schedules"], /a driver is explored by what may be done between two of its accesses/],
  [["--fault", "panic"], /--fault panic: one of write-start, abort, close, /],
  [["--interface", "bt"], /QEMU models no bt of a BMC chip, only KCS/],
])("a driver is not explored with %s", (flags, message) => {
  const { status, stderr } = baseboard("explore", SCENARIO, ...BMC, ...flags);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});

test("a QEMU that does not start is one line", () => {
  const { status, stderr } = baseboard("explore", SCENARIO, ...BMC, "--qemu", "false");
  expect(stderr).toMatch(/^baseboard: .*\n$/);
  expect(status).toBe(3);
});
