import { describe, expect, test } from "vitest";
import { hostTime } from "../../../src/evidence/both-faces/clocks.ts";
import { type BothFaces, bothFaces, type WholeTrace } from "../../../src/evidence/index.ts";
import { isBmcAccess, isHostAccess } from "../../../src/trace/event-names.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { INTERFACES, type InterfaceKind } from "../../../src/trace/head.ts";
import {
  accessesOf,
  blamed,
  bmcsFace,
  bmcsTime,
  hostsFace,
  played,
  type Shift,
  without,
} from "./faces.ts";

/** Scenarios, and how wrong the BMC's clock is in each; the faults of some are the wire's. */
const MATCHES: readonly (readonly [
  kind: InterfaceKind,
  name: string,
  offsetUs: number,
  driftPpm: number,
])[] = [
  ["kcs", "a-right-match", 12_345_678, 3],
  ["kcs", "device-id", 1_783_001_337, -41],
  ["kcs", "attention-in-transfers", 900_000, 99],
  ["kcs", "monitoring-flood", 31_000_017, 0],
  ["kcs", "event-storm", 4_400_000, -7],
  ["kcs", "kcs-state-late", 77_000_001, 55],
  ["kcs", "kcs-reader-stops-early", 5, -88],
  ["kcs", "daemon-restarts-quickly", 2_000_000, 12],
  ["kcs", "bmc-reboots-under-writes", 9_999_999, -100],
  ["kcs", "bytes-lost-on-the-wire", 40_404_040, 20],
  ["kcs", "ibf-falls-late", 3_000_000, -20],
  ["kcs", "bytes-come-late", 60_000_000, 1],
  ["smic", "a-right-match", 12_345_678, 3],
  ["smic", "bridged-requests", 900_000, 99],
  ["smic", "smic-bytes-lost-on-the-wire", 31_000_017, 0],
  ["smic", "smic-smi-in-transfer", 4_400_000, -7],
  ["smic", "smic-busy-falls-late", 77_000_001, 55],
  ["smic", "bmc-reboots-under-writes", 5, -88],
  ["smic", "foreign-answers", 2_000_000, 12],
  ["bt", "a-right-match", 12_345_678, 3],
  ["bt", "bt-several-requests", 900_000, 99],
  ["bt", "bridged-requests", 31_000_017, 0],
  ["bt", "long-messages", 4_400_000, -7],
  ["bt", "many-questions", 77_000_001, 55],
  ["bt", "foreign-answers", 5, -88],
  ["bt", "bmc-reboots-under-writes", 2_000_000, 12],
  ["ssif", "a-right-match", 12_345_678, 3],
  ["ssif", "ssif-noise", 123_456, -3],
  ["ssif", "ssif-noise-without-codes", 900_000, 99],
  ["ssif", "ssif-acknowledgements-lost", 31_000_017, 0],
  ["ssif", "ssif-stop-lost", 4_400_000, -7],
  ["ssif", "ssif-parts-changed", 8_888_888, 33],
  ["ssif", "ssif-long-records", 77_000_001, 55],
  ["ssif", "foreign-answers", 5, -88],
  ["ssif", "ssif-bus-stuck", 2_000_000, 12],
];

const SHIFT: Shift = { offsetUs: 12_345_678, driftPpm: 3 };

// Goal: two captures of one wire say together what was there. Method: matches of the lab, of which that is
// known, taken apart, the BMC's clock set wrong, and put together.
describe("the two faces of a match, and its clocks apart", () => {
  test.each(MATCHES)("%s: %s", (kind, name, offsetUs, driftPpm) => {
    const shift = { offsetUs, driftPpm };
    const match = played(name, kind);
    const both = bothFaces(hostsFace(match), bmcsFace(match, shift));
    expectInOrder(both.events, match.events);
    expectClocks(both, match, shift);
    const accused = blamed(accessesOf(match));
    expect(accused).toEqual(expect.arrayContaining(blamed(both)));
    expect(blamed(both)).toEqual(expect.arrayContaining(accused));
  });

  test.each(INTERFACES)("%s: a wire without faults shows no difference", (kind) => {
    const match = played("a-right-match", kind);
    const both = bothFaces(hostsFace(match), bmcsFace(match, SHIFT));
    expect(both.differences).toBe(0);
    expect(both.unclear).toBe(0);
  });

  // A BMC that says B2H_ATN again, or H2B_ATN no more, within the time that the clocks are not known to.
  test.each([
    "zombie-channel",
    "error-state-mid-request",
    "panic-bmc-away",
    "ssif-each-answer-one-late",
  ])("bt: nor does that of a BMC in disorder, in %s", (name) => {
    const match = played(name, "bt");
    expect(match.events.some((event) => event.e === "fault" && event.on === "wire")).toBe(false);
    for (const offsetUs of [12_345_678, 12_345_679, 5, 31_000_017]) {
      const shift = { offsetUs, driftPpm: 3 };
      const both = bothFaces(hostsFace(match), bmcsFace(match, shift));
      expect(both.differences).toBe(0);
      expect(blamed(accessesOf(match))).toEqual(expect.arrayContaining(blamed(both)));
    }
  });

  test.each([
    ["kcs", "bytes-lost-on-the-wire"],
    ["smic", "smic-bytes-lost-on-the-wire"],
    ["bt", "bt-writes-lost"],
    ["ssif", "ssif-noise"],
  ] as const)("%s: bytes that the wire lost are told as the wire's", (kind, name) => {
    const match = played(name, kind);
    const { differences, events } = bothFaces(hostsFace(match), bmcsFace(match, SHIFT));
    const faults = events.filter((event) => event.e === "fault");
    expect(differences).toBeGreaterThan(0);
    expect(faults).toHaveLength(2 * differences);
    expect(faults.every(({ on }) => on === "wire")).toBe(true);
  });

  test("which file comes first does not matter", () => {
    const match = played("device-id", "kcs");
    const faces = [hostsFace(match), bmcsFace(match, SHIFT)] as const;
    expect(bothFaces(faces[1], faces[0])).toEqual(bothFaces(faces[0], faces[1]));
  });
});

// Goal: captures begin and end when somebody says so. Method: one face is cut, the other is whole.
describe.each(INTERFACES)("%s: of one face only", (kind) => {
  test.each([
    ["its first third", 0, 1 / 3],
    ["its last third", 2 / 3, 1],
    ["its middle", 1 / 4, 3 / 4],
  ])("%s", (_, from, to) => {
    const match = played("a-right-match", kind);
    const cut = (of: WholeTrace) => {
      const { length } = of.events;
      return { ...of, events: of.events.slice(Math.round(from * length), Math.round(to * length)) };
    };
    const [host, bmc] = [hostsFace(match), bmcsFace(match, SHIFT)];
    for (const both of [bothFaces(host, cut(bmc)), bothFaces(cut(host), bmc)]) {
      expect(both.differences).toBe(0);
      expect(blamed(both)).toEqual([]);
      expectClocks(both, match, SHIFT);
    }
  });
});

// Goal: what one capture lost accuses nobody, and what lies behind it is judged. Method: of a match stretches
// are taken away on one face, short and long.
describe("with holes in one face", () => {
  const names: readonly (readonly [InterfaceKind, string])[] = [
    ...INTERFACES.flatMap((kind) => [[kind, "a-right-match"] as const]),
    ...INTERFACES.flatMap((kind) => [[kind, "foreign-answers"] as const]),
    ["kcs", "bytes-lost-on-the-wire"],
    ["bt", "ssif-empty-reads"],
    ["ssif", "ssif-noise"],
  ];
  test.each(names)("%s: %s", (kind, name) => {
    const match = played(name, kind);
    const accused = blamed(accessesOf(match));
    const whole = [hostsFace(match), bmcsFace(match, SHIFT)] as const;
    const differs = bothFaces(...whole).differences > 0;
    for (const [length, place] of HOLES) {
      for (const face of [0, 1]) {
        const faces = [...whole] as [WholeTrace, WholeTrace];
        const cut = faces[face] ?? whole[0];
        faces[face] = without(cut, Math.floor(place * cut.events.length), length);
        const both = bothFaces(...faces);
        expect(accused).toEqual(expect.arrayContaining(blamed(both)));
        if (!differs) expect(both.differences).toBe(0);
        expectClocks(both, match, SHIFT);
      }
    }
  });

  test.each(INTERFACES)("%s: behind it is judged", (kind) => {
    const match = played("a-right-match", kind);
    const host = hostsFace(match);
    const at = Math.floor(host.events.length / 3);
    const both = bothFaces(without(host, at, 20), bmcsFace(match, SHIFT));
    expect(both.stretches).toBe(2);
    expect(both.unlaid).toBe(0);
    expect(both.events.filter(({ e }) => e === "gap")).toHaveLength(1);
    expect(both.events.length).toBeGreaterThan(0.9 * accessesOf(match).events.length);
  });

  test("many of them, on both faces", () => {
    const match = played("bridged-requests", "kcs");
    let [host, bmc] = [hostsFace(match), bmcsFace(match, SHIFT)];
    for (let at = 500; at < host.events.length - 20; at += 500) host = without(host, at, 3);
    for (let at = 300; at < bmc.events.length - 20; at += 300) bmc = without(bmc, at, 2);
    const both = bothFaces(host, bmc);
    expect(both.stretches).toBeGreaterThan(10);
    expect(both.differences).toBe(0);
    expect(blamed(accessesOf(match))).toEqual(expect.arrayContaining(blamed(both)));
    expectClocks(both, match, SHIFT);
  });
});

/** How many events are missing, and behind which share of all. */
const HOLES = [
  [1, 0.31],
  [7, 0.52],
  [60, 0.23],
  [400, 0.44],
] as const;

// Goal: what the faces show differently is the wire's. Method: a byte of a response is another one in the host's
// face than in the BMC's, or a byte that the BMC took is not in its face.
describe("a step that the faces show differently", () => {
  test.each(["kcs", "bt"] as const)("%s: garbled", (kind) => {
    const match = played("a-right-match", kind);
    const host = hostsFace(match);
    const at = middleOf(host, (event) => event.e === "host.read" && event.reg === "data");
    const events = host.events.map((event, n) => {
      return n === at && "value" in event ? { ...event, value: event.value ^ 0x10 } : event;
    });
    const both = bothFaces({ ...host, events }, bmcsFace(match, SHIFT));
    expect(both.differences).toBe(1);
    expect(blamed(both)).toEqual([]);
  });

  test.each(["kcs", "bt"] as const)("%s: lost", (kind) => {
    const match = played("a-right-match", kind);
    const bmc = bmcsFace(match, SHIFT);
    const at = middleOf(bmc, ({ e }) => e === "bmc.read");
    const both = bothFaces(hostsFace(match), without(bmc, at, 1, "nothing"));
    expect(both.differences).toBeGreaterThan(0);
    expect(blamed(both)).toEqual([]);
  });
});

// Goal: where the host's reads are dated when they were answered, as in a match in real time, nobody is accused who
// is not with exact dates. Method: a step that is lost, or a read that is garbled, at each of many places.
describe("a step that the faces of a match in real time show differently", () => {
  const match = played("a-right-match", "kcs");
  const { witness: _, ...head } = hostsFace(match).head;
  const host: WholeTrace = { ...hostsFace(match), head: { ...head, clock: "real" } };
  const bmc = bmcsFace(match, SHIFT);
  const places = Array.from({ length: 40 }, (_, n) =>
    Math.floor(((n + 1) * bmc.events.length) / 42),
  );

  test("none", () => {
    const both = bothFaces(host, bmc);
    expect(both.differences).toBe(0);
    expect(blamed(both)).toEqual([]);
  });

  test.each(places)("the BMC's step %i is lost", (at) => {
    const lost = without(bmc, at, 1, "nothing");
    expect(blamed(bothFaces(host, lost))).toEqual(blamed(bothFaces(hostsFace(match), lost)));
  });

  test.each(places)("the host's read behind step %i is garbled", (place) => {
    const read = host.events.findIndex((event, n) => n >= place && event.e === "host.read");
    const events = host.events.map((event, n) => {
      return n === read && "value" in event ? { ...event, value: event.value ^ 0x10 } : event;
    });
    expect(blamed(bothFaces({ ...host, events }, bmc))).toEqual([]);
  });
});

function middleOf({ events }: WholeTrace, is: (event: TraceEvent) => boolean): number {
  return events.findIndex((event, n) => n > events.length / 2 && is(event));
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
function expectClocks({ events, clocks }: BothFaces, whole: WholeTrace, shift: Shift): void {
  const from = events[0]?.t ?? 0;
  const to = events.at(-1)?.t ?? 0;
  for (const { t } of whole.events.filter(isBmcAccess)) {
    if (t < from || t > to) continue;
    expect(Math.abs(hostTime(clocks, bmcsTime(t, shift)) - t)).toBeLessThanOrEqual(clocks.errorUs);
  }
}
