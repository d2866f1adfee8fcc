import { expect, test } from "vitest";
import { VfioUserProtocol } from "../../../../src/seats/linux/transport/vfio-user-protocol.ts";
import { deliveries, hex, RecordingFunction } from "./recording-function.ts";

const NO_REPLY = 0x10;

function message(id: number, command: number, body: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(command, 2);
  head.writeUInt32LE(16 + body.length, 4);
  head.writeUInt32LE(flags, 8);
  return Buffer.concat([head, body]);
}

function access(offset: number, region: number, count: number, data: readonly number[] = []) {
  const body = Buffer.alloc(16 + data.length);
  body.writeUInt32LE(offset, 0);
  body.writeUInt32LE(region, 8);
  body.writeUInt32LE(count, 12);
  body.set(data, 16);
  return body;
}

function info(index: number): Buffer {
  const body = Buffer.alloc(32);
  body.writeUInt32LE(32, 0);
  body.writeUInt32LE(index, 8);
  return body;
}

function conversation(pieces: Iterable<Uint8Array>) {
  const target = new RecordingFunction();
  const sent: Uint8Array[] = [];
  const protocol = new VfioUserProtocol(target, (bytes) => sent.push(bytes));
  for (const piece of pieces) protocol.receive(piece);
  return { calls: target.calls, sent };
}

function reply(bytes: Uint8Array | undefined) {
  const buffer = Buffer.from(bytes ?? []);
  return {
    id: buffer.readUInt16LE(0),
    bytes: buffer.readUInt32LE(4),
    flags: buffer.readUInt32LE(8),
    error: buffer.readUInt32LE(12),
    body: buffer.subarray(16),
  };
}

test("the version is agreed on with the capabilities in JSON", () => {
  const { sent } = conversation([message(7, 1, Buffer.from("00000100{}\0"))]);
  const { id, bytes, flags, body } = reply(sent[0]);
  expect([id, bytes, flags]).toEqual([7, 16 + body.length, 1]);
  expect(body.at(-1)).toBe(0);
  expect(JSON.parse(body.toString("latin1", 4, body.length - 1))).toHaveProperty("capabilities");
});

test("region reads and writes reach the function, by word and by byte", () => {
  const { calls, sent } = conversation([
    message(1, 9, access(0x2c, 0, 4)),
    message(2, 9, access(0, 7, 1)),
    message(3, 10, access(1, 0, 1, [0x61])),
    message(4, 10, access(0x10, 7, 4, [1, 2, 3, 4])),
    message(5, 9, access(0, 7, 6)),
  ]);
  expect(calls).toEqual([
    "bar read 44/4",
    "config read 0/1",
    "bar write 1/1=61",
    "config write 16/4=4030201",
    "config read 0/4",
    "config read 4/2",
  ]);
  expect(reply(sent[0]).body.toString("hex")).toBe("2c00000000000000000000000400000" + "02cc0b0a0");
  expect(sent.map((bytes) => reply(bytes).id)).toEqual([1, 2, 3, 4, 5]);
});

test("a posted write is done and not answered", () => {
  const { calls, sent } = conversation([message(9, 10, access(0, 0, 1, [0x18]), NO_REPLY)]);
  expect(calls).toEqual(["bar write 0/1=18"]);
  expect(sent).toEqual([]);
});

test("only BAR 0 and the configuration space have a size, only INTx is an interrupt", () => {
  const regions = Array.from({ length: 9 }, (_, index) => message(index, 5, info(index)));
  const sizes = conversation(regions).sent.map((bytes) => reply(bytes).body.readUInt32LE(16));
  expect(sizes).toEqual([64, 0, 0, 0, 0, 0, 0, 256, 0]);
  const irqs = Array.from({ length: 5 }, (_, index) => message(index, 7, info(index)));
  const counts = conversation(irqs).sent.map((bytes) => reply(bytes).body.readUInt32LE(12));
  expect(counts).toEqual([1, 0, 0, 0, 0]);
});

test("a command that is not known is answered with an error, a reply with nothing", () => {
  const { sent } = conversation([message(1, 12, Buffer.alloc(4)), message(2, 9, info(0), 1)]);
  expect(sent).toHaveLength(1);
  expect(reply(sent[0])).toMatchObject({ id: 1, bytes: 16, flags: 0x21, error: 95 });
});

// Goal: where the socket cuts the stream is of no consequence. Method: all cuts into three.
test("messages arrive whole however the stream is cut", () => {
  const stream = Buffer.concat([
    message(1, 10, access(1, 0, 1, [0x61]), NO_REPLY),
    message(2, 9, access(1, 0, 1)),
    message(3, 4, Buffer.alloc(16)),
  ]);
  const whole = conversation([stream]);
  for (const pieces of deliveries(stream)) {
    const cut = conversation(pieces);
    expect([cut.calls, hex(cut.sent)]).toEqual([whole.calls, hex(whole.sent)]);
  }
});
