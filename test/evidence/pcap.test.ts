import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Assembler, EvidenceError, isPcap, PcapReading } from "../../src/evidence/index.ts";
import { Referee, type Verdict } from "../../src/referee/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { Recorder } from "../../src/trace/index.ts";
import { asPackets } from "../../tools/evidence/packets.ts";
import { type Match, playedMatch } from "../../tools/evidence/writers.ts";
import { Random } from "../../tools/fuzz/random.ts";

const PCAP = { kind: "pcap", little: true, nanoseconds: false } as const;
const WAYS = (["pcap", "pcapng"] as const).flatMap((kind) => {
  return [true, false].flatMap((little) => {
    return [true, false].map((nanoseconds) => ({ kind, little, nanoseconds }));
  });
});

test.each(WAYS)("the messages come as they were: $kind, little $little, ns $nanoseconds", (way) => {
  const match = played("a-right-match");
  const file = asPackets(match, way);
  expect(isPcap(file)).toBe(true);
  expect(messages(read(file).events)).toEqual(messages(match.events));
});

test("in pieces of a byte they are the same", () => {
  const file = asPackets(played("device-id"), { ...PCAP, kind: "pcapng" });
  expect(read(file, 1).events).toEqual(read(file).events);
});

test("what was said is judged, and how it went over the wire is not", () => {
  const { verdict } = read(asPackets(played("a-right-match"), PCAP));
  expect(verdict.violations).toEqual([]);
  expect(verdict.unseen?.map(({ why }) => why)).toContain(
    "it shows messages, and not how they went over the wire",
  );
});

test("a BMC that says what it may not is found out by what it said", () => {
  const match = played("a-right-match");
  const events = match.events.map((event) => {
    return event.e === "bmc.response" && event.message[1] === 0x01
      ? { ...event, message: event.message.subarray(0, 9) }
      : event;
  });
  const { verdict } = read(asPackets({ ...match, events }, PCAP));
  expect(verdict.violations.map(({ party }) => party)).toContain("bmc");
});

// Goal: messages alone accuse nobody whom the whole match does not. Method: matches with resets, faults and
// late answers, from several places on.
test.each([
  "cold-reset-unseen",
  "bring-up",
  "bmc-reboots-under-writes",
  "bridge-pends-for-ever",
  "attention-stuck",
  "command-for-nobody",
])("%s: messages break no rule that the match does not", (name) => {
  const match = played(name);
  const whole = new Referee(match.head);
  for (const event of match.events) whole.event(event);
  const rules = new Set(whole.verdict().violations.map(({ rule }) => rule));
  for (let part = 0; part < 5; part++) {
    const events = match.events.slice(Math.floor((match.events.length * part) / 6));
    const { verdict } = read(asPackets({ ...match, events }, PCAP));
    expect(verdict.violations.filter(({ rule }) => !rules.has(rule))).toEqual([]);
  }
});

test("a file that breaks off is told as far as it goes", () => {
  const file = asPackets(played("device-id"), PCAP);
  const { events, unread } = read(file.subarray(0, file.length - 3));
  expect(events.length).toBeGreaterThan(3);
  expect(unread).toEqual(["the file breaks off inside a packet"]);
});

test.each([
  ["UNKNOWN_FORMAT", () => new TextEncoder().encode("no packets, but a text")],
  ["NO_IPMI", () => asPackets({ ...played("device-id"), events: [] }, PCAP)],
  ["NO_IPMI", () => asPackets(played("device-id"), PCAP).with(20, 1)],
  ["BROKEN_FILE", () => asPackets(played("device-id"), PCAP).with(24 + 11, 0x7f)],
  ["BROKEN_FILE", () => asPackets(played("device-id"), { ...PCAP, kind: "pcapng" }).with(4, 13)],
])("%s: refused in one line", (code, file) => {
  const bytes = file();
  expect(() => read(bytes)).toThrow(expect.objectContaining({ code }));
  expect(() => read(bytes)).toThrow(/^[^\n]+$/);
});

// Goal: no file makes the reader fail in a way of its own. Method: some bytes of right ones are others.
test("whatever is wrong with a file, it is read or refused", () => {
  const files = WAYS.map((way) => asPackets(played("device-id"), way));
  const random = new Random(1);
  for (let time = 0; time < 2_000; time++) {
    const file = (files[time % files.length] ?? new Uint8Array()).slice();
    for (let change = 0; change <= time % 5; change++)
      file[random.below(file.length)] = random.byte();
    try {
      read(file.subarray(0, time % 3 === 0 ? random.below(file.length) : file.length));
    } catch (error) {
      expect(error).toBeInstanceOf(EvidenceError);
    }
  }
});

function played(name: string): Match {
  const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url);
  return playedMatch(readFileSync(file, "utf8"), name, "kcs");
}

function messages(events: readonly TraceEvent[]) {
  const all = events.filter((event) => event.e === "bmc.request" || event.e === "bmc.response");
  const firstUs = all[0]?.t ?? 0;
  return all.map(({ e, t, message }) => ({ e, us: t - firstUs, message: [...message] }));
}

function read(file: Uint8Array, piece = Math.max(file.length, 1)) {
  const recorder = new Recorder();
  let referee: Referee | undefined;
  const assembler = new Assembler(({ head }) => {
    const judge = new Referee(head);
    referee = judge;
    return {
      event: (event) => {
        recorder.event(event);
        judge.event(event);
      },
    };
  });
  const reading = new PcapReading((each) => assembler.take(each));
  for (let at = 0; at < file.length; at += piece) reading.push(file.subarray(at, at + piece));
  reading.end();
  assembler.end();
  const verdict: Verdict = (referee ?? new Referee(played("device-id").head)).verdict();
  return { events: recorder.events, verdict, unread: reading.unread.map(({ kind }) => kind) };
}
