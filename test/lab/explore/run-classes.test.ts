import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type EventMap,
  eventMap,
  type FaultKind,
  faultKinds,
  type Place,
  plainPlan,
  runPlan,
  traceHash,
} from "../../../src/lab/explore/index.ts";
import { runClasses } from "../../../src/lab/explore/run-classes.ts";
import { onInterface } from "../../../src/scenario/on-interface.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { encodeEvent } from "../../../src/trace/jsonl.ts";
import { SMALL } from "./small.ts";

/** With all that may lie between two events: interrupts, events to tell, a bridge, own faults. */
const RICH = `name: rich
title: A bit of everything
source: a test
story: Nothing.
until: 120s
settle: 10ms
host: { interrupt: true }
bmc: { command-latency: 300us }
workload:
  - user: a
    steps:
      - { request: Get Device ID, times: 2, every: 40ms }
      - sleep: 1s
      - { request: Get SEL Info, times: 2 }
  - user: listener
    steps:
      - events: on
      - { request: Get Self Test Results, times: 2, every: 500ms }
  - user: bridge
    steps:
      - { request: Get Device ID, ipmb: { address: 52 } }
faults:
  - when: { at: 20ms }
    bmc: { event: 00 00 02 00 00 00 00 20 00 04 01 30 01 57 00 00 }
  - when: { at: 41ms }
    for: 3ms
    wire: { stuck: { reg: status, bits: 01, level: 1 } }
  - when: { at: 700ms }
    answer: { to: any, code: d5, times: 1 }
expect: {}
`;

const SCENARIOS: Readonly<Record<string, string>> = {
  small: SMALL,
  rich: RICH,
  "panic-in-transfer": textOf("panic-in-transfer"),
  smic: onInterface(SMALL, "smic"),
  bt: onInterface(SMALL, "bt"),
  ssif: onInterface(SMALL, "ssif"),
};

function textOf(name: string): string {
  return readFileSync(new URL(`../../../scenarios/${name}.yaml`, import.meta.url), "utf8");
}

/** So many classes of each kind are looked at, evenly spread. */
const CLASSES_MAX = 12;

interface Membership {
  readonly kind: FaultKind;
  readonly members: readonly Place[];
}

/** The classes with more than one member, as neighbouring places make them. */
function memberships(kind: FaultKind, map: EventMap): Membership[] {
  const classes: Place[][] = [];
  let before: Place | undefined;
  for (const place of map.places) {
    const last = classes.at(-1);
    if (last !== undefined && before !== undefined && kind.same(before, place, map)) {
      last.push(place);
    } else classes.push([place]);
    before = place;
  }
  return classes.filter(({ length }) => length > 1).map((members) => ({ kind, members }));
}

function spread<T>(items: readonly T[], most: number): T[] {
  const stride = Math.max(1, Math.floor(items.length / most));
  return items.filter((_item, index) => index % stride === 0);
}

/** That the fault acts; and that a user is gone, if it is that. */
function isFaultsOwn(event: TraceEvent): boolean {
  if (event.e === "user") return event.what === "gone";
  return event.e === "fault" && event.name.startsWith("injected");
}

/** What comes of a fault at a place: the trace and the breaches, but for the fault's own events. */
function courseOf(scenario: string, kind: FaultKind, place: Place): string {
  const hash = createHash("sha256");
  let own = 0;
  let n = 0;
  const sink = {
    event: (event: TraceEvent) => {
      if (isFaultsOwn(event)) own++;
      else hash.update(encodeEvent({ ...event, n: n++ }));
    },
  };
  const plan = { ...plainPlan(scenario, 0), inject: kind.injections(place) };
  const { breaches, maxima } = runPlan(plan, { sinks: () => [sink] });
  const rules = breaches.map(({ rule, detail }) => [rule, detail]);
  return JSON.stringify([hash.digest("hex"), own, rules, maxima]);
}

describe.each(Object.entries(SCENARIOS))("%s", (_name, scenario) => {
  const map = eventMap(scenario, 0);

  // Goal: one run stands for its whole class. Method: the runs at both ends of a class are had, and
  // come to the same, for every kind of fault.
  test.each(faultKinds(scenario).map((kind) => [kind.name, kind] as const))(
    "runs of one class are the same: %s",
    (_kind, kind) => {
      for (const { members } of spread(memberships(kind, map), CLASSES_MAX)) {
        const chosen = [members[0], members.at(-1)];
        const courses = chosen.flatMap((place) => {
          return place === undefined ? [] : [courseOf(scenario, kind, place)];
        });
        const where = `${kind.name} at ${chosen.map((place) => place?.n).join(", ")}`;
        expect([where, ...new Set(courses)]).toEqual([where, courses[0]]);
      }
    },
  );

  test("each pair of event and fault belongs to one class", () => {
    const kinds = faultKinds(scenario);
    const classes = runClasses(scenario, kinds, map);
    const members = classes.reduce((sum, each) => sum + each.members, 0);
    expect(members).toBe(kinds.length * map.places.length);
    expect(new Set(classes.map(({ kind, place }) => `${kind.name} ${place.n}`)).size).toBe(
      classes.length,
    );
    expect(members / classes.length).toBeGreaterThan(2);
  });

  test("a survey changes nothing in the run that it looks at", () => {
    let watched = 0;
    const watch = { enter: () => {}, event: () => void watched++ };
    const plain = traceHash(plainPlan(scenario, 0));
    expect(traceHash(plainPlan(scenario, 0), { watch }).trace).toBe(plain.trace);
    expect(watched).toBe(plain.events);
    expect(map.places).toHaveLength(plain.events - 1);
  });
});
