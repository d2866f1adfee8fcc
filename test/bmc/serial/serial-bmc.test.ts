import { expect, test } from "vitest";
import { SerialBmc, type SerialBmcOptions } from "../../../src/bmc/index.ts";
import type { IpmbFrame } from "../../../src/ipmi/ipmb.ts";
import { VirtualTime } from "../../../src/time/index.ts";
import { Tracer } from "../../../src/trace/tracer.ts";
import { ascii } from "../../../src/wire/serial/terminal.ts";
import { SerialLine } from "../../../src/wire/stream/line.ts";

/** A BMC on a line of 115,200 bits a second, and what it wrote. */
function served(options: SerialBmcOptions) {
  const time = new VirtualTime();
  const line = new SerialLine(time.lane("line"), { bitRate: 115_200 });
  const tracer = new Tracer(() => time.nowUs);
  const bmc = new SerialBmc(line.bmc, time.lane("bmc"), tracer, { latencyUs: 1_000, ...options });
  const came: number[] = [];
  line.host.receive((bytes) => came.push(...bytes));
  return {
    bmc,
    time,
    write: (bytes: Uint8Array | string) =>
      line.host.write(typeof bytes === "string" ? ascii(bytes) : bytes),
    /** What it has written by then. */
    by: (us: number) => {
      time.runUntil(us);
      return came;
    },
    textBy: (us: number) => {
      time.runUntil(us);
      return String.fromCharCode(...came);
    },
  };
}

const terminal = (options: Partial<SerialBmcOptions> = {}) =>
  served({ mode: "serial-terminal", ...options });
const basic = (options: Partial<SerialBmcOptions> = {}) =>
  served({ mode: "serial-basic", ...options });

const DEVICE_ID = "20 01 01 00 02 BE 00 00 00 01 00";
const ENOUGH_US = 100_000;

test("terminal mode: the answer has the request's sequence number and its command", () => {
  const { write, textBy } = terminal();
  write("[18 2C 01]\r");
  expect(textBy(ENOUGH_US)).toBe(`[1C 2C 01 00 ${DEVICE_ID}]\r\n`);
});

// Goal: a byte takes its time on the line, and the BMC its own: nothing is there before.
test("an answer is there after the request, the latency and its own length", () => {
  const { write, textBy } = terminal({ newline: "cr" });
  write("[182C01]\r");
  const byteUs = Math.ceil(10_000_000 / 115_200);
  const answer = `[1C 2C 01 00 ${DEVICE_ID}]\r`;
  const lastUs = 9 * byteUs + 1_000 + answer.length * byteUs;
  expect(textBy(lastUs - 1)).toBe(answer.slice(0, -1));
  expect(textBy(lastUs)).toBe(answer);
});

test("terminal mode: what it cannot read is told in words", () => {
  const { write, textBy } = terminal();
  write("[18 2C]\r[18 2C 0]\r");
  write(`[${"00 ".repeat(41)}]\r`);
  expect(textBy(ENOUGH_US)).toBe("[ERR C7]\r\n[ERR CC]\r\n[ERR C8]\r\n");
});

test("terminal mode: words are carried out, and what is none of them is refused", () => {
  const { bmc, time, write, textBy } = terminal();
  write("[SYS TMODE]\r[sys  power off]\r");
  expect(textBy(ENOUGH_US)).toBe("[OK TMODE]\r\n[OK]\r\n");
  time.runUntil(10_000_000);
  expect(bmc.controller.poweredOn).toBe(false);
  write("[SYS POWER ON]\r");
  time.runUntil(20_000_000);
  expect(bmc.controller.poweredOn).toBe(true);
  write("[SYS HEALTH QUERY]\r");
  expect(textBy(30_000_000)).toBe("[OK TMODE]\r\n[OK]\r\n[OK]\r\n[ERR C1]\r\n");
});

test("terminal mode: escape takes back, and with a round bracket asks for the port", () => {
  const { write, textBy } = terminal();
  write("[18 2C 01\x1b]\r\x1b(");
  expect(textBy(ENOUGH_US)).toBe("[TMODE OK]\r\n");
});

// Goal: two BMCs, or a BMC and its own echo, do not talk to each other for ever.
test("terminal mode: responses and a BMC's own words are not answered", () => {
  const { write, textBy } = terminal();
  write("[1C 2C 01 00]\r[OK]\r[ERR C1]\r[SYS]\r");
  expect(textBy(ENOUGH_US)).toBe("");
});

test("terminal mode: echo and handshake are switches", () => {
  const both = terminal({ echo: true, handshake: true });
  both.write("[182C01]\r");
  expect(both.textBy(ENOUGH_US)).toBe(`[182C01]\r[SYS]\r\n[1C 2C 01 00 ${DEVICE_ID}]\r\n`);
});

test("terminal mode: a long answer goes on in the next line", () => {
  const { write, textBy } = terminal({ lineCharsMax: 20 });
  write("[182C01]\r");
  const lines = textBy(ENOUGH_US).split("\r\n");
  expect(lines.every((line) => line.length <= 20)).toBe(true);
  expect(lines.map((line) => line.replace(/\\$/, "")).join("")).toBe(`[1C 2C 01 00 ${DEVICE_ID}]`);
});

const ASKED = Uint8Array.of(0xa0, 0x20, 0x18, 0xc8, 0x81, 0x0c, 0x01, 0x72, 0xa5);
const ANSWERED = [
  ...[0xa0, 0x81, 0x1c, 0x63, 0x20, 0x0c, 0x01],
  ...[0x00, 0x20, 0x01, 0x01, 0x00, 0x02, 0xbe, 0x00, 0x00, 0x00, 0x01, 0x00],
  ...[0xf0, 0xa5],
];

test("basic mode: the answer goes to who asked, with his sequence number", () => {
  const { write, by } = basic();
  write(ASKED);
  expect(by(ENOUGH_US)).toEqual(ANSWERED);
});

test("basic mode: the handshake says that there is room, and comes before the answer", () => {
  const { write, by } = basic({ handshake: true });
  write(ASKED);
  expect(by(ENOUGH_US)).toEqual([0xa6, ...ANSWERED]);
});

test.each([
  ["with a wrong first checksum", 3, 0xc9],
  ["with a wrong second checksum", 7, 0x73],
  ["for another controller", 1, 0x22],
  ["that is a response", 2, 0x1c],
])("basic mode: a frame %s is not answered", (_how, at, value) => {
  const { write, by } = basic();
  const frame = ASKED.slice();
  frame[at] = value;
  // What is wrong is to be that byte alone.
  if (at < 3) frame[3] = -((frame[1] ?? 0) + (frame[2] ?? 0)) & 0xff;
  write(frame);
  expect(by(ENOUGH_US)).toEqual([]);
});

test("an answer that is longer than the channel carries is told to be", () => {
  const inWords = terminal({ outputBytesMax: 13 });
  inWords.write("[18 2C 01]\r");
  expect(inWords.textBy(ENOUGH_US)).toBe("[1C 2C 01 CA]\r\n");
  const framed = basic({ outputBytesMax: 13 });
  framed.write(ASKED);
  expect(framed.by(ENOUGH_US)).toEqual([...ANSWERED.slice(0, 7), 0xca, 0x09, 0xa5]);
});

// Goal: there is room for one request. Method: two at once, which no host that heeds the handshake sends.
test("a request that comes while another one is under way is lost, and counted", () => {
  const { bmc, write, textBy } = terminal({ latencyUs: 50_000 });
  write("[180401]\r[180801]\r");
  expect(textBy(ENOUGH_US)).toBe(`[1C 04 01 00 ${DEVICE_ID}]\r\n`);
  expect(bmc.lost).toBe(1);
});

// Goal: a BMC that resets hears nothing meanwhile, and half a request from before is no part of the next.
test("a commanded reset keeps it away, and forgets what was half written", () => {
  const { write, textBy, time } = terminal({ resetUs: 1_000_000 });
  write("[180403]\r");
  time.runUntil(3_000);
  write("[18 08 01]\r");
  time.runUntil(1_100_000);
  write("[18 0C 01]\r");
  expect(textBy(2_000_000)).toBe(`[1C 04 03 00]\r\n[1C 0C 01 00 ${DEVICE_ID}]\r\n`);
});

test("Get Channel Info names the channel by which it was asked", () => {
  const { write, textBy } = terminal();
  write("[18 04 42 0E]\r");
  expect(textBy(ENOUGH_US)).toBe("[1C 04 42 00 01 05 09 00 F2 1B 00 00 00]\r\n");
});

test("a command for the system interface alone is refused here", () => {
  const { write, textBy } = terminal();
  write("[18 04 33]\r");
  expect(textBy(ENOUGH_US)).toBe("[1C 04 33 D4]\r\n");
});

/** A satellite at 82h that is asked by Send Message with tracking, and says where the request came from. */
function bridging(options: Partial<SerialBmcOptions>, latencyUs = 1_000) {
  const asked: IpmbFrame[] = [];
  const device = {
    ...{ address: 0x82, latencyUs },
    respond: (request: IpmbFrame) => {
      asked.push(request);
      return Uint8Array.of(0, 0x55);
    },
  };
  return {
    asked,
    ...served({ mode: "serial-terminal", ...options, controller: { ipmb: [device] } }),
  };
}

/** To 82h from 20h, number 3, Get Device ID, as ipmitool writes it. */
const BRIDGED = "40 82 18 66 20 0C 01 D3";

test("terminal mode: a bridged response is a line of its own, with the requester's number", () => {
  const { asked, write, textBy } = bridging({});
  // The BMC's own number is another one by then.
  write(`[18 08 34 ${BRIDGED}]\r`);
  textBy(ENOUGH_US);
  write(`[18 0C 34 ${BRIDGED}]\r`);
  const once = (sequence: string) => `[1C ${sequence} 34 00]\r\n[1C 0D 01 00 55]\r\n`;
  expect(textBy(2 * ENOUGH_US)).toBe(once("08") + once("0C"));
  expect(asked.map(({ from, sequence }) => [from, sequence])).toEqual([
    [0x20, 0],
    [0x20, 1],
  ]);
});

test("basic mode: a bridged response comes as the satellite would send it to the requester", () => {
  const { write, by } = bridging({ mode: "serial-basic" });
  write(
    Uint8Array.of(
      ...[0xa0, 0x20, 0x18, 0xc8, 0x81, 0x0c, 0x34],
      ...[0x40, 0x82, 0x18, 0x66, 0x20, 0x0c, 0x01, 0xd3, 0xff, 0xa5],
    ),
  );
  expect(by(ENOUGH_US)).toEqual([
    ...[0xa0, 0x81, 0x1c, 0x63, 0x20, 0x0c, 0x34, 0x00, 0xaa, 0xb0, 0xa5],
    ...[0xa0, 0x20, 0x1c, 0xc4, 0x82, 0x0c, 0x01, 0x00, 0x55, 0x1c, 0xa5],
  ]);
});

// Goal: who can take one message at a time gets the satellite's answer apart from the acknowledgement.
test("with a pause, a bridged response begins so long after the one before", () => {
  const byteUs = Math.ceil(10_000_000 / 115_200);
  const { write, textBy } = bridging({ pauseUs: 20_000, newline: "cr" });
  const request = `[18 08 34 ${BRIDGED}]\r`;
  write(request);
  const beginsUs = request.length * byteUs + 1_000;
  const own = "[1C 08 34 00]\r";
  expect(textBy(beginsUs + 20_000)).toBe(own);
  expect(textBy(beginsUs + 20_000 + byteUs)).toBe(`${own}[`);
  expect(textBy(ENOUGH_US)).toBe(`${own}[1C 0D 01 00 55]\r`);
});

test.each([
  ["to nobody", "40 84 18 64 20 0C 01 D3", "83"],
  ["with a wrong checksum", "40 82 18 67 20 0C 01 D3", "CC"],
  ["that is a response", "40 82 1C 62 20 0C 01 D3", "CC"],
  ["that is too short", "40 82 18 66", "CC"],
  ["raw", "80 82 18 66 20 0C 01 D3", "CC"],
])("a bridged request %s is refused", (_how, message, cc) => {
  const { write, textBy } = bridging({});
  write(`[18 08 34 ${message}]\r`);
  expect(textBy(10_000_000)).toBe(`[1C 08 34 ${cc}]\r\n`);
});

test("a BMC that resets passes no answer on that was asked for before", () => {
  const { write, textBy } = bridging({}, 50_000);
  write(`[18 08 34 ${BRIDGED}]\r`);
  textBy(20_000);
  write("[18 0C 02]\r");
  expect(textBy(10_000_000)).toBe("[1C 08 34 00]\r\n[1C 0C 02 00]\r\n");
});
