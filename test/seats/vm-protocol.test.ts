import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodeVmMessage,
  encodeVmOperation,
  VmOperation,
  VmReader,
} from "../../src/seats/vm-protocol.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("frames as they were seen between QEMU 7.2 and a BMC", () => {
  test("the handshake", () => {
    expect(new VmReader().push(bytes("ff 01 a1 08 3f a1"))).toEqual([
      { kind: "operation", operation: VmOperation.Version, data: bytes("01") },
      { kind: "operation", operation: VmOperation.Capabilities, data: bytes("3f") },
    ]);
  });

  test("Get Device ID and its response", () => {
    expect(new VmReader().push(bytes("00 18 01 e7 a0"))).toEqual([
      { kind: "message", sequence: 0, message: bytes("18 01") },
    ]);
    expect(encodeVmMessage(0, bytes("1c 01 00"))).toEqual(bytes("00 1c 01 00 e3 a0"));
  });

  test("marks within a frame are escaped", () => {
    expect(encodeVmMessage(0x00, bytes("a0 a1 aa"))).toEqual(bytes("00 aab0 aab1 aaba 15 a0"));
    expect(encodeVmOperation(VmOperation.SetAttention)).toEqual(bytes("01 a1"));
  });
});

// Goal: whatever is sent arrives, in whatever pieces the stream is cut. Method: random messages and
// operations, put together and cut at random places.
test("frames survive any cutting of the stream", () => {
  const message = fc.record({
    kind: fc.constant("message" as const),
    sequence: fc.nat(255),
    message: fc.uint8Array({ minLength: 2, maxLength: 300 }),
  });
  const operation = fc.record({
    kind: fc.constant("operation" as const),
    operation: fc.constantFrom(...Object.values(VmOperation)),
    data: fc.uint8Array({ maxLength: 2 }),
  });
  const frames = fc.array(fc.oneof(message, operation), { maxLength: 6 });
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 7 }), (sent, piece) => {
      const stream = sent.flatMap((frame) => {
        return frame.kind === "message"
          ? [...encodeVmMessage(frame.sequence, frame.message)]
          : [...encodeVmOperation(frame.operation, ...frame.data)];
      });
      const reader = new VmReader();
      const got = [];
      for (let at = 0; at < stream.length; at += piece) {
        got.push(...reader.push(Uint8Array.from(stream.slice(at, at + piece))));
      }
      expect(got).toEqual(sent);
      expect(reader.damaged).toBe(0);
    }),
  );
});

// Goal: a damaged frame costs that frame and nothing else.
test.each([
  ["a wrong checksum", "00 18 01 e6 a0"],
  ["a message without a command", "00 18 e8 a0"],
  ["an operation without a code", "a1"],
  ["an escape that escapes nothing", "00 18 01 e7 aa a0"],
  ["more bytes than any message has", `${"00".repeat(1_025)} a0`],
])("%s is dropped, and the next frame is taken", (_what, damaged) => {
  const reader = new VmReader();
  expect(reader.push(bytes(damaged))).toEqual([]);
  expect(reader.damaged).toBe(1);
  expect(reader.push(bytes("01 a1"))).toHaveLength(1);
});
