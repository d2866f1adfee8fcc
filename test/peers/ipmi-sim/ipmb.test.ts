import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { IpmbController } from "../../../src/bmc/index.ts";
import { Pty } from "../../../src/devices/index.ts";
import { encodeIpmb, type IpmbFrame } from "../../../src/ipmi/ipmb.ts";
import { RealScheduler } from "../../../src/time/real.ts";
import { IpmbDeviceStream } from "../../../src/wire/ipmb/device-stream.ts";
import { eventually } from "../eventually.ts";
import { PAUSE_MS, Served } from "../ipmitool/served.ts";
import { IpmiSim, unpackIpmiSim } from "./ipmi-sim.ts";

let served: Served;
let sim: IpmiSim | undefined;

beforeAll(() => unpackIpmiSim());

beforeEach(() => {
  served = new Served();
});

afterEach(async () => {
  await sim?.stop();
  sim = undefined;
  await served.remove();
});

// Goal: a host, our BMC between, and a satellite, of which only the middle one is ours.
test.each(["serial-terminal", "serial-basic"])(
  "ipmitool over %s reaches ipmi_sim as satellite 84h through our BMC's bridging",
  async (mode) => {
    await served.start(mode, "--ipmb", served.path("ipmb"), "--pause", PAUSE_MS);
    sim = await IpmiSim.onIpmb(served.path("ipmb"), "0x84");
    const asked = ["-t", "0x84", "-b", "0"];
    expect(await served.ipmitool(mode, ...asked, "mc", "info")).toMatch(
      /^Manufacturer ID +: 4753$/m,
    );
    expect(await served.ipmitool(mode, ...asked, "sel", "info")).toMatch(/^Entries +: 0$/m);
    await expect(served.ipmitool(mode, ...asked, "raw", "6", "0x7f")).rejects.toThrow(/rsp=0xc1/);
    expect(await served.ipmitool(mode, "mc", "info")).toMatch(/^Manufacturer ID +: 0$/m);
  },
);

/** Our controller 82h on an IPMB that ipmi_sim is the BMC of. */
function satelliteOf(path: string) {
  const pty = new Pty(path);
  const controller = new IpmbController({
    ...{ address: 0x82, port: new IpmbDeviceStream(pty), scheduler: new RealScheduler() },
    execute: () => undefined,
  });
  const ask = (cmd: number, netFn = 6) =>
    new Promise<IpmbFrame | undefined>((resolve) => {
      const data = new Uint8Array();
      const outcome = controller.requester.request(
        { to: 0x20, toLun: 0, netFn, cmd, data },
        resolve,
      );
      if (outcome !== "sent") throw new Error(outcome);
    });
  return { pty, controller, ask };
}

test("our satellite asks ipmi_sim as the BMC, and is answered", async () => {
  const { pty, controller, ask } = satelliteOf(served.path("ipmb"));
  try {
    sim = await IpmiSim.onIpmb(served.path("ipmb"), "0x20");
    const id = await ask(0x01);
    expect(id).toMatchObject({ from: 0x20, to: 0x82, netFn: 7, cmd: 1 });
    expect([...(id?.data.slice(0, 2) ?? [])]).toEqual([0x00, 0x00]);
    expect((await ask(0x40, 0x0a))?.data[0]).toBe(0x00);
    expect((await ask(0x7f))?.data[0]).toBe(0xc1);
    expect(controller.dropped).toBe(0);
  } finally {
    pty.close();
  }
});

/** Get Device ID from 20h, as it goes over the bus. */
const getDeviceId = (to: number, sequence: number) =>
  encodeIpmb({
    ...{ to, toLun: 0, netFn: 6, from: 0x20, fromLun: 0, sequence },
    ...{ cmd: 1, data: new Uint8Array() },
  });

// Goal: what docs/findings.md says of ipmi_sim is so.
test("ipmi_sim answers in anybody's name, loses two at once, and hears no broadcast", async () => {
  const pty = new Pty(served.path("ipmb"));
  const port = new IpmbDeviceStream(pty);
  const came: Uint8Array[] = [];
  port.receive((message) => came.push(message));
  const next = async (count: number) => {
    await eventually(() => expect(came.length).toBe(count));
    return came[count - 1];
  };
  try {
    sim = await IpmiSim.onIpmb(served.path("ipmb"), "0x84");
    port.send(getDeviceId(0x72, 1));
    const inItsName = await next(1);
    expect([inItsName?.[0], inItsName?.[3], inItsName?.[6]]).toEqual([0x20, 0x72, 0x00]);
    const one = getDeviceId(0x84, 2);
    pty.write(Uint8Array.of(one.length, ...one, one.length, ...one));
    await new Promise((resolve) => setTimeout(resolve, 200));
    port.send(Uint8Array.of(0, ...getDeviceId(0x84, 3)));
    // C1h, to 84h itself: it takes the broadcast's address for the responder's, and all behind it is shifted.
    const answered = await next(2);
    expect([answered?.[0], answered?.[6]]).toEqual([0x64, 0xc1]);
  } finally {
    pty.close();
  }
});
