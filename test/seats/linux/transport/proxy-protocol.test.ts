import { expect, test } from "vitest";
import { BrokenInvariant } from "../../../../src/assert.ts";
import { ProxyProtocol } from "../../../../src/seats/linux/transport/proxy-protocol.ts";
import { deliveries, hex, RecordingFunction } from "./recording-function.ts";

function message(command: number, ...body: readonly number[]): Buffer {
  const bytes = Buffer.alloc(16 + body.length * 4);
  bytes.writeUInt32LE(command, 0);
  bytes.writeUInt32LE(body.length * 4, 8);
  for (const [index, word] of body.entries()) bytes.writeUInt32LE(word, 16 + index * 4);
  return bytes;
}

const BASE = 0x1000;
const configWrite = message(2, 0x10, 0xffff_ffff, 4);
const configRead = message(3, 0x3d, 0, 1);
const barWrite = message(4, BASE + 1, 0, 0x61, 0, 1, 0);
const barRead = message(5, BASE + 0x2c, 0, 0, 0, 4, 0);

function conversation(pieces: Iterable<Uint8Array>) {
  const target = new RecordingFunction();
  const sent: Uint8Array[] = [];
  const protocol = new ProxyProtocol(target, (bytes) => sent.push(bytes));
  for (const piece of pieces) protocol.receive(piece);
  return { calls: target.calls, replies: hex(sent) };
}

test("each access reaches the function with its size, and is answered with a Return", () => {
  const { calls, replies } = conversation([configWrite, configRead, barWrite, barRead]);
  expect(calls).toEqual([
    "config write 16/4=ffffffff",
    "config read 61/1",
    "bar write 1/1=61",
    "bar read 44/4",
  ]);
  const head = "01000000000000000800000000000000";
  const words = ["00000000", "3e000000", "00000000", "2cc0b0a0"];
  expect(replies).toBe(words.map((word) => `${head}${word}00000000`).join(""));
});

// Goal: where the socket cuts the stream is of no consequence. Method: all cuts into three.
test("messages arrive whole however the stream is cut", () => {
  const stream = Buffer.concat([barWrite, configRead, barRead]);
  const whole = conversation([stream]);
  for (const pieces of deliveries(stream)) expect(conversation(pieces)).toEqual(whole);
});

test("memory maps and interrupt descriptors get no answer, a reset does", () => {
  const { calls, replies } = conversation([message(0, 1, 2), message(6, 0, 0), message(7)]);
  expect(calls).toEqual([]);
  expect(replies).toHaveLength(2 * 24);
});

test("a length beyond all bounds means that the stream is lost", () => {
  const broken = message(5, 0, 0, 0, 0, 1, 0);
  broken.writeUInt32LE(0xffff_fff0, 8);
  expect(() => conversation([broken])).toThrow(BrokenInvariant);
});

// Goal: no message keeps us busy for longer than an access of a guest's would.
test.each([0, 3, 8, 0x0100_0000, 0xffff_ffff])("an access of %i bytes is refused", (bytes) => {
  expect(() => conversation([message(5, BASE, 0, 0, 0, bytes, 0)])).toThrow(BrokenInvariant);
  expect(() => conversation([message(4, BASE, 0, 0, 0, bytes, 0)])).toThrow(BrokenInvariant);
  expect(() => conversation([message(3, 0, 0, bytes)])).toThrow(BrokenInvariant);
});

test("a message without the words of its command is refused", () => {
  expect(() => conversation([message(5, BASE, 0, 0)])).toThrow(BrokenInvariant);
});
