import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { kernelFor } from "./kernel.ts";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
let folder = "";

beforeAll(async () => {
  for (const version of ["6.17", "6.18.5", "7.2"]) await kernelFor(version);
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-matrix-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a scenario on two kernels and our stack: the verdicts side by side", () => {
  const hosts = "stack,linux:6.18.5,linux:7.2";
  const args = [MAIN, "matrix", "error-state-mid-request", "--host", hosts, "--junit", "t.xml"];
  const { status, stdout } = spawnSync(process.execPath, [...args, "--markdown", "t.md"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(stdout).toMatch(/error-state-mid-request on linux:6\.18\.5: NOT as the scenario expects/);
  expect(stdout).toMatch(/^2 of 3 matches as expected$/m);
  expect(status).toBe(1);
  expect(readFileSync(join(folder, "t.md"), "utf8")).toMatch(
    /^\| scenario \| stack \| linux:6\.18\.5 \| linux:7\.2\S* \|\n.*\n\| error-state-mid-request \| passes \| STACK-01 \| passes \|\n\n<details>\n<summary>error-state-mid-request on linux:6\.18\.5<\/summary>\n/,
  );
  const junit = readFileSync(join(folder, "t.xml"), "utf8");
  expect(junit.match(/<failure /g)).toHaveLength(1);
  expect(junit).toMatch(/unanswered for 1\d\d\.\d s/);
});

test("without a QEMU nothing is played, not even on our stack", () => {
  const args = [MAIN, "matrix", "dead-channel", "--host", "stack,linux:7.2", "--markdown", "t.md"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, "--qemu", "/no/qemu"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(stderr).toMatch(/^baseboard: there is no \/no\/qemu here; take QEMU .*\n$/);
  expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  expect(readdirSync(folder)).toEqual([]);
});

// Goal: Ctrl-C leaves neither a guest nor a file. Method: the signal comes when a guest is up on each processor.
test("Ctrl-C in the middle ends all guests, and writes nothing", async () => {
  const hosts = "linux:6.17,linux:7.2";
  const args = [MAIN, "matrix", "dead-channel", "--host", hosts, "--markdown", "t.md"];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const guests = () => {
    const rows = execFileSync("ps", ["-A", "-o", "ppid=,args="]).toString().split("\n");
    // The questions put to QEMU before are processes too, but no guests.
    return rows.filter(
      (row) => row.trim().startsWith(`${child.pid} `) && row.includes(" -kernel "),
    );
  };
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += data;
    });
  }
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (guests().length < Math.min(2, availableParallelism()))
    await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(output).toBe("baseboard: interrupted; nothing is left running\n");
  expect(guests()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
