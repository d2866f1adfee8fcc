import { expect, test } from "vitest";
import { Bench } from "../../bench.ts";

/** Boot from PXE once: parameter 5, valid. */
const BOOT_PXE = "00 08 05 80 04 00 00 00";
const VALID = "00 01 05 80 04 00 00 00";
const DROPPED = "00 01 05 00 04 00 00 00";

function get(bench: Bench, selector: number, block = 0): string {
  return bench.tell(`00 09 0${selector} 00 0${block}`);
}

function booting(clearing?: string): Bench {
  const bench = new Bench();
  if (clearing !== undefined) expect(bench.tell(`00 08 03 ${clearing}`)).toBe("00");
  expect(bench.tell(BOOT_PXE)).toBe("00");
  expect(get(bench, 5)).toBe(VALID);
  return bench;
}

test("every parameter from 0 to 7 is kept as written", () => {
  const bench = new Bench();
  const written: readonly (readonly [number, string])[] = [
    [0, "01"],
    [1, "05"],
    [2, "02"],
    [3, "1f"],
    [5, "e0 ff ff 0f 1f"],
    [6, "0f 01 02 03 04 05 06 07 08"],
  ];
  for (const [selector, data] of written) {
    expect(bench.tell(`00 08 0${selector} ${data}`)).toBe("00");
    expect(get(bench, selector)).toBe(`00 01 0${selector} ${data}`);
  }
});

test("parameters that do not exist are 80h", () => {
  const bench = new Bench();
  expect(bench.tell("00 08 08 00")).toBe("80");
  expect(bench.tell("00 08 60 00")).toBe("80");
  expect(bench.tell("00 08 08")).toBe("80");
  expect(bench.tell("00 09 08 00 00")).toBe("80");
  expect(bench.tell("00 09 7f 00 00")).toBe("80");
});

test("set in progress: 81h for the second, CCh for what cannot be committed", () => {
  const bench = new Bench();
  expect(get(bench, 0)).toBe("00 01 00 00");
  expect(bench.tell("00 08 00 01")).toBe("00");
  expect(bench.tell("00 08 00 01")).toBe("81");
  expect(bench.tell("00 08 00 02")).toBe("cc");
  expect(bench.tell("00 08 00 03")).toBe("cc");
  expect(get(bench, 0)).toBe("00 01 00 01");
  expect(bench.tell("00 08 00 00")).toBe("00");
  expect(bench.tell("00 08 00 01")).toBe("00");
  bench.controller.systemReset();
  expect(get(bench, 0), "ended by a restart of the system").toBe("00 01 00 00");
});

test("a parameter has its length, and its invalid mark", () => {
  const bench = new Bench();
  expect(bench.tell("00 08 05 80")).toBe("c7");
  expect(bench.tell("00 08 05 80 04 00 00 00 00")).toBe("c7");
  bench.tell("00 08 01 05");
  expect(bench.tell("00 08 81"), "the mark alone").toBe("00");
  expect(get(bench, 1)).toBe("00 01 81 05");
  expect(bench.tell("00 08 01"), "and back").toBe("00");
  expect(get(bench, 1)).toBe("00 01 01 05");
  expect(bench.tell("00 08 81 06")).toBe("00");
  expect(get(bench, 1)).toBe("00 01 81 06");
});

test("parameter 4: only the bits of the mask are written; 00 at the BMC's start", () => {
  const bench = new Bench();
  expect(get(bench, 4)).toBe("00 01 04 00 00");
  bench.tell("00 08 04 0f 15");
  expect(get(bench, 4)).toBe("00 01 04 00 05");
  bench.tell("00 08 04 11 10");
  expect(get(bench, 4)).toBe("00 01 04 00 14");
  bench.controller.reset("cold");
  expect(get(bench, 4)).toBe("00 01 04 00 00");
});

test("parameter 7: a mailbox of five blocks", () => {
  const bench = new Bench();
  const zeros = "00 ".repeat(16).trim();
  for (let block = 0; block < 5; block++) {
    expect(get(bench, 7, block)).toBe(`00 01 07 0${block} ${zeros}`);
  }
  const data = "57 01 00 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10";
  expect(bench.tell(`00 08 07 04 ${data}`)).toBe("00");
  expect(get(bench, 7, 4)).toBe(`00 01 07 04 ${data}`);
  expect(bench.tell("00 08 07 04 aa bb"), "a part of a block").toBe("00");
  expect(get(bench, 7, 4)).toBe(`00 01 07 04 aa bb${data.slice(5)}`);
  expect(get(bench, 7, 3)).toBe(`00 01 07 03 ${zeros}`);
  expect(bench.tell(`00 08 07 05 ${data}`)).toBe("c9");
  expect(get(bench, 7, 5)).toBe("c9");
  expect(bench.tell("00 08 07 00")).toBe("c7");
  expect(bench.tell(`00 08 07 00 ${data} 00`)).toBe("c7");
});

test("CHS-01: the flags are valid for 60 s without a Chassis Control", () => {
  const bench = booting();
  bench.pass(54);
  expect(get(bench, 5)).toBe(VALID);
  bench.pass(12);
  expect(get(bench, 5)).toBe(DROPPED);
  const again = booting();
  again.pass(40);
  again.tell(BOOT_PXE);
  again.pass(40);
  expect(get(again, 5), "counted from the last write").toBe(VALID);
});

test("CHS-01: a Chassis Control keeps the flags for the boot that it causes", () => {
  for (const control of ["03", "02"]) {
    const bench = booting();
    bench.pass(30);
    bench.tell(`00 02 ${control}`);
    bench.pass(120);
    expect(bench.controller.poweredOn).toBe(true);
    expect(get(bench, 5)).toBe(VALID);
  }
});

// Goal: which restarts drop the flags, and that each bit of parameter 3 keeps them for its own.
// Method: every cause against every single bit.
test("CHS-01: other restarts drop the flags unless parameter 3 says otherwise", () => {
  const keeps: Readonly<Record<number, number>> = { 2: 1, 3: 0, 4: 2, 8: 4, 9: 4, 10: 1 };
  for (let cause = 0; cause <= 0xb; cause++) {
    for (let bit = 0; bit <= 4; bit++) {
      const bench = booting((1 << bit).toString(16));
      bench.controller.systemReset(cause);
      const valid = cause === 1 || keeps[cause] === bit;
      expect(get(bench, 5), `cause ${cause}, bit ${bit}`).toBe(valid ? VALID : DROPPED);
    }
  }
});

test("CHS-01: a Chassis Control that does not restart the system keeps them as well", () => {
  const bench = booting();
  bench.tell("00 02 00");
  bench.pass(120);
  expect(get(bench, 5)).toBe(VALID);
  bench.tell("00 02 01");
  expect(get(bench, 5)).toBe(VALID);
});

test("CHS-01: a restart that keeps the flags is no Chassis Control: the 60 s go on", () => {
  const bench = booting("02");
  bench.pass(30);
  bench.controller.systemReset();
  expect(get(bench, 5)).toBe(VALID);
  bench.pass(31);
  expect(get(bench, 5)).toBe(DROPPED);
});

test("CHS-01: parameter 3 bit 3 keeps the flags without a Chassis Control", () => {
  const bench = booting("08");
  bench.pass(1_000);
  expect(get(bench, 5)).toBe(VALID);
});

test("CHS-01: the watchdog's reset drops the flags", () => {
  const bench = booting();
  bench.tell("18 24 04 01 00 00 0a 00");
  bench.tell("18 22");
  bench.pass(1);
  expect(get(bench, 5)).toBe(DROPPED);
});

test("CHS-02: the parameters survive the system's power, not the BMC's", () => {
  const bench = new Bench();
  bench.tell("00 08 01 05");
  bench.tell("00 08 07 01 aa");
  bench.tell("00 08 82 03");
  bench.controller.powerOff();
  bench.controller.powerOn();
  bench.controller.reset("warm");
  expect(get(bench, 1)).toBe("00 01 01 05");
  expect(get(bench, 2)).toBe("00 01 82 03");
  expect(get(bench, 7, 1).startsWith("00 01 07 01 aa")).toBe(true);
  bench.controller.reset("cold");
  expect(get(bench, 1)).toBe("00 01 01 00");
  expect(get(bench, 2)).toBe("00 01 02 00");
  expect(get(bench, 7, 1).startsWith("00 01 07 01 00")).toBe(true);
});
