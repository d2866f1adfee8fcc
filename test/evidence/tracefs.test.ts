import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EvidenceError } from "../../src/evidence/index.ts";
import { LINE_MAX } from "../../src/evidence/lines.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { INTERFACES } from "../../src/trace/head.ts";
import { asTracefs, playedMatch } from "../../tools/evidence/writers.ts";
import { told } from "./told.ts";

const AT = "ipmitool-98      [000] d..1.    ";
const READ = `${AT}7.000001: r: (port_inb+0x0/0x20 [ipmi_si]) io=0x10 off=1`;
const VALUE = `${AT}7.000002: rv: (kcs_event+0x24/0x980 [ipmi_si] <- port_inb) val=0xc1`;
const WRITE = `${AT}7.000003: w: (port_outb+0x0/0x20 [ipmi_si]) io=0x10 off=1 val=97`;
const text = (...lines: readonly string[]) => `${lines.join("\n")}\n`;

describe("a line of a probe", () => {
  test("a read is two lines, a write is one; values are hex or decimal", () => {
    const { format, sightings } = told(text(READ, VALUE, WRITE));
    const at = { block: "0x10", offset: 1 };
    expect(format).toBe("tracefs");
    expect(sightings).toEqual([
      { what: "read", atUs: 7_000_002, ...at, value: 0xc1 },
      { what: "write", atUs: 7_000_003, ...at, value: 0x61 },
    ]);
  });

  test.each([["port_inw"], ["port_inl"], ["intf_mem_inb"], ["mem_inw"], ["mem_inl"], ["mem_inq"]])(
    "%s is a way to read",
    (name) => {
      const { sightings } = told(text(READ, VALUE).replaceAll("port_inb", name));
      expect(sightings).toMatchObject([{ what: "read", offset: 1, value: 0xc1 }]);
    },
  );

  test("tells by its event's name what it shows where the function is an address", () => {
    const bare = text(READ, VALUE, WRITE)
      .replaceAll("port_inb+0x0/0x20 [ipmi_si]", "ffffffffc02a1000")
      .replaceAll(
        "kcs_event+0x24/0x980 [ipmi_si] <- port_inb",
        "ffffffffc02a1024 <- ffffffffc02a1000",
      )
      .replaceAll("port_outb+0x0/0x20 [ipmi_si]", "ffffffffc02a2000");
    expect(told(bare).sightings).toEqual(told(text(READ, VALUE, WRITE)).sightings);
  });

  test("of another function is none of ours", () => {
    const other = text(READ, VALUE).replaceAll("port_inb", "vfs_read");
    expect(told(other)).toMatchObject({ sightings: [], unread: [] });
  });

  test.each([
    ["irq-info off", `ipmitool-98 [000] 7.000001: `],
    ["a group's column", `ipmitool-98 (   98) [000] d..1. 7.000001: `],
    ["a name with spaces and brackets", `a [1] b-2 c-98 [000] d..1. 7.000001: `],
    ["CPUs above 999", `ipmitool-98 [1023] d..1. 7.000001: `],
    ["latency marks", `ipmitool-98 [000] d.h2+ 7.000001: `],
    ["a prefix of blanks", `            ipmitool-98 [000] d..1. 7.000001: `],
  ])("may have %s", (_, prefix) => {
    const body = READ.slice(READ.indexOf("r: "));
    const value = VALUE.replace(AT, prefix.replace(/7\.000001: $/, ""));
    const { sightings } = told(text(`${prefix}${body}`, value), { format: "tracefs" });
    expect(sightings).toMatchObject([{ what: "read", value: 0xc1 }]);
  });
});

describe("what was lost", () => {
  test.each([
    ["CPU:0 [LOST 12 EVENTS]", "12 events of CPU 0 were lost"],
    ["CPU:3 [LOST EVENTS]", "some events of CPU 3 were lost"],
    ["CPU:3 [7 EVENTS DROPPED]", "7 events of CPU 3 were lost"],
  ])("%s is a gap", (line, why) => {
    const { sightings, traces } = told(text(WRITE, line, WRITE), { kind: "kcs" });
    expect(sightings[1]).toEqual({ what: "gap", atUs: 7_000_003, text: why });
    expect(traces[0]?.events.map(({ e }) => e)).toEqual(["host.write", "gap", "host.write", "end"]);
  });

  test("one half of a read is a gap", () => {
    expect(told(text(READ, READ, VALUE)).sightings).toMatchObject([
      { what: "gap", text: "a read of which the value is not told" },
      { what: "read" },
    ]);
    expect(told(text(WRITE, VALUE)).sightings).toMatchObject([
      { what: "write" },
      { what: "gap", text: "a read of which the register is not told" },
    ]);
  });

  test("two processes may be within a read at one time", () => {
    const other = (line: string) =>
      line.replace("ipmitool-98", "kworker-7").replace("[000]", "[001]");
    const lines = [READ, other(READ).replace("off=1", "off=0"), other(VALUE), VALUE];
    expect(told(text(...lines)).sightings).toMatchObject([{ offset: 0 }, { offset: 1 }]);
  });

  test("each CPU has an idle process of its own", () => {
    const idle = (line: string, cpu: string) =>
      line.replace("ipmitool-98", "<idle>-0").replace("000", cpu);
    const lines = [idle(READ, "000"), idle(READ, "001"), idle(VALUE, "000"), idle(VALUE, "001")];
    expect(told(text(...lines)).sightings).toMatchObject([{ what: "read" }, { what: "read" }]);
  });

  // Goal: where one CPU's oldest events are gone, nothing is told before it was heard.
  test("overwritten events hide what is before the last CPU's first event", () => {
    const head = "# entries-in-buffer/entries-written: 4/9   #P:2";
    const second = WRITE.replace("[000]", "[001]");
    const { sightings } = told(text(head, WRITE, WRITE, second, WRITE));
    expect(sightings.map(({ what }) => what)).toEqual(["gap", "gap", "write", "write"]);
    const whole = head.replace("4/9", "4/4");
    expect(told(text(whole, WRITE, WRITE, second, WRITE)).sightings).toHaveLength(4);
  });
});

describe("times", () => {
  const at = (us: string) => WRITE.replace("7.000003", us);

  test("that tie, or cross by a little, stay where the file has them", () => {
    const { traces, ties, gaps } = told(text(at("7.000005"), at("7.000004"), at("7.000006")), {
      kind: "kcs",
    });
    expect({ ties, gaps }).toEqual({ ties: 1, gaps: 0 });
    expect(timesOf(traces[0]?.events)).toEqual([7_000_005, 7_000_005, 7_000_006, 7_000_006]);
  });

  test("that go back by much are another clock's, behind a gap", () => {
    const { traces, gaps } = told(text(at("90.000000"), at("7.000000"), at("7.000010")), {
      kind: "kcs",
    });
    expect(gaps).toBe(1);
    expect(traces[0]?.events.map(({ e }) => e)).toEqual([
      ...["host.write", "gap", "host.write", "host.write", "end"],
    ]);
    expect(timesOf(traces[0]?.events).slice(2)).toEqual([90_000_000, 90_000_010, 90_000_010]);
  });

  function timesOf(events: readonly TraceEvent[] | undefined): number[] {
    return (events ?? []).map(({ t }) => t);
  }
});

// Goal: what is read is what was done, whatever the interface, which nobody names. Method: matches of
// the lab, written down as a kernel would have.
describe.each(INTERFACES.filter((kind) => kind !== "ssif"))("a whole match on %s", (kind) => {
  test.each([["a-right-match"], ["sticky-event-buffer"], ["cold-reset-unseen"]])("%s", (name) => {
    const match = playedMatch(scenarioText(name), name, kind);
    const { traces } = told(text(...asTracefs(match)), { piece: 1_000 });
    expect(traces).toHaveLength(1);
    expect(traces[0]?.head).toMatchObject({ interface: kind, taps: { host: true, bmc: false } });
    expect(accesses(traces[0]?.events ?? [])).toEqual(accesses(match.events));
  });

  function accesses(events: readonly TraceEvent[]): unknown[] {
    return events.flatMap((event) => {
      if (event.e !== "host.read" && event.e !== "host.write") return [];
      const { e, t, reg, value } = event;
      return [{ e, t, reg, value }];
    });
  }
});

test("two interfaces on one machine are two traces", () => {
  const kcs = asTracefs(playedMatch(scenarioText("a-right-match"), "a", "kcs"), "io=0x10");
  const bt = asTracefs(playedMatch(scenarioText("a-right-match"), "a", "bt"), "io=0x20");
  const mixed = kcs.flatMap((line, index) => [line, bt[index] ?? ""]);
  const { traces } = told(text(...mixed), { format: "tracefs" });
  const seen = traces.map(({ block, head }) => [block, head.interface]);
  expect(seen.sort()).toEqual([
    ["0x10", "kcs"],
    ["0x20", "bt"],
  ]);
});

test("accesses that fit several interfaces are not guessed", () => {
  const undecided = [{ block: "0x10", accesses: 1 }];
  expect(told(text(WRITE.replace("off=1", "off=7")))).toMatchObject({ undecided });
});

describe("a file of a capture's script", () => {
  const capture = text(
    "# baseboard capture 1 kcs",
    "# kernel: 6.1.0-57-amd64",
    "# parameter: ipmi_si.trydefaults=1",
    "# trace",
    "# tracer: nop",
    ...Array.from({ length: 8 }, () => [READ, VALUE, WRITE]).flat(),
    "# lost: 0",
    "# log",
    "[    7.000000] ipmi_si: probing",
    "# end",
  );

  test("says the interface and the kernel", () => {
    const { format, traces, unread } = told(capture);
    expect({ format, unread }).toEqual({ format: "capture", unread: [] });
    expect(traces[0]?.head).toMatchObject({ interface: "kcs", host: "linux:6.1.0-57-amd64" });
    expect(traces[0]?.events).toHaveLength(17);
  });

  // Goal: the same probes are set for KCS, SMIC and BT, so that one may be asked for and another be there.
  test("that was asked for another interface than there is tells what there is", () => {
    const match = playedMatch(scenarioText("a-right-match"), "a", "bt");
    const { traces } = told(text("# baseboard capture 1 kcs", "# trace", ...asTracefs(match)));
    expect(traces.map(({ head }) => head.interface)).toEqual(["bt"]);
  });

  // Goal: a driver that looks for its registers, a few accesses elsewhere, is no interface of its own.
  test("takes a few accesses for nothing that was to be captured", () => {
    const few = WRITE.replace("io=0x10", "io=0x99");
    const { traces, undecided } = told(capture.replace("# lost", `${few}\n# lost`));
    expect(traces.map(({ block }) => block)).toEqual(["0x10"]);
    expect(undecided).toEqual([{ block: "0x99", accesses: 1 }]);
  });

  test("may come by a terminal that ends lines its own way", () => {
    expect(told(capture.replaceAll("\n", "\r\n")).traces).toEqual(told(capture).traces);
  });

  test("in pieces of any size is the same", () => {
    for (const piece of [1, 7, 64]) expect(told(capture, { piece })).toEqual(told(capture));
  });
});

describe("what nobody should have to read", () => {
  test.each([
    ["nothing", "", "there is nothing to read"],
    ["a line of words", "hello\n", "its one line is of no format"],
    ["bytes without sense", "\0\ufffd\u0007".repeat(1_000), "its one line is of no format"],
    ["a line without an end", "x".repeat(LINE_MAX * 3), "its one line is of no format"],
  ])("%s is refused in one line", (_, what, why) => {
    const refusal = () => told(what);
    expect(refusal).toThrow(EvidenceError);
    expect(refusal).toThrow(why);
  });

  test.each([
    ["an offset that is none", WRITE.replace("off=1", "off=zwei")],
    ["an offset as large as they come", WRITE.replace("off=1", `off=0x${"f".repeat(40)}`)],
    ["a value that is no byte", WRITE.replace("val=97", "val=256")],
    ["no value", WRITE.replace(" val=97", "")],
  ])("%s is a gap, counted and named with its line", (_, line) => {
    const { sightings, unread } = told(text(WRITE, line));
    expect(sightings.map(({ what }) => what)).toEqual(["write", "gap"]);
    expect(unread).toMatchObject([{ count: 1, firstLine: 2 }]);
  });

  test("a line that something spoiled may have been an access", () => {
    const spoiled = `${WRITE.slice(0, 30)}[ 7.0] usb 1-1: new device`;
    const { sightings, unread } = told(text(WRITE, spoiled, WRITE));
    expect(sightings.map(({ what }) => what)).toEqual(["write", "gap", "write"]);
    expect(unread).toMatchObject([{ kind: "a line that is no event of a trace", firstLine: 2 }]);
  });

  test("a line that is too long is cut, counted, and read as far as it goes", () => {
    const { sightings, unread } = told(text(WRITE, `${WRITE} ${"x".repeat(LINE_MAX * 2)}`, WRITE));
    expect(sightings).toHaveLength(3);
    expect(unread).toEqual([
      { kind: `longer than ${LINE_MAX} characters, cut there`, count: 1, firstLine: 2 },
    ]);
  });

  test("a file that was cut within a line says so, and no more", () => {
    const { sightings, unread } = told(text(READ, VALUE, WRITE).slice(0, -40));
    expect(sightings.map(({ what }) => what)).toEqual(["read", "gap"]);
    expect(unread).toHaveLength(1);
  });

  test("readers without end are given up, and blocks without number", () => {
    const many = Array.from({ length: 5_000 }, (_, pid) => READ.replace("-98", `-${pid + 1}`));
    expect(told(text(...many)).sightings).toMatchObject([
      { text: "more reads at a time than there can be" },
    ]);
    const blocks = Array.from({ length: 400 }, (_, n) => WRITE.replace("io=0x10", `io=${n}`));
    expect(told(text(...blocks), { kind: "kcs" }).traces.length).toBeLessThanOrEqual(256);
  });
});

function scenarioText(name: string): string {
  return readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), "utf8");
}
