import { expect, test } from "vitest";
import { IpmbDeviceStream } from "../../../src/wire/ipmb/device-stream.ts";
import type { StreamEnd } from "../../../src/wire/stream/line.ts";

class Stream implements StreamEnd {
  readonly written: number[] = [];
  take: (bytes: Uint8Array) => void = () => {};

  write(bytes: Uint8Array): void {
    this.written.push(...bytes);
  }

  receive(taken: (bytes: Uint8Array) => void): void {
    this.take = taken;
  }
}

test("a message goes behind its length", () => {
  const stream = new Stream();
  const port = new IpmbDeviceStream(stream);
  expect(port.send(Uint8Array.of(0x20, 0x18, 0xc8))).toBe(true);
  expect(port.send(new Uint8Array(256))).toBe(false);
  expect(stream.written).toEqual([3, 0x20, 0x18, 0xc8]);
});

test("messages are read whatever pieces they come in", () => {
  const stream = new Stream();
  const came: number[][] = [];
  new IpmbDeviceStream(stream).receive((message) => came.push([...message]));
  const bytes = Uint8Array.of(2, 1, 2, 0, 3, 4, 5, 6, 1, 7);
  stream.take(bytes);
  for (const byte of bytes) stream.take(Uint8Array.of(byte));
  const expected = [[1, 2], [4, 5, 6], [7]];
  expect(came).toEqual([...expected, ...expected]);
});
