import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/trace/events.ts";
import {
  asI2c,
  asSmbus,
  playedMatch,
  type Transaction,
  transactionsOf,
} from "../../tools/evidence/writers.ts";
import { told } from "./told.ts";

const AT = "kworker/0:1-98 [000] ..... 7.";
const text = (...lines: readonly string[]) => `${lines.join("\n")}\n`;
const HEAD = "i2c-0 a=010 f=0000";
const WRITE = `${AT}000001: smbus_write: ${HEAD} c=2 BLOCK_DATA l=3 [02-18-01]`;
const WROTE = `${AT}000005: smbus_result: ${HEAD} c=2 BLOCK_DATA wr res=0`;
const READ = `${AT}000010: smbus_read: ${HEAD} c=3 BLOCK_DATA`;
const REPLY = `${AT}000014: smbus_reply: ${HEAD} c=3 BLOCK_DATA l=4 [03-1c-01-c1]`;
const CAME = `${AT}000015: smbus_result: ${HEAD} c=3 BLOCK_DATA rd res=0`;

// Found by changing lines: a clock that is set back again and again added up to times that are no integers.
test("times that leap ahead and back stay times", () => {
  const turns = [9_999_999_999, 7, 8_000_000_000].flatMap((seconds) => {
    return [WRITE, WROTE, READ, REPLY, CAME].map((line) => line.replace(" 7.", ` ${seconds}.`));
  });
  const { traces, gaps } = told(
    text(WRITE, WROTE, READ, REPLY, CAME, ...turns, ...turns, ...turns),
  );
  const times = (traces[0]?.events ?? []).map(({ t }) => t);
  expect(times.filter((t, at) => !Number.isSafeInteger(t) || t < (times[at - 1] ?? 0))).toEqual([]);
  expect(gaps).toBeGreaterThan(5);
});

describe("SMBus tracepoints", () => {
  test("a request and its response are two transactions, condition by condition", () => {
    const { traces, gaps } = told(text(WRITE, WROTE, READ, REPLY, CAME));
    expect(gaps).toBe(0);
    expect(traces[0]?.head).toMatchObject({ interface: "ssif", taps: { host: true, bmc: false } });
    expect(traces[0]?.block).toBe("i2c-0 address 10h");
    expect(steps(traces[0]?.events)).toEqual([
      ...["start 20 ack", "write 02 ack", "write 02 ack", "write 18 ack", "write 01 ack"],
      ...["stop 00 ack", "start 20 ack", "write 03 ack", "start 21 ack", "read 03 ack"],
      ...["read 1c ack", "read 01 ack", "read c1 nack", "stop 00 ack"],
    ]);
    expect(traces[0]?.events.at(5)).toMatchObject({ op: "stop", t: 7_000_005, tag: 1 });
  });

  test("-6 is an address that nobody took, -11 a bus that another won", () => {
    const refused = text(WRITE, WROTE, READ, CAME.replace("res=0", "res=-6"));
    expect(steps(told(refused).traces[0]?.events).slice(6)).toEqual([
      "start 20 nack",
      "stop 00 ack",
    ]);
    const lost = text(WRITE, WROTE, READ, CAME.replace("res=0", "res=-11"));
    expect(steps(told(lost).traces[0]?.events).slice(6)).toEqual(["start 20 lost"]);
  });

  // Goal: nothing is made up. What failed has failed at some byte, and no line says at which.
  test.each([["-5"], ["-71"], ["-74"], ["-110"], ["-121"]])("%s is a gap", (res) => {
    const { traces, sightings } = told(
      text(WRITE, WROTE, READ, CAME.replace("res=0", `res=${res}`)),
    );
    expect(sightings.at(-1)).toMatchObject({ what: "gap", block: "i2c-0 address 10h" });
    expect(traces[0]?.events.slice(6).map(({ e }) => e)).toEqual(["gap", "end"]);
  });

  test("a packet error code that the kernel made or checked is told", () => {
    const withPec = text(WRITE, WROTE, READ, REPLY, CAME).replaceAll("f=0000", "f=0004");
    const { sightings } = told(withPec);
    expect(sightings).toMatchObject([
      { messages: [{ bytes: [0x02, 0x02, 0x18, 0x01, 0x66] }] },
      { messages: [{ bytes: [0x03] }, { bytes: [0x03, 0x1c, 0x01, 0xc1, 0xe2] }] },
    ]);
  });

  test("the BMC's address may be another, and other devices are none", () => {
    const other = text(WRITE, WROTE, READ, REPLY, CAME).replaceAll("a=010", "a=021");
    expect(told(other).traces[0]?.block).toBe("i2c-0 address 21h");
    expect(steps(told(other).traces[0]?.events)[0]).toBe("start 20 ack");
    const sensor = [
      `${AT}000001: smbus_read: i2c-0 a=048 f=0000 c=0 WORD_DATA`,
      `${AT}000002: smbus_reply: i2c-0 a=048 f=0000 c=0 WORD_DATA l=2 [19-00]`,
      `${AT}000003: smbus_result: i2c-0 a=048 f=0000 c=0 WORD_DATA rd res=0`,
    ];
    expect(told(text(...sensor))).toMatchObject({ traces: [], undecided: [] });
    // A device that fails is no hole in what is told of another.
    const fails = sensor.map((line) => line.replace("res=0", "res=-5"));
    expect(told(text(WRITE, WROTE, ...fails, READ, REPLY, CAME))).toMatchObject({ gaps: 0 });
  });

  test("who pulls SMBALERT# is asked of all", () => {
    const alert = [
      `${AT}000020: smbus_read: i2c-0 a=00c f=0000 c=0 BYTE`,
      `${AT}000021: smbus_reply: i2c-0 a=00c f=0000 c=0 BYTE l=1 [20]`,
      `${AT}000022: smbus_result: i2c-0 a=00c f=0000 c=0 BYTE rd res=0`,
    ];
    const { traces } = told(text(WRITE, WROTE, ...alert));
    expect(steps(traces[0]?.events).slice(6)).toEqual([
      "start 19 ack",
      "read 20 nack",
      "stop 00 ack",
    ]);
  });

  test.each([
    ["a result alone", [CAME], "the result of an SMBus transaction alone"],
    ["a read without its reply", [READ, CAME], "an SMBus read without its reply"],
    ["a begin without its result", [WRITE, WRITE, WROTE], "an SMBus transaction without result"],
    ["fewer bytes than are told", [WRITE.replace("-01]", "]")], "an SMBus write without its bytes"],
    ["bytes that are none", [WRITE.replace("18", "zz")], "an SMBus write without its bytes"],
    [
      "a line that breaks off",
      [WRITE.slice(0, 60)],
      "a line of an SMBus transaction that cannot be read",
    ],
  ])("%s is a gap", (_, lines, why) => {
    const { sightings, unread } = told(text(WRITE, WROTE, ...lines));
    expect(sightings[1]).toMatchObject({ what: "gap", text: why });
    expect(unread).toMatchObject([{ kind: why }]);
  });
});

describe("I2C tracepoints", () => {
  const a = "a=010";
  const lines = [
    `${AT}000001: i2c_write: i2c-1 #0 ${a} f=0000 l=4 [02-02-18-01]`,
    `${AT}000005: i2c_result: i2c-1 n=1 ret=1`,
    `${AT}000010: i2c_write: i2c-1 #0 ${a} f=0000 l=1 [03]`,
    `${AT}000011: i2c_read: i2c-1 #1 ${a} f=0401 l=1`,
    `${AT}000014: i2c_reply: i2c-1 #1 ${a} f=0401 l=4 [03-1c-01-c1]`,
    `${AT}000015: i2c_result: i2c-1 n=2 ret=2`,
  ];

  test("tell the same", () => {
    const { traces } = told(text(...lines));
    const same = told(text(WRITE, WROTE, READ, REPLY, CAME)).traces;
    expect(steps(traces[0]?.events)).toEqual(steps(same[0]?.events));
  });

  test("of what SMBus tracepoints tell already are not told again", () => {
    const both = [
      READ,
      ...lines.slice(2).map((line) => line.replace("i2c-1", "i2c-0")),
      REPLY,
      CAME,
    ];
    const { sightings } = told(text(WRITE, WROTE, ...both));
    expect(sightings.map(({ what }) => what)).toEqual(["bus", "bus"]);
  });

  test.each([
    ["fewer messages than were wanted", lines[5]?.replace("ret=2", "ret=1")],
    ["an error", lines[5]?.replace("ret=2", "ret=-121")],
  ])("%s is a gap", (_, result) => {
    const { sightings } = told(text(...lines.slice(0, 5), result ?? ""));
    expect(sightings.at(-1)).toMatchObject({ what: "gap", block: "i2c-1 address 10h" });
  });

  test("a message that is not told is a gap", () => {
    const { sightings } = told(text(...lines.slice(0, 2), ...lines.slice(3)));
    expect(sightings.map(({ what }) => what)).toContain("gap");
  });
});

// Goal: what is read is what was done. Method: matches of the lab, written down as a kernel would have.
describe.each([["a-right-match"], ["sticky-event-buffer"], ["long-messages"]])("%s", (name) => {
  const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url);
  const match = playedMatch(readFileSync(file, "utf8"), name, "ssif");
  const all = transactionsOf(match);
  const shown = all.filter(({ ended }) => ended === "done" || ended === "refused");
  const usesPec = shown.some(hasPec);

  test("by SMBus tracepoints", () => {
    // The flag of a client is the same for all it does.
    const blocks = shown.filter((each) => isBlock(each) && hasPec(each) === usesPec);
    const { traces, gaps } = told(text(...asSmbus(blocks, usesPec)));
    expect(gaps).toBe(0);
    expect(transactionsIn(traces[0]?.events)).toEqual(transactionsIn(eventsOf(blocks)));
  });

  test("by I2C tracepoints", () => {
    const { traces, gaps } = told(text(...asI2c(shown)));
    expect(gaps).toBe(0);
    expect(transactionsIn(traces[0]?.events)).toEqual(transactionsIn(eventsOf(shown)));
  });

  function eventsOf(those: readonly Transaction[]): TraceEvent[] {
    return match.events.filter(({ e, t }) => {
      return e === "host.bus" && those.some(({ atUs, endUs }) => t >= atUs && t <= endUs);
    });
  }

  function transactionsIn(events: readonly TraceEvent[] | undefined): unknown[] {
    const those = transactionsOf({ head: match.head, events: events ?? [] });
    return those.map(({ address, messages, ended }) => ({ address, messages, ended }));
  }
});

function isBlock({ messages, ended }: Transaction): boolean {
  const [sent] = messages;
  return ended === "refused" || (sent !== undefined && !sent.read);
}

/** A byte stands behind what the count says. */
function hasPec({ messages, ended }: Transaction): boolean {
  const bytes = messages.at(-1)?.bytes ?? [];
  const count = messages.length === 1 ? 2 + (bytes[1] ?? 0) : 1 + (bytes[0] ?? 0);
  return ended === "done" && bytes.length > count;
}

function steps(events: readonly TraceEvent[] | undefined): string[] {
  return (events ?? []).flatMap((event) => {
    if (event.e !== "host.bus") return [];
    return [`${event.op} ${event.value.toString(16).padStart(2, "0")} ${event.outcome}`];
  });
}
