import { expect, test } from "vitest";
import { FROM_SYSTEM_INTERFACE } from "../../../../src/bmc/front/origin.ts";
import { Bench } from "../../bench.ts";

test("all devices of the chassis are behind the BMC; the capabilities are read-only", () => {
  const bench = new Bench();
  expect(bench.tell("00 00")).toBe("00 04 20 20 20 20");
  expect(bench.tell("00 05 0f 30 30 30 30")).toBe("00");
  expect(bench.tell("00 05 0f 30 30 30 30 30")).toBe("00");
  expect(bench.tell("00 00")).toBe("00 04 20 20 20 20");
});

test("the status follows the system's power", () => {
  const bench = new Bench();
  expect(bench.tell("00 01")).toBe("00 21 00 40 f0");
  bench.controller.powerOff();
  expect(bench.tell("00 01")).toBe("00 20 00 40 f0");
  bench.tell("00 02 01");
  expect(bench.tell("00 01"), "on by command").toBe("00 21 10 40 f0");
});

// Goal: what Chassis Control does to the host, with and without power.
// Method: every action in both states.
test("Chassis Control acts on the host; without power all but up and down are D5h", () => {
  const expected = [
    { action: "00", on: "power-down", off: "power-down" },
    { action: "01", on: "power-up", off: "power-up" },
    { action: "02", on: "power-cycle", off: undefined },
    { action: "03", on: "reset", off: undefined },
    { action: "04", on: "diagnostic-interrupt", off: undefined },
    { action: "05", on: "soft-shutdown", off: undefined },
  ];
  for (const { action, on, off } of expected) {
    const powered = new Bench();
    expect(powered.tell(`00 02 ${action}`)).toBe("00");
    expect(powered.outputs).toEqual([`${on} by chassis-control`]);
    const dark = new Bench({ poweredOn: false });
    expect(dark.tell(`00 02 ${action}`)).toBe(off === undefined ? "d5" : "00");
    expect(dark.outputs).toEqual(off === undefined ? [] : [`${off} by chassis-control`]);
  }
  for (const action of ["06", "0f"]) expect(new Bench().tell(`00 02 ${action}`)).toBe("cc");
});

test("the response of Chassis Control goes out before the action", () => {
  const { controller, outputs } = new Bench();
  controller.execute(Uint8Array.of(0x00, 0x02, 0x03), FROM_SYSTEM_INTERFACE);
  expect(outputs).toEqual([]);
  controller.responded();
  expect(outputs).toEqual(["reset by chassis-control"]);
});

test("a power cycle is off for a second or the interval, and then on", () => {
  for (const [interval, seconds] of [
    ["00", 1],
    ["01", 1],
    ["0a", 10],
  ] as const) {
    const bench = new Bench();
    expect(bench.tell(`00 0b ${interval}`)).toBe("00");
    bench.tell("00 02 02");
    bench.pass(seconds - 0.001);
    expect(bench.controller.poweredOn).toBe(false);
    bench.pass(0.001);
    expect(bench.controller.poweredOn).toBe(true);
    const cause = "by chassis-control";
    expect(bench.outputs).toEqual([`power-cycle ${cause}`, `power-up ${cause}`]);
    expect(bench.tell("00 07")).toBe("00 01 0f");
  }
});

test("power that goes down in a power cycle stays down", () => {
  const bench = new Bench();
  bench.tell("00 02 02");
  bench.controller.powerOff();
  bench.pass(100);
  expect(bench.controller.poweredOn).toBe(false);
  expect(bench.outputs).toEqual(["power-cycle by chassis-control"]);
});

test("the restart cause is that of the last restart", () => {
  const bench = new Bench();
  expect(bench.tell("00 07")).toBe("00 00 00");
  bench.tell("00 02 03");
  expect(bench.tell("00 07")).toBe("00 01 0f");
  bench.controller.systemReset();
  expect(bench.tell("00 07")).toBe("00 02 00");
  bench.controller.powerOff();
  bench.controller.powerOn();
  expect(bench.tell("00 07")).toBe("00 03 00");
  bench.tell("18 24 04 01 00 00 00 00");
  bench.tell("18 22");
  bench.pass(0);
  expect(bench.tell("00 07")).toBe("00 04 00");
});

test("Identify is on for 15 s by default, for the interval, for ever, or off", () => {
  const shows = (bench: Bench) => Number.parseInt(bench.tell("00 01").slice(9, 11), 16) >> 4;
  const bench = new Bench();
  bench.tell("00 04");
  expect(shows(bench)).toBe(5);
  bench.pass(14.999);
  expect(shows(bench)).toBe(5);
  bench.pass(0.001);
  expect(shows(bench)).toBe(4);
  bench.tell("00 04 05");
  bench.pass(4);
  bench.tell("00 04 05");
  bench.pass(4);
  expect(shows(bench), "begun anew").toBe(5);
  bench.tell("00 04 00");
  expect(shows(bench)).toBe(4);
  bench.tell("00 04 00 01");
  bench.pass(1_000_000);
  expect(shows(bench)).toBe(6);
  bench.tell("00 04 01 00");
  bench.pass(1);
  expect(shows(bench)).toBe(4);
});

test("the power restore policy is set and asked for", () => {
  const bench = new Bench();
  expect(bench.tell("00 06 03")).toBe("00 07");
  expect(bench.tell("00 01").slice(3, 5)).toBe("21");
  expect(bench.tell("00 06 02")).toBe("00 07");
  expect(bench.tell("00 06 03")).toBe("00 07");
  expect(bench.tell("00 01").slice(3, 5)).toBe("41");
  expect(bench.tell("00 06 04")).toBe("cc");
  expect(bench.tell("00 06 00")).toBe("00 07");
  expect(bench.tell("00 01").slice(3, 5)).toBe("01");
});

test("when AC power is back the policy decides", () => {
  const rows = [
    { policy: "00", was: true, on: false },
    { policy: "00", was: false, on: false },
    { policy: "01", was: true, on: true, cause: "07" },
    { policy: "01", was: false, on: false },
    { policy: "02", was: true, on: true, cause: "06" },
    { policy: "02", was: false, on: true, cause: "06" },
  ];
  for (const { policy, was, on, cause } of rows) {
    const bench = new Bench({ poweredOn: was });
    bench.tell(`00 06 ${policy}`);
    bench.controller.acPowerRestored();
    expect(bench.controller.poweredOn).toBe(on);
    expect(bench.outputs).toEqual(on ? ["power-up by restore-policy"] : []);
    if (cause !== undefined) expect(bench.tell("00 07")).toBe(`00 ${cause} 00`);
    expect(bench.tell("00 01").slice(6, 8), "AC failed").toBe("01");
  }
});

test("front panel buttons are disabled one by one", () => {
  const bench = new Bench();
  for (let buttons = 0; buttons < 16; buttons++) {
    expect(bench.tell(`00 0a 0${buttons.toString(16)}`)).toBe("00");
    expect(bench.tell("00 01").slice(-2)).toBe(`f${buttons.toString(16)}`);
  }
});

test("the power-on hours count the hours of power", () => {
  const bench = new Bench();
  expect(bench.tell("00 0f")).toBe("00 3c 00 00 00 00");
  bench.pass(3_599);
  expect(bench.tell("00 0f")).toBe("00 3c 00 00 00 00");
  bench.pass(1);
  expect(bench.tell("00 0f")).toBe("00 3c 01 00 00 00");
  bench.pass(1_800);
  bench.controller.powerOff();
  bench.pass(36_000);
  expect(bench.tell("00 0f")).toBe("00 3c 01 00 00 00");
  bench.controller.powerOn();
  bench.pass(1_800);
  expect(bench.tell("00 0f"), "kept over the BMC's restart").toBe("00 3c 02 00 00 00");
  bench.controller.reset("power-on");
  expect(bench.tell("00 0f")).toBe("00 3c 02 00 00 00");
});
