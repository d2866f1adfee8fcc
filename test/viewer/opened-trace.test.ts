import { describe, expect, test } from "vitest";
import { EventTexts, Ladders } from "../../src/explain/index.ts";
import { Referee } from "../../src/referee/index.ts";
import { INTERFACES } from "../../src/trace/head.ts";
import { NO_FILTER } from "../../viewer/trace/filter.ts";
import type { OpenedTrace } from "../../viewer/trace/opened-trace.ts";
import { played } from "../export/matches.ts";
import { opened, textOf } from "./opened.ts";

const DEAD = played("dead-channel", "kcs");
const dead = opened(textOf(DEAD));

// Goal: the page says of a trace what every other command says of it.
test.each(INTERFACES)("the verdict and the transfers are the referee's, on %s", (kind) => {
  const match = played("device-id", kind);
  const referee = new Referee(match.head);
  for (const event of match.events) referee.event(event);
  const trace = opened(textOf(match));
  expect(trace.verdict()).toEqual(referee.verdict());
  expect(trace.cut).toBeUndefined();
  const answered = trace.transfers.filter(({ outcome }) => outcome === "answered");
  expect(answered).toHaveLength(referee.verdict().transactions);
  expect(trace.columns.length).toBe(match.events.length);
});

test("each finding has the ladder that the terminal shows", () => {
  const ladders = new Ladders(DEAD.head);
  for (const event of DEAD.events) ladders.event(event);
  expect(dead.ladders).toEqual([...ladders.ladders.values()]);
  expect(dead.ladders).toHaveLength(1);
});

test("any event has the ladder that the terminal shows, and what is no event has none", () => {
  for (const n of [0, 8, 1_834, 7_000]) {
    const ladders = new Ladders(DEAD.head, { at: [n] });
    for (const event of DEAD.events) ladders.event(event);
    expect(drawn(n)).toEqual(ladders.ladders.get(n));
  }
  expect(drawn(1_000_000)).toBeUndefined();
});

test("a row's words are the same whichever row was asked for before", () => {
  const texts = new EventTexts("kcs");
  const told = DEAD.events.map((event) => texts.of(event));
  const places = [1_624, 3, 1_601, DEAD.events.length - 1, 1_625, 0];
  expect(dead.rows(places).map(({ text }) => text)).toEqual(places.map((at) => told[at]));
  expect(dead.rows([-1, 1_000_000])).toEqual([]);
});

describe("a filter", () => {
  test("finds text in whatever case", () => {
    const found = fitting(dead, { text: "GET DEVICE id" });
    expect(found.length).toBeGreaterThan(5);
    for (const { text } of dead.rows(found)) expect(text).toMatch(/Get Device ID/);
  });

  test("by party leaves only what that party did", () => {
    const names = new Set(dead.rows(fitting(dead, { party: "bmc" })).map(({ name }) => name));
    expect([...names].every((name) => name.startsWith("bmc"))).toBe(true);
    expect(names.size).toBeGreaterThan(3);
  });

  test("by fault leaves what happened while it acted", () => {
    const found = fitting(dead, { fault: "faults[0]" });
    const [first] = dead.rows(found.subarray(0, 1));
    expect(first).toMatchObject({ name: "fault", n: 1_614 });
    expect(found.length).toBeLessThan(dead.columns.length);
    expect(fitting(dead, { fault: "no such" })).toHaveLength(0);
  });

  test("by rule leaves the transfer in which it was found", () => {
    const rows = dead.rows(fitting(dead, { rule: "KCS-35" }));
    expect(rows.some(({ n }) => n === 2_456)).toBe(true);
    expect(rows.some(({ n }) => n === 100)).toBe(false);
    expect(fitting(dead, { rule: "KCS-01" })).toHaveLength(0);
  });

  test("by maker leaves the answers that it made", () => {
    expect(dead.makers).toContain("host-interface");
    const rows = dead.rows(fitting(dead, { maker: "host-interface" }));
    expect(rows.length).toBeGreaterThan(3);
    for (const { text } of rows) expect(text).toMatch(/is answered by host-interface/);
  });

  test("of several kinds leaves what fits all", () => {
    const found = fitting(dead, { maker: "host-interface", text: "request 24 " });
    expect(found).toHaveLength(1);
  });
});

test("a trace that breaks off is shown to there, with its transfer under way", () => {
  const lines = textOf(DEAD).split("\n");
  const trace = opened(`${lines.slice(0, 1_700).join("\n")}\n{"n":17`);
  expect(trace.cut).toMatch(/the last line is not whole/);
  expect(trace.columns.length).toBe(1_699);
  expect(trace.transfers.at(-1)?.outcome).toBe("under way");
  expect(trace.faults[0]?.to).toBe(1_698);
});

test("a line that is no event ends the trace there", () => {
  const lines = textOf(DEAD).split("\n");
  const trace = opened(
    [...lines.slice(0, 50), '{"n":49,"t":9,"e":"no-such"}', ...lines.slice(50)].join("\n"),
  );
  expect(trace.cut).toMatch(/^line 51: /);
  expect(trace.columns.length).toBe(49);
  expect(trace.verdict()?.ended).toBe(false);
});

test.each([
  ["", undefined],
  ["nonsense\n", undefined],
  [`${textOf(DEAD).split("\n")[0]}\n`, 0],
])("what has no event is no trouble: %#", (text, events) => {
  const trace = opened(text);
  expect(trace.head === undefined ? undefined : trace.columns.length).toBe(events);
  expect(trace.cut).toBeDefined();
  expect(trace.rows([0])).toEqual([]);
  expect(fitting(trace, { text: "x" })).toHaveLength(0);
});

function drawn(n: number) {
  const drawing = dead.drawing(n);
  while (drawing?.step(101));
  return drawing?.ladder;
}

function fitting(trace: OpenedTrace, filter: Partial<typeof NO_FILTER>): Uint32Array {
  const matching = trace.matching({ ...NO_FILTER, ...filter });
  while (matching.step(997));
  return matching.found;
}
