import { expect, test } from "vitest";
import type { IpmbDevice } from "../../../../src/bmc/controller/ipmb-bus.ts";
import { satellite } from "../../../../src/bmc/controller/satellite.ts";
import {
  decodeQueuedIpmb,
  encodeIpmb,
  type IpmbFrame,
  ipmbChecksum,
} from "../../../../src/ipmi/ipmb.ts";
import { hex, parseHex } from "../../../../src/ipmi/message.ts";
import { Bench } from "../../bench.ts";

/** Get Device ID for the controller at 52h, as system software sends it. */
const REQUEST: IpmbFrame = {
  to: 0x52,
  toLun: 0,
  netFn: 6,
  from: 0x20,
  fromLun: 2,
  sequence: 5,
  cmd: 1,
  data: new Uint8Array(),
};

/** A device that notes what it is asked, and answers with so many bytes of 0. */
function device(asked: IpmbFrame[], answerBytes = 1): IpmbDevice {
  return {
    address: 0x52,
    latencyUs: 1_000,
    respond: (request) => {
      asked.push(request);
      return new Uint8Array(answerBytes);
    },
  };
}

function send(frame: Partial<IpmbFrame>): string {
  return `18 34 00 ${hex(encodeIpmb({ ...REQUEST, ...frame }))}`;
}

test("SND-01: the specification's Set Event Receiver to 52h, and its response in the queue", () => {
  const asked: IpmbFrame[] = [];
  const bench = new Bench({ ipmb: [device(asked)] });
  expect(bench.tell("18 34 00 52 10 9e 20 06 00 20 00 ba"), "at once").toBe("00");
  expect(bench.tell("18 31"), "the response comes later").toBe("00 00");
  expect(bench.tell("18 33")).toBe("80");
  bench.pass(0.001);
  expect(asked.map((frame) => hex(frame.data))).toEqual(["20 00"]);
  expect(bench.controller.messageFlags).toBe(1);
  expect(bench.tell("18 33")).toBe("00 00 16 ca 52 04 00 00 aa");
  expect(bench.controller.messageFlags).toBe(0);
});

test("SND-01, SND-02: a satellite answers through LUN 10b with the sender's sequence", () => {
  const bench = new Bench({
    ipmb: [satellite({ address: 0x52, latencyUs: 2_000 }, { identity: { deviceId: 0x52 } })],
  });
  expect(bench.tell(send({}))).toBe("00");
  bench.pass(1);
  const response = decodeQueuedIpmb(parseHex(bench.tell("18 33")).slice(2));
  expect(response).toMatchObject({
    netFn: 7,
    toLun: 2,
    from: 0x52,
    fromLun: 0,
    sequence: 5,
    cmd: 1,
  });
  expect(hex(response.data).startsWith("00 52")).toBe(true);
  bench.tell(send({ cmd: 0x77 }));
  bench.pass(1);
  expect(hex(decodeQueuedIpmb(parseHex(bench.tell("18 33")).slice(2)).data)).toBe("c1");
});

test("SND-05: only responses to LUN 10b of the BMC reach the queue", () => {
  const asked: IpmbFrame[] = [];
  const bench = new Bench({ ipmb: [device(asked)] });
  for (const other of [{ fromLun: 0 }, { fromLun: 1 }, { fromLun: 3 }, { from: 0x81 }]) {
    expect(bench.tell(send(other))).toBe("00");
  }
  bench.pass(1);
  expect(asked.length).toBe(4);
  expect(bench.controller.messageFlags).toBe(0);
});

test("MF-10, MF-11: a channel that does not receive still sends; its responses are lost", () => {
  const asked: IpmbFrame[] = [];
  const bench = new Bench({ ipmb: [device(asked)] });
  bench.tell("18 32 00 00");
  expect(bench.tell(send({}))).toBe("00");
  bench.pass(1);
  expect(asked.length).toBe(1);
  expect(bench.controller.messageFlags).toBe(0);
});

test("SND-06: raw sending and tracking are refused with CCh", () => {
  const bench = new Bench({ ipmb: [device([])] });
  expect(bench.tell("18 34 80 52 10 9e 20 06 00 20 00 ba")).toBe("cc");
  expect(bench.tell("18 34 40 52 10 9e 20 06 00 20 00 ba")).toBe("cc");
});

test("SND-07: the content is not judged; the device drops what is no frame", () => {
  const asked: IpmbFrame[] = [];
  const bench = new Bench({ ipmb: [device(asked)] });
  expect(bench.tell("18 34 00 52")).toBe("00");
  expect(bench.tell("18 34 00 52 10 9f 20 06 00 20 00 ba"), "checksum 1").toBe("00");
  expect(bench.tell("18 34 00 52 10 9e 20 06 00 20 00 bb"), "checksum 2").toBe("00");
  bench.pass(1);
  expect(asked).toEqual([]);
  expect(bench.tell("18 34 00")).toBe("c7");
});

test("an address that nobody acknowledges is answered with 83h", () => {
  const bench = new Bench({ ipmb: [device([])] });
  expect(bench.tell(send({ to: 0x54 }))).toBe("83");
  expect(bench.tell(send({ to: 0x20 })), "nobody addresses himself").toBe("83");
});

test("SND-08: a channel with sessions wants a session handle, and none is right", () => {
  const lan = { channel: 1, medium: 4, protocol: 1, activeSessions: 0, sessionSupport: 2 };
  const rest = { vendorId: 0x1bf2, auxiliary1: 0, auxiliary2: 0 };
  const bench = new Bench({ channels: [{ ...lan, ...rest }] });
  expect(bench.tell("18 34 01 05 81 18 67")).toBe("80");
  expect(bench.tell("18 34 02 05 81 18 67"), "no such channel").toBe("cc");
  expect(bench.tell("18 34 0f 05 81 18 67"), "the system interface itself").toBe("cc");
});

test("SND-04: several requests may be under way; each answers with its own sequence", () => {
  const bench = new Bench({ ipmb: [device([])] });
  bench.tell(send({ sequence: 1 }));
  bench.tell(send({ sequence: 2 }));
  bench.pass(1);
  const sequences = [0, 1].map(() => {
    return decodeQueuedIpmb(parseHex(bench.tell("18 33")).slice(2)).sequence;
  });
  expect(sequences).toEqual([1, 2]);
});

test("a reset of the BMC loses what was under way", () => {
  const bench = new Bench({ ipmb: [device([])] });
  bench.tell(send({}));
  bench.controller.reset("cold");
  bench.pass(1);
  expect(bench.controller.messageFlags).toBe(0);
});

test("both checksums of a queued response are right", () => {
  const bench = new Bench({ ipmb: [device([], 20)] });
  bench.tell(send({}));
  bench.pass(1);
  const queued = parseHex(bench.tell("18 33")).slice(2);
  expect(ipmbChecksum(Uint8Array.of(0x20, ...queued.slice(0, 2)))).toBe(0);
  expect(ipmbChecksum(queued.slice(2))).toBe(0);
});
