import { expect, test } from "vitest";
import {
  commandByName,
  commandInfo,
  encodeIpmb,
  secretCommands,
  secretFrom,
  secretFromInFrame,
  withoutSecret,
  withoutSecretText,
} from "../../src/ipmi/index.ts";

const SET_USER_PASSWORD = [0x18, 0x47, 0x02, 0x02];
const PASSWORD = [0x73, 0x33, 0x63, 0x72, 0x33, 0x74];

test("each is a command of the specification's tables", () => {
  for (const { netFn, cmd } of secretCommands) expect(commandInfo(netFn, cmd)).toBeDefined();
});

test("a password is secret and whose it is is not", () => {
  const message = Uint8Array.of(...SET_USER_PASSWORD, ...PASSWORD);
  expect(secretFrom(message)).toBe(SET_USER_PASSWORD.length);
  expect([...withoutSecret(message)]).toEqual([...SET_USER_PASSWORD, 0, 0, 0, 0, 0, 0]);
});

test("of a message on its way it is known before the first secret byte comes", () => {
  expect(secretFrom(SET_USER_PASSWORD)).toBe(SET_USER_PASSWORD.length);
  expect(secretFrom([0x30, 0x01, 0x0e, 16])).toBe(4);
});

test("what else is set by the same command is not secret", () => {
  expect(secretFrom([0x30, 0x01, 0x0e, 3, 10, 0, 0, 1])).toBe(Number.POSITIVE_INFINITY);
});

test("nothing of other messages is secret, and they stay what they are", () => {
  const message = Uint8Array.of(0x18, 0x45, 0x02, ...PASSWORD);
  expect(withoutSecret(message)).toBe(message);
  expect(secretFrom([])).toBe(Number.POSITIVE_INFINITY);
  expect(commandByName("Set User Name")?.cmd).toBe(0x45);
});

test("a key that is read is secret in the response", () => {
  expect(secretFrom([0x1c, 0x56, 0x00, 0x01, ...PASSWORD])).toBe(4);
});

test("inside of Send Message and of its frame it is as secret", () => {
  const netFns = { netFn: 0x06, cmd: 0x47, data: Uint8Array.of(0x02, 0x02, ...PASSWORD) };
  const frame = encodeIpmb({ to: 0x52, toLun: 0, from: 0x20, fromLun: 2, sequence: 1, ...netFns });
  const first = frame.indexOf(0x73);
  expect(secretFromInFrame(frame)).toBe(first);
  expect(secretFrom([0x18, 0x34, 0x00, ...frame])).toBe(3 + first);
  expect(secretFrom([0x18, 0x34, 0x00, 0x00, ...frame])).toBe(4 + first);
});

test("a line of text keeps all but the secret", () => {
  expect(withoutSecretText("ipmi_si: Sent: 18 47 02 02 73 33 63, then")).toBe(
    "ipmi_si: Sent: 18 47 02 02 ** ** **, then",
  );
  expect(withoutSecretText("taken: 52 18 96 20 04 47 02 02 73 33 72")).toBe(
    "taken: 52 18 96 20 04 47 02 02 ** ** **",
  );
  expect(withoutSecretText("12:47:18 ipmi_si: 1c 01 00 20")).toBe("12:47:18 ipmi_si: 1c 01 00 20");
});
