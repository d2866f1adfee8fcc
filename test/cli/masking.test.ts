import { describe, expect, test } from "vitest";
import { evidenceJson, judgingText } from "../../src/cli/judge-evidence.ts";
import { Judged } from "../../src/cli/judged.ts";
import { laddersJson, ladderText } from "../../src/cli/report/explanation.ts";
import { Ladders, Masking } from "../../src/explain/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { INTERFACES, type InterfaceKind } from "../../src/trace/head.ts";
import { asSmbus, asTracefs, playedMatch, transactionsOf } from "../../tools/evidence/writers.ts";

const PASSWORD = "73 33 63 72 33 74 2d 77 30 72 64";
/** So much of it in a row is the password; less is chance. */
const TELLING = 3;
const SCENARIO = `
name: a-password
title: A user's password is set
source: IPMI 2.0 §22.30
story: It is not to be found in what is said of this match.
until: 30s
workload:
  - user: tool
    steps:
      - { request: Get Device ID }
      - { request: Set User Password, data: 02 02 ${PASSWORD} 00 00 00 00 00 }
      - { request: Send Message, data: 00 52 18 96 20 04 47 02 02 ${PASSWORD} 00 00 00 00 00 ff }
      - { request: Set Channel Security Keys, data: 01 01 00 ${PASSWORD} }
      - { request: Get Device ID }
`;

const password = PASSWORD.split(" ").map((byte) => Number.parseInt(byte, 16));
const parts = password.slice(0, 1 - TELLING).map((_, at) => password.slice(at, at + TELLING));

/** Whether bytes in a row are in what a face of the wire saw, one byte after the other, or in text. */
function told(events: readonly TraceEvent[]): boolean {
  const ways = new Map<string, number[]>();
  for (const event of events) {
    if ("message" in event) ways.set(`${event.n}`, [...event.message]);
    if ("data" in event) ways.set(`${event.n}`, [...event.data]);
    if (!("value" in event)) continue;
    const where =
      "reg" in event ? event.reg : "op" in event ? event.op : "command" in event && event.command;
    const way = `${event.e} ${where}`;
    const its = ways.get(way) ?? [];
    ways.set(way, its);
    its.push(event.value);
  }
  return [...ways.values()].some((bytes) => isTold(bytes.map(hex).join(" ")));
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function isTold(text: string): boolean {
  return parts.some((part) => text.toLowerCase().includes(part.map(hex).join(" ")));
}

const played = (kind: InterfaceKind) => playedMatch(SCENARIO, "a-password", kind);

describe.each(INTERFACES)("a password that is set over %s", (kind) => {
  test("is in the trace, and in no event of it that is masked", () => {
    const { events } = played(kind);
    expect(told(events)).toBe(true);
    const masking = new Masking(kind);
    const masked = events.map((event) => masking.of(event));
    expect(told(masked.map(({ event }) => event))).toBe(false);
    // What is not secret stays.
    const whole = masked.filter((each) => !each.masked).length;
    expect(whole).toBeGreaterThan(events.length / 2);
    for (const [at, each] of masked.entries()) {
      if (!each.masked) expect(each.event).toEqual(events[at]);
    }
  });

  test("is in no ladder but for who asks for it", () => {
    const { head, events } = played(kind);
    const at = events.filter(({ e }) => e === "answer" || e === "received").map(({ n }) => n);
    const shown = (unmasked: boolean) => {
      const ladders = new Ladders(head, { at, unmasked });
      for (const event of events) ladders.event(event);
      const all = [...ladders.ladders.values()];
      expect(all).toHaveLength(at.length);
      return `${all.map(ladderText).join("\n")}\n${JSON.stringify(laddersJson(ladders))}`;
    };
    expect(isTold(shown(false))).toBe(false);
    expect(shown(false)).toContain("(masked)");
    expect(isTold(shown(true))).toBe(true);
    expect(shown(true)).not.toContain("(masked)");
  });

  // Goal: no rule tells it either, whatever goes wrong with such a message.
  // Method: each byte that one side of the wire tells of is another one, one at a time.
  test("is in no verdict, though bytes of it are garbled", () => {
    const { head, events } = played(kind);
    let hidden = 0;
    for (const [at, event] of events.entries()) {
      const changed = spoiled(event);
      if (changed === undefined) continue;
      const judged = new Judged(head);
      for (const each of events.with(at, changed)) judged.event(each);
      const text = JSON.stringify(judged.verdict);
      expect(isTold(text)).toBe(false);
      if (text.includes("**")) hidden++;
    }
    expect(hidden).toBeGreaterThan(0);
  });

  test("is in nothing that judge says of a capture", () => {
    const match = played(kind);
    const lines = kind === "ssif" ? asSmbus(transactionsOf(match), false) : asTracefs(match);
    const judging = judgingText({});
    judging.push(lines.join("\n"));
    expect(isTold(JSON.stringify(evidenceJson(judging.end(), true)))).toBe(false);
  });
});

/** What a message is made of, with a bit that is wrong; undefined for what tells of none. */
function spoiled(event: TraceEvent): TraceEvent | undefined {
  switch (event.e) {
    case "bmc.read":
      return event.command ? undefined : { ...event, value: event.value ^ 1 };
    case "host.write":
      return event.reg === "data" ? { ...event, value: event.value ^ 1 } : undefined;
    case "host.bus":
      return event.op === "write" ? { ...event, value: event.value ^ 1 } : undefined;
    case "send":
    case "bmc.request":
      return { ...event, message: event.message.map((byte, at) => (at === 9 ? byte ^ 1 : byte)) };
    default:
      return undefined;
  }
}
