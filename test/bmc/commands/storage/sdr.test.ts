import { expect, test } from "vitest";
import { hex, parseHex } from "../../../../src/ipmi/message.ts";
import { Bench } from "../../bench.ts";

/** An OEM record of so many bytes altogether, its id left open. */
function oem(bytes: number): string {
  return hex(Uint8Array.of(0, 0, 0x51, 0xc0, bytes - 5, ...new Uint8Array(bytes - 5).fill(0x77)));
}

function word(value: number): string {
  return hex(Uint8Array.of(value & 0xff, value >> 8));
}

function get(bench: Bench, id: number, { reservation = 0, offset = 0, count = 0xff } = {}) {
  const range = hex(Uint8Array.of(offset, count));
  return bench.tell(`28 23 ${word(reservation)} ${word(id)} ${range}`);
}

function reserve(bench: Bench): number {
  const response = bench.tell("28 22");
  return Number.parseInt(response.slice(6, 8) + response.slice(3, 5), 16);
}

/** All records, as a host reads them: from 0000h on. */
function all(bench: Bench): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let id = 0; id !== 0xffff; ) {
    const [cc, low = 0, high = 0, ...record] = parseHex(get(bench, id));
    expect(cc).toBe(0);
    records.push(Uint8Array.from(record));
    id = low | (high << 8);
  }
  return records;
}

test("SDR-05: the repository is read from 0000h to FFFFh, and its records are whole", () => {
  const bench = new Bench();
  const records = all(bench);
  expect(records.map((record) => record[3])).toEqual([0x12, 0x11, 0x01, 0x02]);
  for (const [index, record] of records.entries()) {
    expect(record[0]).toBe(index + 1);
    expect(record[2]).toBe(0x51);
    expect(record.length).toBe(5 + (record[4] ?? 0));
    expect(record.length).toBeLessThanOrEqual(64);
  }
  expect(get(bench, 0xffff)).toBe(get(bench, 4));
  expect(get(bench, 5)).toBe("cb");
  expect(get(new Bench({ sdr: [] }), 0)).toBe("cb");
});

// Goal: hosts find the names where the layouts of chapter 43 have them.
// Method: the offset of the type/length byte of each record type, from the tables.
test("each of the default records has its name in its place", () => {
  const places: Readonly<Record<number, number>> = { 1: 48, 2: 32, 17: 16, 18: 16 };
  const names = all(new Bench()).map((record) => {
    const place = places[record[3] ?? 0] ?? 0;
    const length = (record[place - 1] ?? 0) & 0x1f;
    expect((record[place - 1] ?? 0) >> 6).toBe(3);
    expect(record.length).toBe(place + length);
    return String.fromCharCode(...record.slice(place));
  });
  expect(names).toEqual(["BMC", "Board FRU", "CPU Temp", "Watchdog"]);
});

test("the controller's locator has the capabilities of Get Device ID", () => {
  const bench = new Bench({ identity: { selDevice: false } });
  expect(all(bench)[0]?.[8]).toBe(parseHex(bench.tell("18 01"))[6]);
});

test("SDR-01: a part that does not begin at 0 needs the reservation", () => {
  const bench = new Bench();
  const wrong = reserve(bench) + 1;
  expect(get(bench, 1, { offset: 5, reservation: wrong })).toBe("c5");
  expect(get(bench, 1, { offset: 5 })).toBe("c5");
  expect(get(bench, 1, { count: 5 })).toBe("00 02 00 01 00 51 12 0e");
  const reservation = reserve(bench);
  expect(get(bench, 1, { reservation, offset: 16 })).toBe("00 02 00 42 4d 43");
  expect(get(bench, 1, { reservation, offset: 17, count: 2 })).toBe("00 02 00 4d 43");
  expect(get(bench, 1, { reservation, offset: 17, count: 3 })).toBe("ca");
  expect(get(bench, 1, { reservation, offset: 19, count: 1 })).toBe("c9");
});

test("SDR-02: what cancels the reservation, and what does not", () => {
  const cancels: readonly (readonly [string, (bench: Bench) => void])[] = [
    ["a clear", (bench) => bench.tell(`28 27 ${word(reserve(bench))} 43 4c 52 aa`)],
    ["a new reservation", (bench) => bench.tell("28 22")],
    ["a reset of the BMC", (bench) => bench.controller.reset("cold")],
  ];
  for (const [what, cancel] of cancels) {
    const bench = new Bench();
    const reservation = reserve(bench);
    cancel(bench);
    expect(bench.tell(`28 26 ${word(reservation)} 01 00`), what).toBe("c5");
  }
  const bench = new Bench();
  const reservation = reserve(bench);
  bench.tell(`28 24 ${oem(20)}`);
  expect(bench.tell(`28 26 ${word(reservation)} 01 00`), "no id changed").toBe("00 01 00");
  expect(bench.tell(`28 26 ${word(reservation)} 03 00`)).toBe("00 03 00");
  expect(bench.tell(`28 26 ${word(reservation)} 03 00`)).toBe("cb");
});

test("SDR-03: a record that is too long for the interface is CAh, and can be had in pieces", () => {
  const bench = new Bench({ systemInterface: { outputBytesMax: 38 } });
  const whole = hex(all(new Bench())[2] ?? new Uint8Array());
  expect(get(bench, 3)).toBe("ca");
  const reservation = reserve(bench);
  const pieces = [0, 20, 40].map((offset) => {
    const count = offset === 40 ? 0xff : 20;
    return get(bench, 3, { reservation, offset, count }).slice(9);
  });
  expect(pieces.join(" ")).toBe(whole);
});

test("SDR-07: units of 16 bytes, records of 64", () => {
  const bench = new Bench({ sdr: [] });
  expect(bench.tell("28 21")).toBe("00 00 04 10 00 00 04 00 04 04");
  expect(bench.tell(`28 24 ${oem(64)}`)).toBe("00 01 00");
  expect(bench.tell("28 21")).toBe("00 00 04 10 00 fc 03 fc 03 04");
  expect(bench.tell(`28 24 ${oem(17)}`)).toBe("00 02 00");
  expect(bench.tell("28 20").slice(3, 17)).toBe("51 02 00 a0 3f");
  expect(bench.tell(`28 24 ${oem(65)}`)).toBe("c7");
});

test("a full repository refuses with C4h and says so", () => {
  const bench = new Bench({ sdr: [] });
  for (let turn = 0; turn < 256; turn++) bench.tell(`28 24 ${oem(64)}`);
  expect(bench.tell("28 20").slice(3, 17)).toBe("51 00 01 00 00");
  expect(bench.tell("28 20").slice(-2)).toBe("2f");
  expect(bench.tell(`28 24 ${oem(16)}`)).toBe("c4");
  expect(bench.tell("28 20").slice(-2)).toBe("af");
  expect(bench.tell(`28 27 ${word(reserve(bench))} 43 4c 52 aa`)).toBe("00 01");
  expect(bench.tell("28 20").slice(-2)).toBe("2f");
});

test("Add gives the id, and refuses a record whose length is not what it states", () => {
  const bench = new Bench({ sdr: [] });
  expect(bench.tell("28 24 77 77 51 c0 02 aa bb")).toBe("00 01 00");
  expect(get(bench, 1)).toBe("00 ff ff 01 00 51 c0 02 aa bb");
  expect(bench.tell("28 24 00 00 51 c0 03 aa bb")).toBe("c7");
  expect(bench.tell("28 24 00 00 51 c0 01 aa bb")).toBe("c7");
  expect(bench.tell("28 24 00 00 51 c0")).toBe("c7");
  expect(bench.tell("28 24")).toBe("c7");
});

test("Partial Add puts a record together, and refuses one of a wrong length with 80h", () => {
  const bench = new Bench({ sdr: [] });
  const id = word(reserve(bench));
  expect(bench.tell("28 25 00 00 00 00 00 00 00 00 51")).toBe("c5");
  expect(bench.tell(`28 25 ${id} 00 00 00 00 00 00 51 c0 02`)).toBe("00 01 00");
  expect(bench.tell(`28 25 ${id} 01 00 06 00 bb`)).toBe("c9");
  expect(bench.tell(`28 25 ${id} 01 00 05 00 aa`)).toBe("00 01 00");
  expect(bench.tell(`28 25 ${id} 01 00 06 01 bb`)).toBe("00 01 00");
  expect(get(bench, 1)).toBe("00 ff ff 01 00 51 c0 02 aa bb");
  expect(bench.tell(`28 25 ${id} 00 00 00 01 00 00 51 c0 02`)).toBe("80");
});

test("Clear wants CLR, a known operation and the reservation", () => {
  const bench = new Bench();
  const id = word(reserve(bench));
  expect(bench.tell(`28 27 ${id} 43 4c 53 aa`)).toBe("cc");
  expect(bench.tell(`28 27 ${id} 43 4c 52 ab`)).toBe("cc");
  expect(bench.tell("28 27 00 00 43 4c 52 aa")).toBe("c5");
  expect(bench.tell(`28 27 ${id} 43 4c 52 aa`)).toBe("00 01");
  expect(bench.tell(`28 27 ${id} 43 4c 52 00`)).toBe("00 01");
  expect(get(bench, 0)).toBe("cb");
});

test("the repository's clock is the log's", () => {
  const bench = new Bench();
  expect(bench.tell("28 29 00 00 00 60")).toBe("00");
  bench.pass(1);
  expect(bench.tell("28 28")).toBe("00 01 00 00 60");
  expect(bench.tell("28 48")).toBe("00 01 00 00 60");
  bench.tell(`28 24 ${oem(20)}`);
  expect(bench.tell("28 20").slice(18, 29)).toBe("01 00 00 60");
  bench.tell(`28 26 ${word(reserve(bench))} 01 00`);
  expect(bench.tell("28 20").slice(30, 41)).toBe("01 00 00 60");
});
