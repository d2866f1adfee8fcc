import { expect, test } from "vitest";
import { hex, parseHex } from "../../../../src/ipmi/message.ts";
import { Bench } from "../../bench.ts";

function read(bench: Bench, offset: number, count: number, id = 0): string {
  const range = hex(Uint8Array.of(offset & 0xff, offset >> 8, count));
  return bench.tell(`28 11 ${hex(Uint8Array.of(id))} ${range}`);
}

/** The whole device, as a host reads it: by the counts that really came. */
function whole(bench: Bench): Uint8Array {
  const [, low = 0, high = 0] = parseHex(bench.tell("28 10 00"));
  const content: number[] = [];
  while (content.length < (low | (high << 8))) {
    const [cc, count = 0, ...data] = parseHex(read(bench, content.length, 32));
    expect(cc).toBe(0);
    expect(data.length).toBe(count);
    content.push(...data);
  }
  return Uint8Array.from(content);
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0) & 0xff;
}

/** The text fields of an area from `at` on, up to the end mark. */
function fields(area: Uint8Array, at: number): string[] {
  const texts: string[] = [];
  for (let place = at; area[place] !== 0xc1; ) {
    const length = (area[place] ?? 0) & 0x3f;
    texts.push(String.fromCharCode(...area.slice(place + 1, place + 1 + length)));
    place += 1 + length;
  }
  return texts;
}

test("FRU-02: FRU device 0 has a header, a board and a product area with right checksums", () => {
  const content = whole(new Bench({ fru: { boardSerial: "S/N 77", assetTag: "rack 4" } }));
  expect(content.length).toBe(256);
  expect(sum(content.slice(0, 8))).toBe(0);
  const [version, internal, chassis, board = 0, product = 0, multi] = content;
  expect([version, internal, chassis, multi]).toEqual([1, 0, 0, 0]);
  const [boardArea, productArea] = [board, product].map((blocks) => {
    const at = blocks * 8;
    return content.slice(at, at + (content[at + 1] ?? 0) * 8);
  });
  expect(boardArea?.[0]).toBe(1);
  expect(productArea?.[0]).toBe(1);
  expect(sum(boardArea ?? Uint8Array.of(1))).toBe(0);
  expect(sum(productArea ?? Uint8Array.of(1))).toBe(0);
  expect(fields(boardArea ?? new Uint8Array(), 6)).toEqual([
    "Baseboard",
    "Virtual BMC",
    "S/N 77",
    "BB-1",
    "",
  ]);
  expect(fields(productArea ?? new Uint8Array(), 3)).toEqual([
    "Baseboard",
    "Virtual server",
    "VS-1",
    "1.0",
    "0001",
    "rack 4",
    "",
  ]);
});

test("FRU-01: the count is what is really returned; too much for the interface is CAh", () => {
  const bench = new Bench();
  expect(read(bench, 0, 4)).toBe("00 04 01 00 00 01");
  expect(read(bench, 254, 32).startsWith("00 02 ")).toBe(true);
  expect(read(bench, 254, 32).length).toBe(4 * 3 - 1);
  expect(read(bench, 256, 1)).toBe("c9");
  expect(read(bench, 0xffff, 1)).toBe("c9");
  expect(read(bench, 0, 251).startsWith("00 fb ")).toBe(true);
  expect(read(bench, 0, 252)).toBe("ca");
});

test("devices that are not there are CBh, the reserved id CCh", () => {
  const bench = new Bench();
  expect(bench.tell("28 10 01")).toBe("cb");
  expect(bench.tell("28 10 ff")).toBe("cc");
  expect(read(bench, 0, 1, 1)).toBe("cb");
  expect(read(bench, 0, 1, 0xff)).toBe("cc");
  expect(bench.tell("28 12 01 00 00 aa")).toBe("cb");
  expect(bench.tell("28 12 ff 00 00 aa")).toBe("cc");
});

test("what is written is read back, and outlives the BMC's resets", () => {
  const bench = new Bench();
  expect(bench.tell("28 12 00 fe 00 aa bb")).toBe("00 02");
  expect(bench.tell("28 12 00 ff 00 cc dd"), "beyond the end").toBe("c9");
  bench.controller.reset("power-on");
  expect(read(bench, 254, 2)).toBe("00 02 aa bb");
});

test("a write-protected device is 80h, and is as it was", () => {
  const image = Uint8Array.of(1, 2, 3, 4);
  const bench = new Bench({ fru: { image, writeProtected: true } });
  expect(bench.tell("28 10 00")).toBe("00 04 00 00");
  expect(bench.tell("28 12 00 00 00 aa")).toBe("80");
  expect(read(bench, 0, 4)).toBe("00 04 01 02 03 04");
});

test("two controllers share no device", () => {
  const image = Uint8Array.of(1, 2, 3, 4);
  const [one, other] = [new Bench({ fru: { image } }), new Bench({ fru: { image } })];
  one.tell("28 12 00 00 00 aa");
  expect(read(other, 0, 4)).toBe("00 04 01 02 03 04");
});
