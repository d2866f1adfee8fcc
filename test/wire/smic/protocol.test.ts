import { expect, test } from "vitest";
import {
  isStatusCode,
  operationOf,
  SmicControl,
  SmicStatus,
  SmicStream,
  statusCode,
  streamOf,
} from "../../../src/wire/smic/protocol.ts";

test("each control code has the status code of the same number", () => {
  const controls = Object.values(SmicControl);
  const statuses = Object.values(SmicStatus);
  expect(statuses).toEqual(controls.map((code) => statusCode(SmicStream.Sms, operationOf(code))));
  expect(controls.map((code) => streamOf(code))).toEqual(controls.map(() => SmicStream.Sms));
  expect(controls.some(isStatusCode)).toBe(false);
  expect(statuses.every(isStatusCode)).toBe(true);
});

// Goal: every code belongs to one stream or to none. Method: all 256.
test("the streams are 40h to 5Fh and 60h to 7Fh, with their status codes above", () => {
  for (let code = 0; code < 256; code++) {
    const low = code & 0x7f;
    const stream = low >= 0x60 ? SmicStream.Smm : low >= 0x40 ? SmicStream.Sms : undefined;
    expect(streamOf(code)).toBe(stream);
    if (stream !== undefined && code >= 0x80)
      expect(statusCode(stream, operationOf(code))).toBe(code);
  }
});
