import fc from "fast-check";
import { expect, test } from "vitest";
import { getMessage, sendMessage, Tracking } from "../../src/ipmi/commands/app/messaging.ts";
import { setEventReceiver } from "../../src/ipmi/commands/sensor-event/event.ts";
import {
  BMC_ADDRESS,
  decodeIpmb,
  decodeQueuedIpmb,
  encodeIpmb,
  encodeQueuedIpmb,
  type IpmbFrame,
  ipmbResponse,
  SMS_LUN,
} from "../../src/ipmi/ipmb.ts";
import { Malformed, parseHex } from "../../src/ipmi/message.ts";
import { RUNS } from "./arbitrary.ts";

const byte = fc.integer({ min: 0, max: 0xff });
const anyFrame: fc.Arbitrary<IpmbFrame> = fc.record({
  to: byte,
  toLun: fc.integer({ min: 0, max: 3 }),
  netFn: fc.integer({ min: 0, max: 0x3f }),
  from: byte,
  fromLun: fc.integer({ min: 0, max: 3 }),
  sequence: fc.integer({ min: 0, max: 0x3f }),
  cmd: byte,
  data: fc.uint8Array({ maxLength: 20 }),
});

const setReceiver: IpmbFrame = {
  to: 0x52,
  toLun: 0,
  netFn: setEventReceiver.netFn,
  from: BMC_ADDRESS,
  fromLun: SMS_LUN,
  sequence: 1,
  cmd: setEventReceiver.cmd,
  data: setEventReceiver.request.encode({ address: 0x20, lun: 0 }),
};

test("Set Event Receiver to 52h through Send Message, the worked vector", () => {
  const sent = sendMessage.request.encode({
    channel: 0,
    authenticated: false,
    encrypted: false,
    tracking: Tracking.None,
    message: encodeIpmb(setReceiver),
  });
  expect(sent).toEqual(parseHex("00 52 10 9E 20 06 00 20 00 BA"));
  expect(decodeIpmb(sendMessage.request.decode(sent).message)).toEqual(setReceiver);
});

test("its response in the Receive Message Queue", () => {
  const response = ipmbResponse(setReceiver, Uint8Array.of(0x00));
  const message = encodeQueuedIpmb(response);
  const queued = getMessage.response.encode({ channel: 0, privilege: 0, message });
  expect(queued).toEqual(parseHex("00 16 CA 52 04 00 00 AA"));
  expect(decodeQueuedIpmb(message)).toEqual(response);
});

test("frames go and come whole, on the bus and in the queue", () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      expect(decodeIpmb(encodeIpmb(frame))).toEqual(frame);
      expect(decodeQueuedIpmb(encodeQueuedIpmb(frame), frame.to)).toEqual(frame);
    }),
    RUNS,
  );
});

// Goal: the two checksums guard every byte. Method: change one byte of a frame in any way.
test("a changed byte or a cut frame is Malformed", () => {
  fc.assert(
    fc.property(anyFrame, fc.nat(), fc.integer({ min: 1, max: 0xff }), (frame, place, change) => {
      const bytes = encodeIpmb(frame);
      const at = place % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ change;
      expect(() => decodeIpmb(bytes)).toThrow(expect.objectContaining({ what: "content" }));
      if (at > 0) {
        const queued = () => decodeQueuedIpmb(bytes.slice(1), frame.to);
        expect(queued).toThrow(expect.objectContaining({ offset: at < 3 ? 1 : bytes.length - 2 }));
      }
    }),
    RUNS,
  );
  const bytes = encodeIpmb({ ...setReceiver, data: new Uint8Array() });
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeIpmb(bytes.slice(0, length))).toThrow(Malformed);
    expect(() => decodeQueuedIpmb(bytes.slice(1, length))).toThrow(Malformed);
  }
});

test("any bytes decode or are Malformed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      for (const decode of [decodeIpmb, decodeQueuedIpmb]) {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }
    }),
    RUNS,
  );
});

test("a field out of range is refused by name", () => {
  expect(() => encodeIpmb({ ...setReceiver, sequence: 64 })).toThrow("sequence");
  expect(() => decodeQueuedIpmb(new Uint8Array(6), 0x1_00)).toThrow("to");
});
