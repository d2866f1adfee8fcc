import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { InterfaceKind } from "../../src/trace/head.ts";
import { asOtherTool, asRwmmio, type Match, playedMatch } from "../../tools/evidence/writers.ts";
import { told } from "./told.ts";

const text = (...lines: readonly string[]) => `${lines.join("\n")}\n`;
const BYTES = { base: 0xca2, spacing: 1, width: 8 } as const;

// Goal: what is read is what was done. Method: matches of the lab, written down as a kernel would have.
describe("a whole match by the tracepoints of memory-mapped registers", () => {
  test.each([
    ["kcs", BYTES],
    ["kcs", { base: 0xca8, spacing: 4, width: 32 }],
    ["smic", { base: 0xff0, spacing: 1, width: 8 }],
    ["smic", { base: 0x100, spacing: 16, width: 64 }],
    ["bt", { base: 0xe4, spacing: 1, width: 8 }],
    ["bt", { base: 0, spacing: 2, width: 16 }],
  ] as const)("on %s at %o", (kind, mapping) => {
    const match = played(kind);
    const { traces, gaps, format } = told(text(...asRwmmio(match, mapping)));
    expect({ gaps, format }).toEqual({ gaps: 0, format: "tracefs" });
    expect(traces.map(({ head, block }) => [head.interface, block])).toEqual([
      [kind, "memory at ffff800008000000"],
    ]);
    expect(accesses(traces[0]?.events)).toEqual(accesses(match.events));
  });

  test.each([
    ["the lines before each access", /: rwmmio_(?:read|write): /],
    ["the lines after each write", /: rwmmio_post_write: /],
  ])("without %s", (_, those) => {
    const match = played("kcs");
    const lines = asRwmmio(match, BYTES).filter((line) => !those.test(line));
    const { traces, gaps } = told(text(...lines));
    expect(gaps).toBe(0);
    expect(accesses(traces[0]?.events)).toEqual(accesses(match.events));
  });

  test("two blocks that are used in turn are two traces", () => {
    const one = asRwmmio(played("kcs"), BYTES);
    const other = asRwmmio(played("kcs"), { ...BYTES, base: 0x1ca2 });
    const both = one.flatMap((line, at) => [line, other[at] ?? ""]);
    const { traces, gaps } = told(text(...both));
    expect({ gaps, count: traces.length }).toEqual({ gaps: 0, count: 2 });
    for (const { events } of traces) {
      expect(accesses(events)).toEqual(accesses(played("kcs").events));
    }
  });

  test("by perf script", () => {
    const lines = asRwmmio(played("kcs"), BYTES).map((line) => asOtherTool(line, "perf script"));
    const { traces, format } = told(text(...lines));
    expect(format).toBe("perf-script");
    expect(accesses(traces[0]?.events)).toEqual(accesses(played("kcs").events));
  });

  test("which interface it is can be said", () => {
    const { traces } = told(text(...asRwmmio(played("smic"), BYTES)), { kind: "smic" });
    expect(accesses(traces[0]?.events)).toEqual(accesses(played("smic").events));
    const [first = "", second = ""] = asRwmmio(played("smic"), BYTES);
    const one = told(text(first, second), { kind: "smic" });
    expect(one).toMatchObject({ traces: [], undecided: [{ block: "memory at ffff800008000000" }] });
  });
});

describe("lines of memory-mapped registers", () => {
  const AT = "kworker/0:1-98 [000] d..1. 7.00000";
  const BY = "kcs_event+0x24/0x980 [ipmi_si] -> intf_mem_inb+0x14/0x40 [ipmi_si]";
  const lines = (...accesses: readonly string[]) =>
    accesses.map((access, at) => {
      const [step, ...rest] = access.split(" ");
      return `${AT}${at}: rwmmio_${step}: ${BY} width=8 ${rest.join(" ")}`;
    });
  const ADDRESS = "addr=0xffff800008000ca3";

  test("name one access once, with the value that came", () => {
    const { sightings } = told(text(...lines(`read ${ADDRESS}`, `post_read val=0xc1 ${ADDRESS}`)));
    const block = "memory at ffff800008000000";
    expect(sightings).toEqual([
      { what: "mapped-read", atUs: 7_000_001, block, address: 0xca3, value: 0xc1 },
    ]);
  });

  test.each([
    ["built in", "kcs_event+0x24/0x980 -> mem_inl+0x14/0x40"],
    ["of kernels that tell the function alone", "intf_mem_inb+0x14/0x40 [ipmi_si]"],
    ["reached by a function of their own", "intf_mem_inb+0x14/0x40 [ipmi_si] -> readb+0x48/0x80"],
  ])("are of a driver %s", (_, by) => {
    const [line = ""] = lines(`post_read val=0xc1 ${ADDRESS}`);
    expect(told(text(line.replace(BY, by))).sightings).toMatchObject([{ what: "mapped-read" }]);
  });

  test.each([
    ["another driver's", "ahci_poll+0x24/0x980 [libahci] -> readl+0x4/0x80", 0],
    ["addresses without names", "0xffffffc008a1b2c4 -> 0xffffffc008a1b100", 1],
  ])("of %s are passed over", (_, by, unread) => {
    const [line = ""] = lines(`post_read val=0xc1 ${ADDRESS}`);
    const of = told(text(line.replace(BY, by)));
    expect([of.sightings.length, of.unread.length]).toEqual([0, unread]);
  });

  test.each([
    ["0xffffffffffffff41", 0x41],
    ["0x0", 0],
    ["0", 0],
    ["0x141", 0x41],
  ])("that read %s have read the lowest byte", (value, byte) => {
    const { sightings } = told(text(...lines(`post_read val=${value} ${ADDRESS}`)));
    expect(sightings).toMatchObject([{ value: byte }]);
  });

  test.each([
    [["read", `post_read val=0xzz ${ADDRESS}`]],
    [[`write val=0x6100 ${ADDRESS}`]],
    [[`post_read ${ADDRESS}`]],
    [[`write val=0x61 addr=0x`]],
    [[`read ${ADDRESS}`, `read ${ADDRESS}`]],
    [[`read ${ADDRESS}`, `write val=0x61 ${ADDRESS}`]],
  ])("%j are a gap", (accesses) => {
    const { sightings, unread } = told(text(...lines(...accesses)));
    expect(sightings.filter(({ what }) => what === "gap").length).toBeGreaterThan(0);
    expect(unread.length).toBeGreaterThan(0);
  });

  test("with a register between those that were known are a gap", () => {
    const match = asRwmmio(played("kcs"), { base: 0xca0, spacing: 4, width: 8 });
    const [other = ""] = lines("post_read val=0xc1 addr=0xffff800008000ca2");
    const { traces } = told(text(...match, other));
    expect(traces[0]?.events.at(-2)).toMatchObject({ e: "gap" });
  });
});

const matches = new Map<InterfaceKind, Match>();

function played(kind: InterfaceKind): Match {
  const file = new URL("../../scenarios/a-right-match.yaml", import.meta.url);
  const match = matches.get(kind) ?? playedMatch(readFileSync(file, "utf8"), "a", kind);
  matches.set(kind, match);
  return match;
}

function accesses(events: readonly TraceEvent[] | undefined): unknown[] {
  return (events ?? []).flatMap((event) => {
    if (event.e !== "host.read" && event.e !== "host.write") return [];
    const { e, t, reg, value } = event;
    return [{ e, t, reg, value }];
  });
}
