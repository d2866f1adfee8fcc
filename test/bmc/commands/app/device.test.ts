import { expect, test } from "vitest";
import { FROM_SYSTEM_INTERFACE } from "../../../../src/bmc/front/origin.ts";
import { parseHex } from "../../../../src/ipmi/message.ts";
import { Bench } from "../../bench.ts";

test("DEV-01: Get Device ID says IPMI 2.0", () => {
  expect(new Bench().tell("18 01")).toBe("00 20 01 01 00 02 be 00 00 00 01 00");
});

test("DEV-02: the identity is what the platform says", () => {
  const bench = new Bench({
    identity: {
      deviceId: 0x37,
      firmwareMajor: 2,
      firmwareMinor: 0x17,
      ipmiMajor: 1,
      ipmiMinor: 5,
      manufacturerId: 0x0157,
      productId: 0x1234,
      updateInProgress: true,
      auxiliaryFirmwareRevision: Uint8Array.of(1, 2, 3, 4),
    },
  });
  expect(bench.tell("18 01")).toBe("00 37 01 82 17 51 be 57 01 00 34 12 01 02 03 04");
});

test("DEV-03: Cold Reset answers, and the reset is asked for when the answer is out", () => {
  const { controller, outputs } = new Bench();
  expect(controller.execute(parseHex("18 02"), FROM_SYSTEM_INTERFACE)).toEqual(
    parseHex("1c 02 00"),
  );
  expect(outputs).toEqual([]);
  controller.responded();
  controller.responded();
  expect(outputs).toEqual(["reset cold"]);
});

test("GEN-02: Cold Reset need not be answered", () => {
  const bench = new Bench({ answersColdReset: false });
  expect(bench.ask("18 02")).toBe("");
  expect(bench.outputs).toEqual(["reset cold"]);
});

test("Warm Reset answers first, too", () => {
  const bench = new Bench();
  expect(bench.ask("18 03")).toBe("1c 03 00");
  expect(bench.outputs).toEqual(["reset warm"]);
});

test("a reset that happens first forgets what was put off", () => {
  const { controller, outputs } = new Bench();
  controller.execute(parseHex("18 02"), FROM_SYSTEM_INTERFACE);
  controller.reset("power-on");
  controller.responded();
  expect(outputs).toEqual([]);
});

test("the self test passes, or says what it was told to", () => {
  expect(new Bench().tell("18 04")).toBe("00 55 00");
  expect(new Bench({ selfTest: { result: 0x57, detail: 0x80 } }).tell("18 04")).toBe("00 57 80");
});

test("the system's GUID is the device's until it has its own", () => {
  const guid = parseHex("00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
  const bench = new Bench({ guid });
  expect(bench.ask("18 08")).toBe("1c 08 00 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
  expect(bench.tell("18 37")).toBe(bench.tell("18 08"));
  const other = new Bench({ guid, systemGuid: new Uint8Array(16).fill(0xaa) });
  expect(other.tell("18 37")).not.toBe(other.tell("18 08"));
});

test("ACPI power states are kept, each for itself, and refused when there is no such state", () => {
  const bench = new Bench();
  expect(bench.tell("18 07")).toBe("00 2a 2a");
  expect(bench.tell("18 06 80 00")).toBe("00");
  expect(bench.tell("18 07")).toBe("00 00 2a");
  expect(bench.tell("18 06 05 83")).toBe("00");
  expect(bench.tell("18 07")).toBe("00 00 03");
  expect(bench.tell("18 06 8b 83")).toBe("cc");
  expect(bench.tell("18 06 80 84")).toBe("cc");
  expect(bench.tell("18 07"), "refused as a whole").toBe("00 00 03");
  expect(bench.tell("18 06 ff ff"), "no change").toBe("00");
  expect(bench.tell("18 07")).toBe("00 00 03");
  bench.controller.systemReset();
  expect(bench.tell("18 07")).toBe("00 2a 2a");
});
