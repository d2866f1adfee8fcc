import { expect, test } from "vitest";
import { FROM_SYSTEM_INTERFACE } from "../../../../src/bmc/front/origin.ts";
import { hex } from "../../../../src/ipmi/message.ts";
import { Bench, event } from "../../bench.ts";

/** A log with so many events, marked 1, 2, 3, ... in their last byte. */
function logWith(count: number, capacity = 16): Bench {
  const bench = new Bench({ log: { capacity } });
  for (let mark = 1; mark <= count; mark++) bench.controller.raiseEvent(event(mark));
  return bench;
}

function word(value: number): string {
  return hex(Uint8Array.of(value & 0xff, value >> 8));
}

function get(bench: Bench, id: number, { reservation = 0, offset = 0, count = 0xff } = {}) {
  const range = hex(Uint8Array.of(offset, count));
  return bench.tell(`28 43 ${word(reservation)} ${word(id)} ${range}`);
}

function reserve(bench: Bench): number {
  const response = bench.tell("28 42");
  expect(response.startsWith("00 ")).toBe(true);
  return Number.parseInt(response.slice(6, 8) + response.slice(3, 5), 16);
}

const clear = (reservation: number, operation = "aa") => {
  return `28 47 ${word(reservation)} 43 4c 52 ${operation}`;
};
const ADD_OEM = `28 44 ff ff e0 ${"11 ".repeat(13).trim()}`;

test("SEL-03, SEL-04: the log is read in order, from 0000h to a next id of FFFFh", () => {
  const bench = logWith(3);
  const marks: string[] = [];
  for (let id = 0; id !== 0xffff; ) {
    const response = get(bench, id);
    marks.push(response.slice(-2));
    id = Number.parseInt(response.slice(6, 8) + response.slice(3, 5), 16);
    expect(id).not.toBe(0);
  }
  expect(marks).toEqual(["01", "02", "03"]);
  expect(get(bench, 0xffff).slice(-2), "FFFFh is the last one").toBe("03");
  expect(get(bench, 7)).toBe("cb");
  expect(get(logWith(0), 0)).toBe("cb");
  expect(get(logWith(0), 0xffff)).toBe("cb");
});

test("SEL-05: the log holds what it says, and 16 records at least", () => {
  expect(() => logWith(0, 15)).toThrow("the log holds 16 records or more");
  const bench = logWith(0, 16);
  expect(bench.tell("28 40").slice(3, 17)).toBe("51 00 00 00 01");
  expect(bench.tell("28 41")).toBe("00 10 00 10 00 10 00 10 00 01");
  bench.controller.raiseEvent(event(1));
  expect(bench.tell("28 40").slice(3, 17)).toBe("51 01 00 f0 00");
  expect(bench.tell("28 41")).toBe("00 10 00 10 00 0f 00 0f 00 01");
});

test("SEL-06: a full log keeps what it has, refuses with C4h, and tells of the loss", () => {
  const bench = logWith(16);
  expect(bench.tell("28 40").slice(-2)).toBe("0f");
  expect(bench.tell(ADD_OEM)).toBe("c4");
  expect(bench.tell("28 40").slice(-2)).toBe("8f");
  expect(get(bench, 0).slice(-2)).toBe("01");
  bench.tell(clear(reserve(bench)));
  expect(bench.tell("28 40").slice(-2)).toBe("0f");
});

test("SEL-01: a reservation is needed for Delete, Clear, Partial Add and parts of records", () => {
  const bench = logWith(2);
  const wrong = reserve(bench) + 1;
  expect(bench.tell(`28 46 ${word(wrong)} 01 00`)).toBe("c5");
  expect(bench.tell(clear(wrong))).toBe("c5");
  expect(bench.tell(`28 45 ${word(wrong)} 00 00 00 00 11`)).toBe("c5");
  expect(get(bench, 1, { reservation: wrong, offset: 1 })).toBe("c5");
  expect(get(bench, 1, { offset: 1 })).toBe("c5");
  expect(get(bench, 1, { count: 5 }), "a part from the start needs none").toBe(
    "00 02 00 01 00 02 00 00",
  );
  const right = reserve(bench);
  expect(get(bench, 1, { reservation: right, offset: 14 })).toBe("00 02 00 ff 01");
  expect(get(bench, 1, { reservation: right, offset: 14, count: 1 })).toBe("00 02 00 ff");
  expect(bench.tell(`28 46 ${word(right)} 01 00`)).toBe("00 01 00");
});

test("a part beyond the record's end is C9h, one that is too long CAh", () => {
  const bench = logWith(1);
  const reservation = reserve(bench);
  expect(get(bench, 1, { reservation, offset: 16 })).toBe("c9");
  expect(get(bench, 1, { reservation, offset: 0xff, count: 1 })).toBe("c9");
  expect(get(bench, 1, { reservation, offset: 8, count: 9 })).toBe("ca");
  expect(get(bench, 1, { count: 17 })).toBe("ca");
});

test("SEL-02: what cancels a reservation", () => {
  const cancels: readonly (readonly [string, (bench: Bench) => void])[] = [
    ["an event", (bench) => bench.controller.raiseEvent(event(9))],
    ["an added record", (bench) => bench.tell(ADD_OEM)],
    ["a clear", (bench) => bench.tell(clear(reserve(bench)))],
    ["a new reservation", (bench) => bench.tell("28 42")],
    ["a reset of the SEL device", (bench) => bench.controller.reset("cold")],
  ];
  for (const [what, cancel] of cancels) {
    const bench = logWith(2);
    const reservation = reserve(bench);
    cancel(bench);
    expect(bench.tell(`28 46 ${word(reservation)} 01 00`), what).toBe("c5");
  }
  const bench = logWith(3);
  const reservation = reserve(bench);
  bench.tell("28 40");
  get(bench, 0);
  bench.controller.systemReset();
  bench.controller.reset("warm");
  expect(bench.tell(`28 46 ${word(reservation)} 01 00`)).toBe("00 01 00");
  expect(bench.tell(`28 46 ${word(reservation)} 02 00`), "no other id changed").toBe("00 02 00");
});

test("SEL-02: reservation ids are never 0000h and never the last one again", () => {
  const bench = logWith(0);
  let last = 0;
  for (let turn = 0; turn < 65_536; turn++) {
    const id = bench.controller.execute(Uint8Array.of(0x28, 0x42), FROM_SYSTEM_INTERFACE)?.slice(3);
    const value = (id?.[0] ?? 0) | ((id?.[1] ?? 0) << 8);
    if (value === 0 || value === last) throw new Error(`reservation ${value} after ${last}`);
    last = value;
  }
});

test("SEL-03: a deleted record leaves the others' ids and order", () => {
  const bench = logWith(3);
  expect(bench.tell(`28 46 ${word(reserve(bench))} 02 00`)).toBe("00 02 00");
  expect(get(bench, 2)).toBe("cb");
  expect(get(bench, 1).slice(3, 8)).toBe("03 00");
  expect(bench.tell(`28 46 ${word(reserve(bench))} ff ff`), "the last").toBe("00 03 00");
  expect(bench.tell(`28 46 ${word(reserve(bench))} 00 00`), "the first").toBe("00 01 00");
  expect(bench.tell(`28 46 ${word(reserve(bench))} 00 00`)).toBe("cb");
  bench.controller.raiseEvent(event(4));
  expect(get(bench, 0).slice(9, 14), "a new id").toBe("04 00");
});

// Goal: ids go round without 0000h, FFFFh, or the id of a record that is still there.
// Method: one record stays, the others are cleared away by hand, more than 65,536 times.
test("SEL-03: ids never are 0000h or FFFFh, nor another record's", () => {
  const bench = logWith(2);
  const { controller } = bench;
  for (let turn = 0; turn < 65_600; turn++) {
    controller.raiseEvent(event(3));
    const [, , , low = 0, high = 0] =
      controller.execute(Uint8Array.of(0x28, 0x42), FROM_SYSTEM_INTERFACE) ?? [];
    const last = Uint8Array.of(0x28, 0x46, low, high, 0xff, 0xff);
    const deleted = controller.execute(last, FROM_SYSTEM_INTERFACE)?.slice(2);
    const id = (deleted?.[1] ?? 0) | ((deleted?.[2] ?? 0) << 8);
    if (deleted?.[0] !== 0 || id < 3 || id > 0xfffe) throw new Error(`id ${id}`);
  }
  expect(get(bench, 0).slice(9, 14)).toBe("01 00");
});

test("SEL-07: time counts from the start of the SEL device until it is set", () => {
  const bench = logWith(0);
  expect(bench.tell("28 48")).toBe("00 00 00 00 00");
  bench.pass(5.9);
  expect(bench.tell("28 48")).toBe("00 05 00 00 00");
  bench.controller.raiseEvent(event(1));
  expect(get(bench, 0).slice(18, 29)).toBe("05 00 00 00");
  expect(bench.tell("28 49 00 00 00 60")).toBe("00");
  bench.pass(2);
  expect(bench.tell("28 48")).toBe("00 02 00 00 60");
  bench.controller.raiseEvent(event(2));
  expect(bench.tell("28 40").slice(18, 29), "last addition").toBe("02 00 00 60");
  bench.tell(clear(reserve(bench)));
  expect(bench.tell("28 40").slice(30, 41), "last erase").toBe("02 00 00 60");
  bench.tell("28 49 ff ff ff ff");
  bench.pass(2);
  expect(bench.tell("28 48"), "the end of time").toBe("00 ff ff ff ff");
  bench.controller.reset("cold");
  expect(bench.tell("28 48")).toBe("00 00 00 00 00");
});

test("SEL-08: Add gives the id, and the time to records that have one", () => {
  const bench = logWith(0);
  bench.pass(3);
  const body = "aa bb cc dd 41 00 04 12 55 6f c1 02 03";
  expect(bench.tell(`28 44 77 77 02 ${body}`)).toBe("00 01 00");
  expect(get(bench, 1)).toBe("00 ff ff 01 00 02 03 00 00 00 41 00 04 12 55 6f c1 02 03");
  expect(bench.tell(`28 44 00 00 c0 ${body}`)).toBe("00 02 00");
  expect(get(bench, 2).slice(9)).toBe("02 00 c0 03 00 00 00 41 00 04 12 55 6f c1 02 03");
  expect(bench.tell(`28 44 00 00 e0 ${body}`)).toBe("00 03 00");
  expect(get(bench, 3).slice(9)).toBe(`03 00 e0 ${body}`);
  for (const reserved of ["00", "01", "03", "bf"]) {
    expect(bench.tell(`28 44 00 00 ${reserved} ${body}`)).toBe("80");
  }
});

test("Partial Add puts a record together, and refuses one of a wrong length with 80h", () => {
  const bench = logWith(0);
  const reservation = word(reserve(bench));
  const first = "00 00 e0 01 02 03 04 05";
  const second = "06 07 08 09 0a 0b 0c 0d";
  expect(bench.tell(`28 45 ${reservation} 00 00 00 00 ${first}`)).toBe("00 01 00");
  expect(bench.tell(`28 45 ${reservation} 01 00 09 01 ${second}`), "a gap").toBe("c9");
  expect(bench.tell(`28 45 ${reservation} 02 00 08 01 ${second}`), "another id").toBe("cb");
  expect(bench.tell(`28 45 ${reservation} 01 00 08 01 ${second}`)).toBe("00 01 00");
  expect(get(bench, 1).slice(9)).toBe(`01 ${first.slice(3)} ${second}`);
  const again = word(reserve(bench));
  expect(bench.tell(`28 45 ${again} 00 00 00 01 ${first}`), "too short").toBe("80");
  expect(bench.tell(`28 45 ${again} 02 00 08 01 ${second}`), "nothing begun").toBe("cb");
  expect(bench.tell(`28 45 ${again} 00 00 00 01 ${first} ${second} 00`), "too long").toBe("80");
  expect(bench.tell("28 40").slice(6, 11)).toBe("01 00");
});

test("Clear wants CLR and a known operation; its progress is known without a reservation", () => {
  const bench = logWith(2);
  const reservation = reserve(bench);
  expect(bench.tell(`28 47 ${word(reservation)} 43 4c 53 aa`)).toBe("cc");
  expect(bench.tell(clear(reservation, "01"))).toBe("cc");
  expect(bench.tell(clear(reservation))).toBe("00 01");
  expect(bench.tell(clear(reservation, "00"))).toBe("00 01");
  expect(get(bench, 0)).toBe("cb");
});

test("the log outlives the BMC's resets", () => {
  const bench = logWith(2);
  bench.controller.reset("power-on");
  expect(get(bench, 0xffff).slice(-2)).toBe("02");
});

test("the UTC offset is unspecified until it is set, to a day either way at most", () => {
  const bench = logWith(0);
  expect(bench.tell("28 5c")).toBe("00 ff 07");
  expect(bench.tell("28 5d 5f fa")).toBe("cc");
  expect(bench.tell("28 5d 60 fa")).toBe("00");
  expect(bench.tell("28 5c")).toBe("00 60 fa");
  expect(bench.tell("28 5d c4 ff")).toBe("00");
  expect(bench.tell("28 5c")).toBe("00 c4 ff");
  expect(bench.tell("28 5d a0 05")).toBe("00");
  expect(bench.tell("28 5d a1 05")).toBe("cc");
  expect(bench.tell("28 5c")).toBe("00 a0 05");
  expect(bench.tell("28 5d ff 07")).toBe("00");
  expect(bench.tell("28 5c")).toBe("00 ff 07");
});
