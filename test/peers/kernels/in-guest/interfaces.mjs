/**
 * Runs in a guest with many interfaces: asks each by the kernel's device, takes the kernel's driver off it, and
 * asks it by our own stack. Prints `= NAME JSON` of each. Its arguments are JSON: `interfaces`, each with its
 * name, the begin of what the kernel says of it, how its driver is taken off, and where it is then; `clock`.
 */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { KernelDevice, openTarget } from "./dist/devices/index.js";
import { parseLocation } from "./dist/wire/location.js";
import { programme } from "./programme.mjs";
import { tell, ticks } from "./telling.mjs";

const { interfaces, clock } = JSON.parse(process.argv[2]);
const CLASS = "/sys/class/ipmi";
const ASKED = [
  { netFn: 0x06, cmd: 0x04 },
  { netFn: 0x06, cmd: 0x01 },
  { netFn: 0x30, cmd: 0x99 },
];

const ticking = ticks(clock);
for (const { name, begins, off, target, whole } of interfaces) {
  const params = found(begins);
  const address = /0x[0-9a-f]+/.exec(params?.text ?? "")?.[0];
  const place = target.replace("ADDRESS", address);
  await tell(`${name} by the kernel`, async () => {
    const device = new KernelDevice(`/dev/${params?.device}`);
    const answers = await Promise.all(ASKED.map((each) => device.request(each)));
    await device.close();
    return answers;
  });
  if (whole) await programme(`/dev/${params?.device}`);
  await tell(`${name} is taken`, () => openTarget(parseLocation(place)));
  writeFileSync(off.file, off.text);
  await tell(`${name} by us`, async () => {
    const opened = await openTarget(parseLocation(place));
    const answers = await Promise.all(ASKED.map((each) => opened.request(each)));
    const long = await opened.request({ netFn: 0x06, cmd: 0x01, data: new Uint8Array(60) });
    await opened.close();
    return [...answers, long];
  });
}
clearInterval(ticking);

/** The device that the kernel has where it says that, or that is bound to it. */
function found(begins) {
  for (const device of readdirSync(CLASS)) {
    const bound = `${CLASS}/${device}/device`;
    const text = textOf(`${bound}/params`) ?? readlinkSync(bound).split("/").at(-1);
    if (text.startsWith(begins)) return { device, text };
  }
  return undefined;
}

function textOf(path) {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
