import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stopAll } from "../../../src/seats/linux/index.ts";
import { startIpmiDevice } from "../../../src/seats/qemu/index.ts";
import { eventually } from "../eventually.ts";
import { leavesNothing, startedBy } from "../nothing-left.ts";

const KCS = { interface: "kcs", bus: "isa" } as const;
const STATUS = 1;

leavesNothing();

test("a machine ends when it is told, and again does no harm", async () => {
  const { machine, port } = await startIpmiDevice(KCS);
  expect(port.read(STATUS)).toBe(0x00);
  await machine.stop();
  await machine.stop();
  expect(() => port.read(STATUS)).toThrow("QEMU is gone");
});

test("stopAll ends it", async () => {
  const { machine, port } = await startIpmiDevice(KCS);
  await stopAll();
  await machine.gone;
  expect(() => port.read(STATUS)).toThrow("QEMU is gone");
});

// Goal: an access never waits for ever. Method: a QEMU that does nothing more, as a stopped process.
test("a QEMU that hangs is ended, and with it the access that waits for it", async () => {
  const { machine, port } = await startIpmiDevice({ ...KCS, lifeS: 2 });
  for (const pid of startedBy().slice(-1)) process.kill(pid, "SIGSTOP");
  expect(() => port.read(STATUS)).toThrow("QEMU is gone");
  await machine.gone;
});

test("QEMU's complaint is told when it does not start", async () => {
  const bmc = ["-device", "no-such-device"];
  await expect(startIpmiDevice({ ...KCS, bmc })).rejects.toMatchObject({
    code: "QEMU_FAILED",
    message: expect.stringContaining("no-such-device"),
  });
});

test("a program that is not there is missing, and how to get it is said", async () => {
  const program = "qemu-system-nowhere";
  await expect(startIpmiDevice({ ...KCS, program })).rejects.toMatchObject({
    code: "QEMU_MISSING",
    remedy: expect.stringContaining("apt-get install"),
  });
});

test("a parent that is killed takes its machine with it", async () => {
  const script = fileURLToPath(new URL("./start-and-wait.ts", import.meta.url));
  const parent = spawn(process.execPath, ["--import", "tsx", script]);
  await new Promise((resolve) => parent.stdout.once("data", resolve));
  const pids = startedBy(parent.pid);
  expect(pids).toHaveLength(2);
  const ended = new Promise((resolve) => parent.once("exit", resolve));
  parent.kill("SIGKILL");
  await ended;
  await eventually(() => expect(pids.filter(runs)).toEqual([]));
  for (const name of readdirSync(tmpdir())) rmSync(join(tmpdir(), name), { recursive: true });
});

function runs(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
