import { expect, test } from "vitest";
import { BasicReader, basicFrame } from "../../../src/wire/serial/basic.ts";

/** As ipmitool 1.8.19 writes Get Device ID. */
const FROM_IPMITOOL = [0xa0, 0x20, 0x18, 0xc8, 0x81, 0x0c, 0x01, 0x72, 0xa5];
const MESSAGE = Uint8Array.from(FROM_IPMITOOL.slice(1, -1));

function read(...bytes: readonly number[]) {
  const reader = new BasicReader();
  return { items: reader.push(Uint8Array.from(bytes)), damaged: reader.damaged };
}

test("a frame is read, and written as another program writes it", () => {
  expect(read(...FROM_IPMITOOL)).toEqual({
    items: [{ kind: "message", bytes: MESSAGE }],
    damaged: 0,
  });
  expect([...basicFrame(MESSAGE)]).toEqual(FROM_IPMITOOL);
});

test("every byte may stand in a message, and no mark stands within a frame", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const frame = basicFrame(all);
  expect([...frame.slice(1, -1)].filter((byte) => [0xa0, 0xa5, 0xa6, 0x1b].includes(byte))).toEqual(
    [],
  );
  expect(read(...frame).items).toEqual([{ kind: "message", bytes: all }]);
});

test("a handshake is heard between frames and within one", () => {
  const [start = 0, ...rest] = FROM_IPMITOOL;
  const { items } = read(0xa6, start, 0xa6, ...rest);
  expect(items.map(({ kind }) => kind)).toEqual(["handshake", "handshake", "message"]);
});

test.each([
  ["begun anew", [0xa0, 0x20, ...FROM_IPMITOOL]],
  ["with an escape of nothing known", [0xa0, 0xaa, 0x20, 0xa5, ...FROM_IPMITOOL]],
  ["with an escape at its end", [0xa0, 0x20, 0xaa, 0xa5, ...FROM_IPMITOOL]],
  ["with an escaped escape mark", [0xa0, 0xaa, 0xaa, 0xb0, 0xa5, ...FROM_IPMITOOL]],
  ["with an unescaped ESC", [0xa0, 0x20, 0x1b, 0xa5, ...FROM_IPMITOOL]],
  ["that is too long", [0xa0, ...new Array(301).fill(1), 0xa5, ...FROM_IPMITOOL]],
])("a frame %s is dropped and counted, and the next one is read", (_how, bytes) => {
  expect(read(...bytes)).toEqual({ items: [{ kind: "message", bytes: MESSAGE }], damaged: 1 });
});

test("what stands between frames is passed over", () => {
  expect(read(0x20, 0xaa, 0xa5, 0x1b, ...FROM_IPMITOOL)).toEqual({
    items: [{ kind: "message", bytes: MESSAGE }],
    damaged: 0,
  });
});
