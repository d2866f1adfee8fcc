/** What a program does with a kernel's device, whichever that is; told by `tell`, for device-programme.ts. */
import { KernelDevice } from "./dist/devices/index.js";
import { tell } from "./telling.mjs";

const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
const SELF_TEST = { netFn: 0x06, cmd: 0x04 };
const NEIGHBOUR = { kind: "ipmb", channel: 0, address: 0x52 };

/** The device's own calls, one after the other. */
export async function programme(path) {
  const delivered = [];
  const device = new KernelDevice(path, { onDelivery: (each) => delivered.push(each) });
  await tell("device id", () => device.request(DEVICE_ID));
  await tell("parallel", () =>
    Promise.all(
      [SELF_TEST, DEVICE_ID, { netFn: 0x00, cmd: 0x01 }].map((each) => device.request(each)),
    ),
  );
  await tell("in a row", async () => {
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await device.request(DEVICE_ID));
    return answers;
  });
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
  await commands(path, device, delivered);
  await loopIsFree(device);
  await device.close();
  await tell("closed", () => device.request(DEVICE_ID));
}

async function commands(path, device, delivered) {
  const spec = { netFn: 0x06, cmd: 0x01, channels: [0] };
  device.receive(spec);
  const other = new KernelDevice(path);
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

async function until(look) {
  for (let tries = 0; tries < 400; tries++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not come");
}
