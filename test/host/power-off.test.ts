import { describe, expect, test } from "vitest";
import {
  answerBoundUs,
  type PowerControl,
  PowerOff,
  type PowerOutcome,
} from "../../src/host/index.ts";
import { reply } from "./fake-bmc.ts";
import { Rig } from "./rig.ts";

const SECOND = 1_000_000;
const ADDRESS_INFO = "b0 01 00";

interface Kind {
  readonly manufacturer?: number;
  readonly product?: number;
  /** BCD, the major version in the low nibble. */
  readonly ipmi?: number;
  readonly chassis?: boolean;
}

/** A stack whose BMC is of some kind, and answers power commands with `codes`, in turn. */
function bench(kind: Kind, codes: Readonly<Record<string, number[]>> = {}) {
  const rig = new Rig();
  const { manufacturer = 0, product = 0, ipmi = 0x02, chassis = false } = kind;
  const id = rig.bmc.deviceId;
  id[4] = ipmi;
  id[5] = chassis ? 0x80 : 0x00;
  id.splice(6, 5, manufacturer & 0xff, (manufacturer >> 8) & 0xff, manufacturer >> 16);
  id.splice(9, 0, product & 0xff, product >> 8);
  rig.up();
  const frames: string[] = [];
  rig.bmc.behaviour = (request) => {
    if (request[0] === 0x18) return "default";
    const frame = [...request].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    frames.push(frame);
    const code = codes[frame]?.shift();
    return reply(request, code ?? (frame === ADDRESS_INFO ? 0xc1 : 0));
  };
  const power = new PowerOff(rig.stack);
  const run = (begin: (done: (outcome: PowerOutcome) => void) => void) => {
    const heard: PowerOutcome[] = [];
    begin((outcome) => heard.push(outcome));
    rig.runUntil(() => heard.length > 0, 4 * answerBoundUs("kcs"));
    return heard;
  };
  return { rig, power, frames, run };
}

describe("how the power is controlled", () => {
  const dell = 0x0002a2;
  const kinds: [string, Kind, PowerControl | undefined][] = [
    ["a chassis device", { chassis: true }, "chassis"],
    ["none", {}, undefined],
    ["Dell before IPMI 1.5", { manufacturer: dell, ipmi: 0x01 }, "dell"],
    ["Dell since", { manufacturer: dell, ipmi: 0x51 }, undefined],
    ["HP of IPMI 1", { manufacturer: 0x0b, product: 0x8201, ipmi: 0x51 }, "hp"],
    ["HP of IPMI 2", { manufacturer: 0x0b, product: 0x8201 }, undefined],
    ["another product of HP", { manufacturer: 0x0b, product: 0x8202, ipmi: 0x51 }, undefined],
  ];
  test.each(kinds)("%s", (_name, kind, control) => {
    const { rig, power, frames } = bench(kind);
    const found: (PowerControl | undefined)[] = [];
    power.detect((each) => found.push(each));
    rig.run(SECOND);
    expect(found).toEqual([control]);
    expect(frames).toEqual([ADDRESS_INFO]);
  });

  test("a shelf that knows its address comes before all others", () => {
    const { rig, power } = bench({ chassis: true }, { [ADDRESS_INFO]: [0] });
    const found: (PowerControl | undefined)[] = [];
    power.detect((each) => found.push(each));
    rig.run(SECOND);
    expect(found).toEqual(["atca"]);
  });
});

describe("power off", () => {
  test("powers down", () => {
    const { power, frames, run } = bench({ chassis: true });
    expect(run((done) => power.powerOff(done))).toEqual([{ ok: true, did: "power-down" }]);
    expect(frames).toEqual([ADDRESS_INFO, "00 02 00"]);
  });

  test("power cycles when told so, and powers down where that fails, from then on", () => {
    const { power, frames, run } = bench({ chassis: true }, { "00 02 02": [0, 0xcc] });
    power.powerCycle = true;
    expect(run((done) => power.powerOff(done))).toEqual([{ ok: true, did: "power-cycle" }]);
    expect(frames.splice(0)).toEqual([ADDRESS_INFO, "00 02 02"]);
    expect(run((done) => power.powerOff(done))).toEqual([{ ok: true, did: "power-down" }]);
    expect(frames.splice(0)).toEqual([ADDRESS_INFO, "00 02 02", "00 02 00"]);
    expect(power.powerCycle).toBe(false);
  });

  test.each([0x00, 0xff])("an ATCA shelf is set to power level 0, and may answer %i", (code) => {
    const frame = "b0 11 00 00 00 00";
    const { power, frames, run } = bench({}, { [ADDRESS_INFO]: [0], [frame]: [code] });
    expect(run((done) => power.powerOff(done))).toEqual([{ ok: true, did: "power-down" }]);
    expect(frames).toEqual([ADDRESS_INFO, frame]);
  });

  test("a board of Motorola's is told so in its own words, too", () => {
    const kind = { manufacturer: 0xa1, product: 0x51 };
    const { power, frames, run } = bench(kind, { [ADDRESS_INFO]: [0] });
    run((done) => power.powerOff(done));
    expect(frames).toEqual([ADDRESS_INFO, "b0 11 00 00 00 00", "b8 11 00 40 0a"]);
  });

  test("a refusal is told", () => {
    const { power, run } = bench({ chassis: true }, { "00 02 00": [0xd5] });
    const why = "Chassis Control: D5h by bmc";
    expect(run((done) => power.powerOff(done))).toEqual([{ ok: false, why }]);
    const none = bench({});
    expect(none.run((done) => none.power.powerOff(done))).toEqual([
      { ok: false, why: "the BMC controls no chassis" },
    ]);
  });

  test("a BMC that stands still is waited for within the bound", () => {
    const { rig, power, run } = bench({ chassis: true });
    rig.frozen = true;
    expect(run((done) => power.powerOff(done))[0]?.ok).toBe(false);
  });
});

test("a restart is a hard reset, or a power cycle where there is none", () => {
  const { power, frames, run } = bench({ chassis: true }, { "00 02 03": [0, 0xcc] });
  expect(run((done) => power.restart(done))).toEqual([{ ok: true, did: "reset" }]);
  expect(run((done) => power.restart(done))).toEqual([{ ok: true, did: "power-cycle" }]);
  expect(frames).toEqual(["00 02 03", "00 02 03", "00 02 02"]);
});
