import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FORMATS } from "../../src/evidence/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { InterfaceKind } from "../../src/trace/head.ts";
import {
  asCsv,
  asOtherTool,
  asSigrok,
  asTracefs,
  type Match,
  playedMatch,
  transactionsOf,
} from "../../tools/evidence/writers.ts";
import { exported } from "../export/exports.ts";
import { told } from "./told.ts";

const text = (...lines: readonly string[]) => `${lines.join("\n")}\n`;

// Goal: whichever tool has written a match down, it is the same. Method: matches of the lab.
describe("a whole match", () => {
  test.each([
    ["kcs", "perf script", "perf-script"],
    ["smic", "trace-cmd", "tracefs"],
    ["bt", "perf script", "perf-script"],
  ] as const)("on %s by %s", (kind, tool, format) => {
    const match = played(kind);
    const lines = asTracefs(match).map((line) => asOtherTool(line, tool));
    const { traces, format: seen, gaps } = told(text(...lines));
    expect({ seen, gaps }).toEqual({ seen: format, gaps: 0 });
    expect(accesses(traces[0]?.events)).toEqual(accesses(match.events));
  });

  test.each([["kcs"], ["smic"], ["bt"]] as const)("on %s by CSV", (kind) => {
    const match = played(kind);
    const { traces, format, gaps } = told(text(...asCsv(match)));
    expect({ format, gaps }).toEqual({ format: "csv", gaps: 0 });
    expect(accesses(traces[0]?.events)).toEqual(accesses(match.events));
  });

  test("on ssif by CSV", () => {
    const match = played("ssif");
    const { traces, gaps } = told(text(...asCsv(match)));
    expect(gaps).toBe(0);
    expect(transactions(traces[0]?.events)).toEqual(transactions(match.events));
  });

  test("on ssif by a logic analyser", () => {
    const match = played("ssif");
    const { traces, format, gaps } = told(text(...asSigrok(match)));
    expect({ format, gaps }).toEqual({ format: "sigrok", gaps: 0 });
    expect(transactions(traces[0]?.events)).toEqual(transactions(match.events));
  });

  test("on ssif by waves", () => {
    const match = played("ssif");
    const { traces, format, gaps } = told(new TextDecoder().decode(exported("vcd", match)));
    expect({ format, gaps }).toEqual({ format: "vcd", gaps: 0 });
    expect(transactions(traces[0]?.events)).toEqual(transactions(match.events));
  });

  function transactions(events: readonly TraceEvent[] | undefined): unknown[] {
    const those = transactionsOf({ head: played("ssif").head, events: events ?? [] });
    return those.map(({ address, messages, ended }) => ({ address, messages, ended }));
  }
});

describe("perf script", () => {
  const WRITE = "ipmitool 98 [000] 7.000003: baseboard:w: (ffffffffc02a2000) io=0x10 off=1 val=97";

  test.each([
    ["threads", WRITE.replace(" 98 ", " 98/99 ")],
    ["a period", WRITE.replace(": baseboard", ":          1 baseboard")],
    ["nanoseconds", WRITE.replace("7.000003", "7.000003999")],
    ["a name with spaces", WRITE.replace("ipmitool", "a b [c]")],
  ])("may have %s", (_, line) => {
    expect(told(text(line)).sightings).toMatchObject([{ what: "write", atUs: 7_000_003 }]);
  });

  test("that lost events, or has a line that cannot be read, has a hole there", () => {
    const lost = "swapper 0 [000] 7.000004: PERF_RECORD_LOST lost 12";
    for (const line of [lost, "junk"]) {
      const { sightings } = told(text(WRITE, line, WRITE));
      expect(sightings.map(({ what }) => what)).toEqual(["write", "gap", "write"]);
    }
  });
});

describe("CSV", () => {
  test("has its columns in any order, and by comma, semicolon or tab", () => {
    for (const by of [",", ";", "\t"]) {
      const rows = ["value,offset,what,ns", '"0xc1",1,read,7000', "97,1,write,8000"];
      const { sightings } = told(text(...rows.map((row) => row.replaceAll(",", by))));
      const at = { block: "", offset: 1 };
      expect(sightings).toEqual([
        { what: "read", atUs: 7, ...at, value: 0xc1 },
        { what: "write", atUs: 8, ...at, value: 0x61 },
      ]);
    }
  });

  test("a gap, and what a bpftrace program says besides", () => {
    const rows = [
      "Attaching 4 probes...",
      "Attached 4 probes",
      "s,what,offset,value",
      "1.5,gap,,buffer full",
    ];
    const { sightings } = told(text(...rows, "Lost 12 events", ""));
    expect(sightings).toEqual([
      { what: "gap", atUs: 1_500_000, text: "buffer full" },
      { what: "gap", atUs: 1_500_000, text: "bpftrace lost events" },
    ]);
  });

  test.each([
    ["x,read,1,0"],
    ["1,read,1,256"],
    ["1,read,-1,0"],
    ["1,reads,1,0"],
    ["1,bus,16,W0"],
    ["1,bus,16,"],
    ["1,bus,200,W02"],
    ["1"],
  ])("the row %s is a gap, and named", (row) => {
    const { sightings, unread } = told(text("us,what,offset,value", row));
    expect(sightings).toMatchObject([{ what: "gap" }]);
    expect(unread).toMatchObject([{ firstLine: 2 }]);
  });
});

describe("a logic analyser's conditions", () => {
  const RATE = "# samplerate: 2000000";
  const lines = (...what: readonly string[]) =>
    what.map((each, at) => `${at * 2}-${at * 2 + 1} i2c-1: ${each}`);
  const WRITE = ["Start", "Address write: 10", "ACK", "Data write: 02", "ACK", "Data write: 02"];

  test("say at which byte something was refused", () => {
    const { sightings } = told(text(RATE, ...lines(...WRITE, "NACK", "Stop")));
    expect(sightings).toMatchObject([
      { atUs: 0, endUs: 7, messages: [{ bytes: [2, 2] }], outcome: "refused", refusedAt: 1 },
    ]);
    const read = ["Start", "Address write: 10", "ACK", "Data write: 03", "ACK", "Start repeat"];
    const { traces } = told(text(RATE, ...lines(...read, "Address read: 10", "NACK", "Stop")), {
      kind: "ssif",
    });
    const steps = traces[0]?.events.map((event) => "outcome" in event && event.outcome);
    expect(steps).toEqual(["ack", "ack", "nack", "ack", false]);
  });

  test("without times show nothing, and it is said", () => {
    const { sightings, unread } = told(text(...lines(...WRITE, "ACK", "Stop")));
    expect(sightings).toEqual([]);
    expect(unread).toMatchObject([{ kind: "a condition of which the time is not told" }]);
  });

  test("of which some are missing are a gap", () => {
    const { sightings } = told(text(RATE, ...lines(...WRITE, ...WRITE, "ACK", "Stop")));
    expect(sightings.map(({ what }) => what)).toEqual(["gap", "bus"]);
  });
});

test("a kernel's log has no accesses", () => {
  const { format, sightings } = told(text("[    1.000000] ipmi_si: probing", "[    2.5] x"));
  expect(format).toBe("kernel-log");
  expect(sightings).toMatchObject([{ what: "log", atUs: 1_000_000 }, { what: "log" }]);
});

// Goal: other programs' dumps are read, too. Method: what one byte would be in the words that the standard allows.
describe("waves", () => {
  const HEAD =
    "$timescale\n  1 us\n$end $var wire 1 a top.SCL $end $var wire 1 b my_sda $end $var wire 8 c d0 [7:0] $end";
  const START = "#0 1a 1b #10 0b #20 0a";
  /** Bits, each a clock: data change as the clock falls, at one time. */
  const bits = (text: string, from: number) =>
    [...text].map((bit, i) => `#${from + 10 * i} 0a ${bit}b #${from + 10 * i + 5} 1a`).join("\n");

  test("of a byte that changes as the clock falls are that byte", () => {
    const address = bits("001000000", 20);
    const data = bits("000000110", 110);
    const { sightings, unread } = told(
      `${HEAD} $enddefinitions $end $dumpvars 0c bx c $end ${START} ${address} ${data} #300 0a 0b #310 1a #320 1b`,
    );
    expect(unread).toEqual([]);
    expect(sightings).toEqual([
      {
        ...{ what: "bus", atUs: 10, endUs: 320, bus: "", address: 0x10, outcome: "done" },
        messages: [{ read: false, bytes: [3] }],
      },
    ]);
  });

  test.each([
    ["words that are none", `${HEAD}\nhello #0`, "a word that is none of a value change dump's"],
    ["a unit that is none", "$timescale 7 us $end", "a unit of time that is none"],
    [
      "no bus",
      "$timescale 1 ns $end\n$var wire 1 a clk $end",
      "waves without the signals scl and sda",
    ],
  ])("with %s say so", (_, text, kind) => {
    expect(told(text).unread.map((each) => each.kind)).toContain(kind);
  });

  test("with a comment that has no end stay small", () => {
    expect(told(`$comment ${"x ".repeat(100_000)}`).sightings).toEqual([]);
  });
});

// Goal: no format takes what is another's. Method: each line of each sample, by all formats.
test("no line is of two formats", () => {
  const lines = [
    ...asTracefs(played("kcs")).slice(0, 20),
    ...asCsv(played("kcs")).slice(0, 1),
    ...asSigrok(played("ssif")).slice(0, 20),
    ...asTracefs(played("kcs"))
      .map((line) => asOtherTool(line, "perf script"))
      .slice(0, 20),
    "[    1.000000] ipmi_si: probing",
    "# baseboard capture 1 kcs",
    "$timescale 100 ns $end",
    "$date",
  ];
  for (const line of lines) {
    expect([line, FORMATS.filter(({ recognises }) => recognises(line)).length]).toEqual([line, 1]);
  }
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
