import { describe, expect, test } from "vitest";
import { readScenario, runStackMatch } from "../../src/lab/index.ts";
import type { Watch } from "../../src/match/match.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { Recorder } from "../../src/trace/tracer.ts";

const EVENT = "01 00 02 00 00 00 00 20 00 04 01 30 01 57 20 ff";

interface Parts {
  readonly users: readonly string[];
  readonly bmc?: string;
  readonly host?: string;
  readonly faults?: readonly string[];
}

/** Runs a small match on BT; gives its trace, and which rules were broken. */
function play({ users, bmc = "{}", host = "{}", faults = [] }: Parts, watch?: Watch) {
  const text = `
name: small
title: A small one
source: a test
story: Nothing.
interface: bt
until: 300s
settle: 1s
bmc: ${bmc}
host: ${host}
workload:
${users.map((steps, at) => `  - { user: u${at}, steps: [${steps}] }`).join("\n")}
faults: [${faults.join(", ")}]
expect: {}
`;
  const recorder = new Recorder();
  const scenario = readScenario(text, "small.yaml");
  const { verdict } = runStackMatch(scenario, {
    sinks: () => [recorder],
    ...(watch === undefined ? {} : { watch }),
  });
  const [broken, noted] = [verdict.violations, verdict.notes].map((found) => {
    return found.map((each) => each.rule);
  });
  return { events: recorder.events, broken, noted };
}

function answers(events: readonly TraceEvent[], user: string): string[] {
  const mine = new Set<number>();
  return events.flatMap((event) => {
    if (event.e === "request" && event.user === user) mine.add(event.id);
    if (event.e !== "answer" || !mine.has(event.id)) return [];
    return [`${event.cc.toString(16)} ${event.maker}`];
  });
}

/** The most transfers that were under way at a time. */
function mostUnderWay(events: readonly TraceEvent[]): number {
  const open = new Set<number>();
  let most = 0;
  for (const event of events) {
    if (event.e === "send") open.add(event.id);
    if (event.e === "received" || event.e === "answer") open.delete(event.id);
    most = Math.max(most, open.size);
  }
  return most;
}

const SLOW = "{ request: Get Self Test Results, times: 12, parallel: true }";
const QUICK = "{ request: Get Device ID, times: 12, parallel: true }";

describe("several requests under way", () => {
  test.each([
    [1, 1],
    [2, 2],
    [4, 4],
    [8, 4],
  ])("the BMC takes %i: at most %i go at a time, each with its own answer", (outstanding, most) => {
    const { events, broken } = play({
      users: [SLOW, QUICK],
      bmc: `{ command-latency: 1ms, bt: { outstanding: ${outstanding} } }`,
    });
    expect(broken).toEqual([]);
    expect(mostUnderWay(events)).toBe(most);
    expect(answers(events, "u0")).toEqual(new Array(12).fill("0 bmc"));
    expect(answers(events, "u1")).toEqual(new Array(12).fill("0 bmc"));
  });

  // The BMC takes a request's tag when it comes to it: by then the host may have begun another one.
  test("a BMC that is slow to take them knows whose each one is", () => {
    const bmc = "{ input-latency: 50us, bt: { outstanding: 4 } }";
    const { broken, noted } = play({ users: [SLOW, QUICK], bmc });
    expect([broken, noted]).toEqual([[], []]);
  });

  test("a slow one keeps nobody waiting", () => {
    const delay = "{ when: { start: true }, answer: { to: Get Self Test Results, delay: 2s } }";
    const slow = "{ request: Get Self Test Results }";
    const bmc = "{ bt: { outstanding: 2 } }";
    const { events, broken } = play({ users: [slow, QUICK], bmc, faults: [delay] });
    expect(broken).toEqual([]);
    const order = events.flatMap((event) => (event.e === "received" ? [event.message[1]] : []));
    expect(order.at(-1)).toBe(0x04);
    expect(answers(events, "u0")).toEqual(["0 bmc"]);
  });

  // A BMC that is being reset loses what else it has in hand, and takes nothing for a while.
  test("a reset of the BMC goes alone: it joins nobody, and nobody joins it", () => {
    const { events } = play({
      users: [
        "{ events: on }",
        "{ sleep: 1s }, { request: Get Self Test Results, times: 3, parallel: true }",
        "{ sleep: 1s }, { request: Cold Reset }",
      ],
      bmc: "{ command-latency: 100ms, bt: { outstanding: 4 } }",
      faults: [`{ when: { command: Cold Reset, after: 10ms }, bmc: { event: ${EVENT} } }`],
    });
    const open = new Set<number>();
    let reset = -1;
    const beside: number[] = [];
    for (const event of events) {
      if (event.e === "received") open.delete(event.id);
      if (event.e !== "send") continue;
      if (event.message[1] === 0x02) reset = event.id;
      if (event.id === reset || open.has(reset)) beside.push(open.size);
      open.add(event.id);
    }
    expect(beside).toEqual([0]);
  });

  test("all that are under way fail together, once each, when the BMC is lost", () => {
    const { events, broken } = play({
      users: [SLOW, QUICK],
      bmc: "{ command-latency: 100ms, bt: { outstanding: 4 } }",
      faults: ["{ when: { at: 50ms }, for: 30s, bmc: { hang: chip } }"],
    });
    expect(broken?.filter((rule) => rule.startsWith("STACK"))).toEqual([]);
    expect(answers(events, "u0").length + answers(events, "u1").length).toBe(24);
    const sent = new Set(events.flatMap((event) => (event.e === "send" ? [event.id] : [])));
    const lost = events.flatMap((event) => {
      return event.e === "answer" && event.cc === 0x82 && sent.has(event.id) ? [event.t] : [];
    });
    expect(lost.length).toBeGreaterThanOrEqual(4);
    expect(new Set(lost.slice(0, 4)).size).toBe(1);
  });

  test("all that are under way are answered, once each, when the driver goes", () => {
    const { events, broken } = play({
      users: [SLOW, QUICK, "{ sleep: 30ms }, { driver: remove }"],
      bmc: "{ command-latency: 100ms, bt: { outstanding: 4 } }",
    });
    expect(broken).toEqual([]);
    expect(answers(events, "u0").length + answers(events, "u1").length).toBe(24);
  });

  test("a panic gets its messages out past them", () => {
    const { events, broken } = play({
      users: [SLOW, QUICK],
      bmc: "{ command-latency: 20ms, bt: { outstanding: 4 } }",
      faults: ["{ when: { at: 30ms }, host: { panic: gone } }"],
    });
    expect(broken).toEqual([]);
    const ends = events.filter((event) => event.e === "host" && event.what === "panic-end");
    expect(ends.map((event) => event.e === "host" && event.text)).toEqual(["sent"]);
  });

  test("what the BMC has to say is heard meanwhile, and keeps nobody waiting", () => {
    const { events, broken } = play({
      users: ["{ events: on }", "{ request: Get Device ID, times: 100, parallel: true }"],
      bmc: "{ command-latency: 5ms, bt: { outstanding: 2 } }",
      faults: [`{ when: { at: 1ms }, bmc: { event: ${EVENT}, times: 6, every: 35ms } }`],
    });
    expect(broken).toEqual([]);
    expect(events.filter((event) => event.e === "delivered").length).toBe(6);
    expect(answers(events, "u1")).toEqual(new Array(100).fill("0 bmc"));
  });
});

describe("attention that the host takes back", () => {
  const listener = "{ events: on }, { sleep: 20s }";

  test("is not lost over a BMC that has no time for the flags", () => {
    const { events, broken } = play({
      users: [listener],
      faults: [
        `{ when: { at: 1s }, bmc: { event: ${EVENT} } }`,
        "{ when: { at: 1s }, answer: { to: Get Message Flags, code: c0, times: 3 } }",
      ],
    });
    expect(broken).toEqual([]);
    expect(events.filter((event) => event.e === "delivered").length).toBe(1);
  });

  // The driver took SMS_ATN back and was removed before it fetched: the BMC does not repeat itself.
  test("is heard though it was announced to a driver that is gone", () => {
    const { events, broken } = play({
      users: ["{ events: on }, { sleep: 10s }, { driver: insert }, { events: on }, { sleep: 5s }"],
      faults: [
        "{ when: { at: 1s }, bmc: { message: 00 1c 20 52 8e 04 00 00 5a } }",
        "{ when: { command: Get Message Flags, count: 2 }, for: 5s, host: { driver: removed } }",
      ],
    });
    expect(broken).toEqual([]);
    const gone = events.findIndex((event) => event.e === "host" && event.what === "down");
    const fetches = events.flatMap((event, at) => {
      return event.e === "bmc.request" && event.message[1] === 0x33 ? [at > gone] : [];
    });
    expect(fetches[0]).toBe(true);
  });
});

describe("interrupts", () => {
  test("come and are taken back; a lost one costs time only", () => {
    const users = ["{ events: on }", "{ request: Get Device ID, times: 20, every: 100ms }"];
    const faults = [
      `{ when: { at: 500ms }, bmc: { event: ${EVENT}, times: 5, every: 100ms } }`,
      "{ when: { at: 1s }, for: 300ms, wire: { missing-interrupt: true } }",
    ];
    const { events, broken } = play({ users, host: "{ interrupt: true }", faults });
    expect(broken).toEqual([]);
    expect(answers(events, "u1")).toEqual(new Array(20).fill("0 bmc"));
    expect(events.filter((event) => event.e === "irq" && event.level === 1).length).toBeGreaterThan(
      20,
    );
    expect(events.filter((event) => event.e === "delivered").length).toBe(5);
  });

  // Goal: a reset that nobody missed does not leave the host without interrupts for good. Method:
  // the BMC is back before it is looked at, and its INTMASK is clear.
  test("come again when the enables that a reset took are set again", () => {
    const users = ["{ events: on }", "{ request: Get Device ID, times: 20, every: 500ms }"];
    const faults = ["{ when: { at: 3200ms }, bmc: { reset: { kind: cold, away: 1ms } } }"];
    const { events, broken } = play({ users, host: "{ interrupt: true }", faults });
    expect(broken).toEqual([]);
    const [reset, ...others] = events.flatMap((event) => {
      return event.e === "bmc" && event.what === "reset" ? [event.t] : [];
    });
    expect(others).toEqual([]);
    const rises = events.filter((event) => {
      return event.e === "irq" && event.level === 1 && event.t > (reset ?? 0);
    });
    expect(rises.length).toBeGreaterThan(5);
  });
});

test("BMC_HWRST resets a BMC whose block has the bit", () => {
  for (const [bmc, resets] of [
    ["{ bt: { hardware-reset: 2s } }", 1],
    ["{}", 0],
  ] as const) {
    let count = 0;
    const { events } = play(
      { users: ["{ sleep: 10s }, { request: Get Device ID, times: 3, every: 5s }"], bmc },
      {
        enter: (arena) => {
          const { wire } = arena;
          arena.labLane.at(5_000_000, "another driver", () => {
            if (wire.kind === "bt") wire.port.write(2, 0x80);
          });
        },
        event: (event) => {
          if (event.e === "bmc" && event.what === "reset") count++;
        },
      },
    );
    expect(count).toBe(resets);
    expect(answers(events, "u0").at(-1)).toBe("0 bmc");
  }
});
