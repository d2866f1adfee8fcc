import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hostTime } from "../../../src/evidence/both-faces/clocks.ts";
import { bothFaces, type WholeTrace } from "../../../src/evidence/index.ts";
import { Referee } from "../../../src/referee/index.ts";
import { isBmcAccess, isHostAccess } from "../../../src/trace/event-names.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { playedMatch } from "../../../tools/evidence/writers.ts";
import { bmcsFace, bmcsTime, hostsFace, type Shift, WITNESS } from "./faces.ts";

/** Scenarios, and how wrong the BMC's clock is in each; the faults of some are the wire's. */
const MATCHES: readonly (readonly [name: string, offsetUs: number, driftPpm: number])[] = [
  ["a-right-match", 12_345_678, 3],
  ["device-id", 1_783_001_337, -41],
  ["attention-in-transfers", 900_000, 99],
  ["monitoring-flood", 31_000_017, 0],
  ["event-storm", 4_400_000, -7],
  ["kcs-state-late", 77_000_001, 55],
  ["kcs-reader-stops-early", 5, -88],
  ["daemon-restarts-quickly", 2_000_000, 12],
  ["bmc-reboots-under-writes", 9_999_999, -100],
  ["ibf-sticks-mid-request", 1, 100],
  ["bytes-lost-on-the-wire", 40_404_040, 20],
  ["ibf-falls-late", 3_000_000, -20],
  ["bytes-come-late", 60_000_000, 1],
  ["ssif-noise", 123_456, -3],
  ["ssif-parts-changed", 8_888_888, 33],
];

// Goal: two captures of one wire say together what was there. Method: matches of the lab, of which that is
// known, taken apart, the BMC's clock set wrong, and put together.
describe("the two faces of a match, and its clocks apart", () => {
  test.each(MATCHES)("%s", (name, offsetUs, driftPpm) => {
    const shift = { offsetUs, driftPpm };
    const match = played(name);
    const both = bothFaces(hostsFace(match), bmcsFace(match, shift));
    expectInOrder(both.events, match.events);
    expectClocks(both, match, shift);
    const accused = blamed(accessesOf(match));
    expect(accused).toEqual(expect.arrayContaining(blamed(both)));
    expect(blamed(both)).toEqual(expect.arrayContaining(accused));
  });

  test("a wire without faults shows no difference", () => {
    const match = played("a-right-match");
    expect(bothFaces(hostsFace(match), bmcsFace(match, SHIFT)).differences).toBe(0);
  });

  test("bytes that the wire lost are told as the wire's, around what came of it", () => {
    const match = played("bytes-lost-on-the-wire");
    const { differences, events } = bothFaces(hostsFace(match), bmcsFace(match, SHIFT));
    const faults = events.filter((event) => event.e === "fault");
    expect(differences).toBeGreaterThan(0);
    expect(faults).toHaveLength(2 * differences);
    expect(faults.every(({ on }) => on === "wire")).toBe(true);
  });

  test("which file comes first does not matter", () => {
    const match = played("device-id");
    const faces = [hostsFace(match), bmcsFace(match, SHIFT)] as const;
    expect(bothFaces(faces[1], faces[0])).toEqual(bothFaces(faces[0], faces[1]));
  });

  test.each([
    ["its first third", 0, 1 / 3],
    ["its last third", 2 / 3, 1],
    ["its middle", 1 / 4, 3 / 4],
  ])("of one face only %s", (_, from, to) => {
    const match = played("a-right-match");
    const whole = bmcsFace(match, SHIFT);
    const { length } = whole.events;
    const events = whole.events.slice(Math.round(from * length), Math.round(to * length));
    const both = bothFaces(hostsFace(match), { ...whole, events });
    expect(both.differences).toBe(0);
    expect(blamed(both)).toEqual([]);
    expectClocks(both, match, SHIFT);
  });
});

const SHIFT: Shift = { offsetUs: 12_345_678, driftPpm: 3 };

function played(name: string): WholeTrace {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  return playedMatch(readFileSync(file, "utf8"), name, "kcs");
}

function expectInOrder(events: readonly TraceEvent[], whole: readonly TraceEvent[]): void {
  for (const is of [isHostAccess, isBmcAccess]) {
    const merged = events.filter(is).map(bare).join("\n");
    const all = whole.filter(is).map(bare).join("\n");
    // What one face shows before the other begins, or behind its end, is left out.
    expect(all.includes(merged)).toBe(true);
    expect(merged.length).toBeGreaterThan(0.9 * all.length);
  }
}

function bare(event: TraceEvent): string {
  return JSON.stringify({ ...event, n: 0, t: 0 });
}

/** In the time that both faces show. */
function expectClocks(
  { events, clocks }: ReturnType<typeof bothFaces>,
  whole: WholeTrace,
  shift: Shift,
): void {
  const from = events[0]?.t ?? 0;
  const to = events.at(-1)?.t ?? 0;
  for (const { t } of whole.events.filter(isBmcAccess)) {
    if (t < from || t > to) continue;
    expect(Math.abs(hostTime(clocks, bmcsTime(t, shift)) - t)).toBeLessThanOrEqual(clocks.errorUs);
  }
}

/** A match's accesses and its wire's faults, in the order in which they were: all that both faces could show. */
function accessesOf({ head, events }: WholeTrace): WholeTrace {
  const kept = events.filter((event) => {
    const wires = event.e === "fault" && event.on === "wire";
    return isHostAccess(event) || isBmcAccess(event) || wires || event.e === "end";
  });
  return {
    head: { ...head, witness: WITNESS },
    events: kept.map((event, n) => ({ ...event, n })),
  };
}

function blamed({ head, events }: WholeTrace): string[] {
  const referee = new Referee(head);
  for (const event of events) referee.event(event);
  return [...new Set(referee.verdict().violations.map(({ rule, party }) => `${party} ${rule}`))];
}
