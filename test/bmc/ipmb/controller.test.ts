import { expect, test } from "vitest";
import { IpmbController, type IpmbControllerOptions } from "../../../src/bmc/index.ts";
import { encodeIpmb, type IpmbFrame } from "../../../src/ipmi/ipmb.ts";
import { VirtualTime } from "../../../src/time/index.ts";
import { IpmbSegment, type SegmentOptions } from "../../../src/wire/ipmb/port.ts";

const GET_DEVICE_ID = { to: 0x82, toLun: 0, netFn: 6, cmd: 1, data: new Uint8Array() };
const SECOND_US = 1_000_000;

/** The BMC at 20h, a controller at 82h that answers 00h and its count, and what went over the bus. */
function bus(options: SegmentOptions = {}, execute?: IpmbControllerOptions["execute"]) {
  const time = new VirtualTime();
  const went: { us: number; message: Uint8Array }[] = [];
  const segment = new IpmbSegment(time.lane("ipmb"), {
    ...options,
    fault: (message) => {
      went.push({ us: time.nowUs, message });
      return options.fault === undefined ? message : options.fault(message);
    },
  });
  const executed: IpmbFrame[] = [];
  const controller = (address: number) =>
    new IpmbController({
      ...{ address, port: segment.attach(address), scheduler: time.lane(`at ${address}`) },
      execute: (request) => {
        executed.push(request);
        return execute === undefined ? Uint8Array.of(0, executed.length) : execute(request);
      },
    });
  return { time, segment, went, executed, bmc: controller(0x20), satellite: controller(0x82) };
}

/** What came of a request; `waiting` as long as nothing did. */
function asked({ bmc }: ReturnType<typeof bus>, request = GET_DEVICE_ID) {
  const came: (readonly number[] | "none")[] = [];
  const outcome = bmc.requester.request(request, (response) => {
    came.push(response === undefined ? "none" : [...response.data]);
  });
  return { outcome, came };
}

test("a request is answered, and both messages take their bytes' time", () => {
  const all = bus();
  const { outcome, came } = asked(all);
  expect(outcome).toBe("sent");
  // 7 bytes there and 9 back, of 90 us each.
  all.time.runUntil(16 * 90 - 1);
  expect(came).toEqual([]);
  all.time.runUntil(16 * 90);
  expect(came).toEqual([[0, 1]]);
});

// Goal: a message that is lost, on either way, costs a try and no more, and the command is carried out once.
test.each([
  ["the request", [0], 1],
  ["the response", [1], 1],
  ["all but the last try", [0, 1, 2, 3], 1],
])("%s may be lost: it is sent again with its number after 250 ms", (_what, lost, times) => {
  let at = 0;
  const all = bus({ fault: (message) => (lost.includes(at++) ? undefined : message) });
  const { came } = asked(all);
  all.time.runUntil(3 * SECOND_US);
  expect(came).toEqual([[0, 1]]);
  expect(all.executed.length).toBe(times);
  const requests = all.went.filter(({ message }) => message[0] === 0x82);
  expect(new Set(requests.map(({ message }) => message[4])).size).toBe(1);
  const [first, second] = requests;
  expect((second?.us ?? 0) - (first?.us ?? 0)).toBe(250_000);
});

test("whom nobody answers is told so after five tries", () => {
  const all = bus({}, () => undefined);
  const { came } = asked(all);
  all.time.runUntil(5 * 250_000 - 1);
  expect(came).toEqual([]);
  all.time.runUntil(5 * 250_000);
  expect(came).toEqual(["none"]);
  expect(all.went.filter(({ message }) => message[0] === 0x82).length).toBe(5);
});

test("nobody at the address is told at once, and keeps no number", () => {
  const all = bus();
  const { outcome, came } = asked(all, { ...GET_DEVICE_ID, to: 0x84 });
  expect([outcome, came]).toEqual(["refused", []]);
  expect(all.bmc.requester.outstanding).toBe(0);
});

// T3: a controller that goes away under a request, as one does that resets, is looked for more often.
test("a retry that nobody acknowledges is tried again after 60 ms", () => {
  const all = bus({}, () => undefined);
  const { came } = asked(all);
  all.time.runUntil(1_000);
  all.segment.detach(0x82);
  all.time.runUntil(250_000 + 4 * 60_000 - 1);
  expect(came).toEqual([]);
  all.time.runUntil(250_000 + 4 * 60_000);
  expect(came).toEqual(["none"]);
});

// Goal: a number stands for one request as long as its answer may come. Method: 64 requests, then another.
test("a number is another request's only after five seconds", () => {
  const all = bus({}, (request) => (request.cmd === 1 ? Uint8Array.of(0) : undefined));
  for (let at = 0; at < 64; at++) expect(asked(all).outcome).toBe("sent");
  expect(asked(all).outcome).toBe("full");
  all.time.runUntil(SECOND_US);
  expect(all.bmc.requester.outstanding).toBe(0);
  expect(asked(all).outcome).toBe("full");
  all.time.runUntil(6 * SECOND_US);
  expect(asked(all).outcome).toBe("sent");
});

// Goal: who hears a request again knows it by requester, number and command, for as long as the number lives.
test("a duplicate gets the same response and is not carried out; five seconds later it is another", () => {
  const all = bus();
  const { time, segment, executed, satellite } = all;
  const came: Uint8Array[] = [];
  const host = segment.attach(0x30);
  host.receive((message) => came.push(message));
  const request = encodeIpmb({ ...GET_DEVICE_ID, from: 0x30, fromLun: 2, sequence: 9 });
  host.send(request);
  time.runUntil(SECOND_US);
  host.send(request);
  time.runUntil(2 * SECOND_US);
  expect(came[1]).toEqual(came[0]);
  expect([executed.length, satellite.responder.duplicates]).toEqual([1, 1]);
  time.runUntil(8 * SECOND_US);
  host.send(request);
  time.runUntil(9 * SECOND_US);
  expect(executed.length).toBe(2);
  // It is answered to the LUN that asked.
  expect(came[2]?.[1]).toBe((7 << 2) | 2);
});

test.each([
  ["sequence", { sequence: 10 }],
  ["requester", { from: 0x32 }],
  ["requester's LUN", { fromLun: 1 }],
  ["command", { cmd: 4 }],
  ["data", { data: Uint8Array.of(1) }],
])("another %s is another request", (_what, other) => {
  const { time, segment, executed } = bus();
  segment.attach(0x32);
  const host = segment.attach(0x30);
  const frame = { ...GET_DEVICE_ID, from: 0x30, fromLun: 2, sequence: 9 };
  host.send(encodeIpmb(frame));
  host.send(encodeIpmb({ ...frame, ...other }));
  time.runUntil(SECOND_US);
  expect(executed.length).toBe(2);
});

test("a broadcast reaches who it names, and the others stay silent", () => {
  const { time, segment, executed, bmc, satellite } = bus();
  const host = segment.attach(0x30);
  const came: Uint8Array[] = [];
  host.receive((message) => came.push(message));
  const frame = { ...GET_DEVICE_ID, from: 0x30, fromLun: 0, sequence: 1 };
  host.send(Uint8Array.of(0, ...encodeIpmb(frame)));
  time.runUntil(SECOND_US);
  expect(executed.length).toBe(1);
  expect([bmc.dropped, satellite.dropped]).toEqual([1, 0]);
  expect(came.map(([to, , , from]) => [to, from])).toEqual([[0x30, 0x82]]);
});

// Goal: no bit of a message may flip unseen. Method: each single one of a request.
test("a message with a wrong checksum is dropped", () => {
  const { time, segment, executed } = bus();
  const host = segment.attach(0x30);
  const whole = encodeIpmb({ ...GET_DEVICE_ID, from: 0x30, fromLun: 0, sequence: 1 });
  for (let bit = 8; bit < 8 * whole.length; bit++) {
    const message = whole.slice();
    message[bit >> 3] = (message[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    host.send(message);
  }
  time.runUntil(SECOND_US);
  expect(executed).toEqual([]);
});

// Goal: only the answer to a request settles it.
test.each([
  ["from another controller", { from: 0x84 }],
  ["to another command", { cmd: 2 }],
  ["of another NetFn", { netFn: 0x0b }],
  ["with another number", { sequence: 5 }],
  ["without a completion code", { data: new Uint8Array() }],
])("a response %s is a stray", (_what, other) => {
  const all = bus({}, () => undefined);
  const { came } = asked(all);
  const liar = all.segment.attach(0x84);
  const right = { to: 0x20, toLun: 0, netFn: 7, from: 0x82, fromLun: 0, sequence: 0, cmd: 1 };
  liar.send(encodeIpmb({ ...right, data: Uint8Array.of(0), ...other }));
  all.time.runUntil(100_000);
  expect([came, all.bmc.requester.strays]).toEqual([[], 1]);
  liar.send(encodeIpmb({ ...right, data: Uint8Array.of(0) }));
  all.time.runUntil(200_000);
  expect(came).toEqual([[0]]);
});

test("who starts afresh owes nobody an answer and waits for none", () => {
  const all = bus({}, () => undefined);
  const { came } = asked(all);
  all.bmc.restart();
  all.time.runUntil(10 * SECOND_US);
  expect(came).toEqual([]);
});
