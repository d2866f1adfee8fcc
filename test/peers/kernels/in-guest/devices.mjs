/**
 * Runs in a guest, on the package as it was built: does all that a kernel's device and the registers behind
 * it can do, and prints `NAME JSON` of each. What is right of it the test knows.
 */
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { KernelDevice, openTarget } from "./dist/devices/index.js";
import { parseLocation } from "./dist/wire/location.js";
import { programme } from "./programme.mjs";
import { ran, tell } from "./telling.mjs";

const [kind, base, slot, more] = process.argv.slice(2);
/** The page's commands, and where registers are that a function of this machine is to be moved to. */
const { written, placing } = JSON.parse(more);
const PATH = "/dev/ipmi0";
const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
const SELF_TEST = { netFn: 0x06, cmd: 0x04 };

await withoutKoffi();
await programme(PATH);
await command("raw device", PATH, "06", "01");
await tell("crash build", () => {
  const orders = ["--at", `${kind}:pci:${slot}`, "--sel", "OS stop", "--tsc", "2000"];
  return ran("crash", "build", "--no-kernel", "-o", "/tmp/x", "--then", "reset", ...orders);
});
await command("raw oem", PATH, "2e", "01", "57", "01", "00");
await command("owned io", `${kind}:io:${base}`, "06", "01");
await command("owned forced", `${kind}:io:${base}`, "06", "01", "--force");
await command("owned pci", `${kind}:pci:${slot}`, "06", "01");
await command("owned by rtc", `${kind}:io:0x70`, "06", "01");
await command("memory of the system", `${kind}:mem:0x100000`, "06", "01", "--force");
await asWritten(PATH);
await driverGoes();
await command("raw pci", `${kind}:pci:${slot}`, "06", "01", "--trace", "/tmp/pci.jsonl", "--json");
writeFileSync(`/sys/bus/pci/devices/${slot}/enable`, "1");
await command("raw io", `${kind}:io:${base}`, "06", "01", "--json");
await command("io of 32 bits", `${kind}:io:${base}/4:32`, "06", "01");
await registers();
moved();
await asWritten(placing.target);
await tell("check", () => ran("check", placing.target, "--case", "wire", "app", "--json"));
await lockedDown();

/** The page's commands at that place, each by its words. */
async function asWritten(place) {
  for (const [index, words] of written.entries()) {
    if (words[1] === place) await tell(`written ${index}`, () => ran(...words));
  }
}

/** A function's registers go to where nobody looks for them. */
function moved() {
  const fd = openSync(`/sys/bus/pci/devices/${placing.slot}/config`, "r+");
  for (const { offset, value } of placing.writes) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    writeSync(fd, bytes, 0, bytes.length, offset);
  }
  closeSync(fd);
}

/** The kernel takes its driver off the registers while a program has the device open. */
async function driverGoes() {
  await tell("no device", () => new KernelDevice("/dev/ipmi7"));
  process.seteuid(1000);
  await tell("not root", () => new KernelDevice(PATH));
  await command("not root registers", `${kind}:io:${base}`, "06", "01");
  process.seteuid(0);
  const device = new KernelDevice(PATH);
  writeFileSync("/sys/bus/pci/drivers/ipmi_si/unbind", slot);
  await tell("driver gone", () => device.request(DEVICE_ID));
  await device.close();
}

async function registers() {
  const target = await openTarget(parseLocation(`${kind}:io:${base}`));
  await tell("stack parallel", () =>
    Promise.all(
      [SELF_TEST, DEVICE_ID, { netFn: 0x30, cmd: 0x99 }].map((each) => target.request(each)),
    ),
  );
  await tell("stack refuses", () => target.request({ netFn: 0x07, cmd: 0x01 }));
  await target.close();
}

/** From here on the kernel trusts nobody, root least of all. */
async function lockedDown() {
  execFileSync("mount", ["-t", "securityfs", "none", "/sys/kernel/security"]);
  writeFileSync("/sys/kernel/security/lockdown", "integrity");
  await command("locked io", `${kind}:io:${base}`, "06", "01");
  await command("locked pci", `${kind}:pci:${slot}`, "06", "01");
  await command("locked memory", `${kind}:mem:0xfeb00000`, "06", "01");
  writeFileSync("/sys/module/ipmi_si/parameters/hotmod", `add,${kind},i/o,${base}`);
  while (!existsSync(PATH)) await new Promise((resolve) => setTimeout(resolve, 50));
  await command("locked device", PATH, "06", "01");
}

async function withoutKoffi() {
  renameSync("node_modules/koffi", "node_modules/away");
  await tell("no koffi", () => new KernelDevice(PATH));
  renameSync("node_modules/away", "node_modules/koffi");
}

function command(name, ...words) {
  return tell(name, () => ran("raw", ...words));
}
