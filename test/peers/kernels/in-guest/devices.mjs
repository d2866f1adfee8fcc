/**
 * Runs in a guest, on the package as it was built: does all that a kernel's device and the registers behind
 * it can do, and prints `NAME JSON` of each. What is right of it the test knows.
 */
import { renameSync, writeFileSync } from "node:fs";
import { KernelDevice, openTarget } from "./dist/devices/index.js";
import { parseLocation } from "./dist/wire/location.js";
import { ran, tell } from "./telling.mjs";

const [kind, base, slot] = process.argv.slice(2);
const PATH = "/dev/ipmi0";
const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
const SELF_TEST = { netFn: 0x06, cmd: 0x04 };
const NEIGHBOUR = { kind: "ipmb", channel: 0, address: 0x52 };

await withoutKoffi();
await device();
await command("raw device", PATH, "06", "01");
await command("raw oem", PATH, "2e", "01", "57", "01", "00");
await command("owned io", `${kind}:io:${base}`, "06", "01");
await command("owned forced", `${kind}:io:${base}`, "06", "01", "--force");
await command("owned pci", `${kind}:pci:${slot}`, "06", "01");
await command("owned by rtc", `${kind}:io:0x70`, "06", "01");
await command("memory of the system", `${kind}:mem:0x100000`, "06", "01", "--force");
await driverGoes();
await command("raw pci", `${kind}:pci:${slot}`, "06", "01", "--trace", "/tmp/pci.jsonl", "--json");
writeFileSync(`/sys/bus/pci/devices/${slot}/enable`, "1");
await command("raw io", `${kind}:io:${base}`, "06", "01", "--json");
await command("io of 32 bits", `${kind}:io:${base}/4:32`, "06", "01");
await registers();

/** The device's own calls, one after the other. */
async function device() {
  const delivered = [];
  const device = new KernelDevice(PATH, { onDelivery: (each) => delivered.push(each) });
  await tell("device id", () => device.request(DEVICE_ID));
  await tell("parallel", () =>
    Promise.all(
      [SELF_TEST, DEVICE_ID, { netFn: 0x00, cmd: 0x01 }].map((each) => device.request(each)),
    ),
  );
  await tell("unknown", () => device.request({ netFn: 0x30, cmd: 0x99 }));
  await tell("long", () =>
    device.request({ netFn: 0x2e, cmd: 0x01, data: Uint8Array.of(0x57, 1, 0, 200) }),
  );
  await tell("odd", () => device.request({ netFn: 0x07, cmd: 0x01 }));
  await tell("send message", () => device.request({ netFn: 0x06, cmd: 0x34 }));
  await tell("too long", () => device.request({ ...SELF_TEST, data: new Uint8Array(300) }));
  await tell("no channel", () =>
    device.request({ ...DEVICE_ID, address: { ...NEIGHBOUR, channel: 9 } }),
  );
  await tell("neighbour", () => device.request({ ...DEVICE_ID, address: NEIGHBOUR }));
  await tell("nobody there", () =>
    device.request({
      ...DEVICE_ID,
      address: { ...NEIGHBOUR, address: 0x70 },
      retries: 1,
      retryTimeMs: 50,
    }),
  );
  await tell("timing", () => device.timing);
  await tell("timing set", () => {
    device.timing = { retries: 2, retryTimeMs: 300 };
    return device.timing;
  });
  await tell("maintenance", () => device.maintenance);
  await tell("maintenance on", () => {
    device.maintenance = "on";
    const set = device.maintenance;
    device.maintenance = "auto";
    return [set, device.maintenance];
  });
  await tell("own address", () => device.ownAddress(0));
  await tell("own address set", () => {
    device.setOwnAddress(0, { address: 0x24, lun: 1 });
    const set = device.ownAddress(0);
    device.setOwnAddress(0, { address: 0x20, lun: 2 });
    return set;
  });
  device.setEvents(true);
  // The BMC has an event, and then a command for us, when it carries these out.
  await device.request(SELF_TEST);
  await tell("event", () => until(() => delivered.find(({ what }) => what === "event")));
  await commands(device, delivered);
  await loopIsFree(device);
  await device.close();
  await tell("closed", () => device.request(DEVICE_ID));
}

async function commands(device, delivered) {
  const spec = { netFn: 0x06, cmd: 0x01, channels: [0] };
  device.receive(spec);
  const other = new KernelDevice(PATH);
  await tell("command taken", () => other.receive(spec));
  await other.close();
  await device.request({ netFn: 0x06, cmd: 0x07 });
  const command = await until(() => delivered.find(({ what }) => what === "command"));
  await tell("command", () => command);
  device.respond(command, Uint8Array.of(0, 1, 2, 3));
  await tell("response sent", () =>
    until(() => delivered.find(({ what }) => what === "response-sent")),
  );
  device.cease(spec);
}

/** A device that is listened to is waited for in a thread: others have the event loop. */
async function loopIsFree(device) {
  let turns = 0;
  const timer = setInterval(() => {
    turns++;
  }, 20);
  await new Promise((resolve) => setTimeout(resolve, 500));
  clearInterval(timer);
  await tell("turns", () => turns);
  device.setEvents(false);
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

async function withoutKoffi() {
  renameSync("node_modules/koffi", "node_modules/away");
  await tell("no koffi", () => new KernelDevice(PATH));
  renameSync("node_modules/away", "node_modules/koffi");
}

function command(name, ...words) {
  return tell(name, () => ran("raw", ...words));
}

async function until(look) {
  for (let tries = 0; tries < 400; tries++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not come");
}
