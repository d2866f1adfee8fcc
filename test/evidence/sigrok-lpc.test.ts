import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/trace/events.ts";
import { asLpc, mendedFields, releasedFields } from "../../tools/evidence/lpc-writer.ts";
import { playedMatch } from "../../tools/evidence/writers.ts";
import { told } from "./told.ts";

const text = (...lines: readonly string[]) => `${lines.join("\n")}\n`;
const RATE = "# samplerate: 1000000";
const lines = (...fields: readonly string[]) =>
  fields.map((field, at) => `${at}-${at + 1} lpc-1: ${field}`);

// The sample is what sigrok-cli 0.7.2 with libsigrokdecode 0.5.3 printed of a wave that was made of a match
// of the lab (a KCS transfer, with wait states, and two cycles of other devices).
test("cycles on LPC as sigrok-cli prints them", () => {
  const sample = new URL("./samples/sigrok-lpc.txt", import.meta.url);
  const { sightings, unread, format, traces } = told(readFileSync(sample, "utf8"));
  expect({ unread, format }).toEqual({ unread: [], format: "sigrok" });
  const accesses = sightings.map((each) => {
    if (each.what !== "read" && each.what !== "write") return each;
    return `${each.what === "read" ? "r" : "w"}${each.offset} ${each.value.toString(16)}`;
  });
  expect(accesses.join(", ")).toBe(
    "r1 0, w1 61, r1 89, r0 0, w0 18, r1 81, r0 0, w0 30, r1 81, r0 0, w1 62, r1 89, r0 0, w0 8, " +
      "r1 40, r1 40, r1 41, r0 1c, w0 68, r1 41, r0 30, w0 68, r1 41, r0 0, w0 68, r1 1, r0 0, r1 0",
  );
  expect(traces).toMatchObject([{ block: "port 0xca2", head: { interface: "kcs" } }]);
});

// Goal: what is read is what was done. Method: matches of the lab, written down as decoders would have.
describe("a whole match on LPC", () => {
  test.each([
    ["kcs", 0xca2, "released"],
    ["kcs", 0xca2, "mended"],
    ["smic", 0xca9, "released"],
    ["smic", 0xca9, "mended"],
    ["bt", 0xe4, "released"],
    ["bt", 0xe4, "mended"],
  ] as const)("on %s at %i by a %s decoder", (kind, base, decoder) => {
    const file = new URL("../../scenarios/a-right-match.yaml", import.meta.url);
    const match = playedMatch(readFileSync(file, "utf8"), "a", kind);
    const { traces, gaps, unread } = told(text(...asLpc(match, base, decoder)));
    expect({ gaps, unread }).toEqual({ gaps: 0, unread: [] });
    expect(accesses(traces[0]?.events)).toEqual(accesses(match.events));
  });

  function accesses(events: readonly TraceEvent[] | undefined): unknown[] {
    return (events ?? []).flatMap((event) => {
      if (event.e !== "host.read" && event.e !== "host.write") return [];
      const { e, t, reg, value } = event;
      return [{ e, t, reg, value }];
    });
  }
});

describe("cycles on LPC", () => {
  const WRITE = { write: true, port: 0xca3, value: 0x61, waits: 0 };
  const READ = { write: false, port: 0xca2, value: 0x1c, waits: 0 };

  test("of other ports are none of IPMI's, unless a comment names them", () => {
    const fields = lines(...releasedFields({ ...READ, port: 0xca8 }));
    expect(told(text(RATE, ...fields)).sightings).toEqual([]);
    const named = told(text(RATE, "# ioports: 0ca8-0ca9 : ipmi_si", ...fields));
    expect(named.sightings).toMatchObject([{ what: "read", block: "port 0xca8", value: 0x1c }]);
    const usual = lines(...releasedFields(READ));
    expect(told(text(RATE, "# ioports: 0ca8-0ca9", ...usual)).sightings).toEqual([]);
  });

  test.each([[1], [2]])("with %i wait states are read by either decoder", (waits) => {
    for (const fieldsOf of [releasedFields, mendedFields]) {
      const fields = [...fieldsOf({ ...READ, waits }), ...fieldsOf({ ...WRITE, waits })];
      const { sightings } = told(text(RATE, ...lines(...fields)));
      expect(sightings).toMatchObject([
        { what: "read", value: 0x1c },
        { what: "write", value: 0x61 },
      ]);
    }
  });

  test("that wait longer than the released decoder looks: a write is told, a read is a gap", () => {
    const those = [WRITE, READ].flatMap((each) => releasedFields({ ...each, waits: 6 }));
    const { sightings } = told(text(RATE, ...lines(...those)));
    expect(sightings.map(({ what }) => what)).toEqual(["write", "gap"]);
  });

  test("of memory, and warnings, are passed over", () => {
    const fields = [
      ...["Start of cycle for a target", "Cycle type: Memory read", "Address: 0x00000ca2"],
      ...["TAR, cycle 0: 0110 (expected 1111)", "SYNC, cycle 0: 1111 (reserved value)"],
      ...["Warning: TAR, cycle 0: 0100 (expected 1111)", "DATA: 0x00"],
    ];
    const { sightings, unread } = told(text(RATE, ...lines(...fields)));
    expect({ sightings, unread }).toEqual({ sightings: [], unread: [] });
  });

  test.each([
    ["that nobody answers", releasedFields(READ).with(4, "TAR, cycle 1: 1111")],
    ["that a device refuses", releasedFields(READ).with(4, "TAR, cycle 1: 1010")],
    ["that a device refuses, of a mended decoder", mendedFields(READ).with(5, "SYNC: Error")],
    ["without their turn-around", releasedFields(WRITE).with(4, "TAR, cycle 1: 0111")],
    ["without data", mendedFields(READ).toSpliced(6, 1)],
    ["that break off", releasedFields(READ).slice(0, 4)],
    ["that the host gives up", [...mendedFields(WRITE).slice(0, 6), "ABORT"]],
  ])("%s are a gap", (_, fields) => {
    const { sightings, unread } = told(text(RATE, ...lines(...fields)));
    expect(sightings).toMatchObject([{ what: "gap" }]);
    expect(unread).toMatchObject([{ kind: "a cycle on LPC that cannot be read" }]);
  });

  test("a line that no decoder prints is counted", () => {
    const { unread } = told(text(RATE, ...lines("constructor", "Cycle type: constructor!")));
    expect(unread).toMatchObject([{ kind: "a line that is none of sigrok's", count: 2 }]);
  });
});
