import { expect, test } from "vitest";
import { buildCarrier, setUpSteps } from "../../../src/seats/linux-bmc/carrier.ts";
import {
  Ask,
  encodeFrame,
  FrameReader,
  readResult,
} from "../../../src/seats/linux-bmc/carrier-protocol.ts";

test("frames come out of the stream as they went in, however it is cut", () => {
  const frames = [
    encodeFrame(Ask.Write, Uint8Array.of(0x1c, 1, 0)),
    encodeFrame(Ask.Close),
    encodeFrame(Ask.Put, new Uint8Array(300).fill(7)),
  ];
  const stream = Buffer.concat(frames);
  for (const step of [1, 2, 5, stream.length]) {
    const reader = new FrameReader();
    const read = [];
    for (let at = 0; at < stream.length; at += step) {
      read.push(...reader.push(stream.subarray(at, at + step)));
    }
    expect(read.map(({ kind, payload }) => [kind, payload.length])).toEqual([
      [Ask.Write, 3],
      [Ask.Close, 0],
      [Ask.Put, 300],
    ]);
    expect(read[0]?.payload).toEqual(Uint8Array.of(0x1c, 1, 0));
  }
});

test("a length that no frame has is refused", () => {
  expect(() => new FrameReader().push(Uint8Array.of(0xff, 0xff, 1))).toThrow(RangeError);
});

test("a result has a sign", () => {
  expect(readResult(Uint8Array.of(5, 0xea, 0xff, 0xff, 0xff))).toEqual({ of: 5, value: -22 });
});

test("the carrier is a static ARM program, and the same for the same plan", () => {
  const plan = {
    modules: ["/modules/a.ko", "/modules/b.ko"],
    device: "/dev/ipmi-kcs3",
    line: "/dev/ttyS0",
    tracing: "/tracing",
  };
  const image = Buffer.from(buildCarrier(plan));
  // Magic, 32 bits, little endian; an executable, for ARM.
  expect(image.toString("hex", 0, 6)).toBe("7f454c460101");
  expect([image.readUInt16LE(16), image.readUInt16LE(18)]).toEqual([2, 40]);
  expect(image.includes("/modules/b.ko\0")).toBe(true);
  expect(Buffer.from(buildCarrier(plan))).toEqual(image);
  expect(setUpSteps(plan)).toEqual(["load /modules/a.ko", "load /modules/b.ko", "mount /tracing"]);
});
