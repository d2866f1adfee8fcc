import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readScenario, runStackMatch } from "../../src/lab/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";

interface Parts {
  readonly bmc?: string;
  readonly host?: string;
  readonly steps?: string;
  readonly faults?: string;
}

/** A scenario of one user on SSIF. */
function scenario({ bmc = "{}", host = "{}", steps, faults = "" }: Parts) {
  const text = `
name: small
title: A small one
source: a test
story: Nothing.
interface: ssif
until: 60s
settle: 1s
bmc: ${bmc}
host: ${host}
workload:
  - user: a
    steps: ${steps ?? "[{ request: Get Device ID, times: 3, every: 100ms }]"}
${faults === "" ? "" : `faults:\n${faults}`}
expect: { bmc: [], host: [] }
`;
  return readScenario(text, "small.yaml");
}

function play(parts: Parts) {
  const events: TraceEvent[] = [];
  const sinks = () => [{ event: (event: TraceEvent) => void events.push(event) }];
  return { ...runStackMatch(scenario(parts), { sinks }), events };
}

function count(events: readonly TraceEvent[], e: TraceEvent["e"]): number {
  return events.filter((event) => event.e === e).length;
}

describe("a scenario's words", () => {
  test("a fault of registers is refused on a bus, with the line and what is known there", () => {
    expect(() =>
      scenario({ faults: "  - { when: { at: 1s }, wire: { ibf-never: true } }" }),
    ).toThrow(
      /^small\.yaml:15: faults\[0\]\.wire: "ibf-never" is no fault of ssif; known there are nack, /,
    );
  });

  test("a fault of the bus is refused on registers", () => {
    const file = new URL("../../scenarios/ssif-stop-lost.yaml", import.meta.url);
    const text = readFileSync(file, "utf8").replace(
      /^interface: ssif\nonly-on:\n(?: {2}.*\n)+/m,
      "",
    );
    expect(() => readScenario(text, "s.yaml")).toThrow(/"no-stop" is no fault of kcs/);
  });

  test("a cue counts the steps of the bus as accesses", () => {
    const { events } = play({
      faults: "  - { when: { access: 100 }, wire: { nack: { on: byte, count: 1 } } }",
    });
    const at = events.findIndex((event) => event.e === "fault");
    expect(count(events.slice(0, at), "host.bus")).toBe(100);
  });
});

describe("what the BMC says that it can", () => {
  const long = `b8 01 ${"00 ".repeat(60).trim()}`;
  const answer = (ssif: string, steps: string) => {
    const { events } = play({ bmc: `{ ssif: ${ssif} }`, steps });
    const last = events.findLast((event) => event.e === "answer");
    return last?.e === "answer" ? [last.cc, last.maker] : undefined;
  };

  test.each([
    ["{ transfers: multi-part }", [0xc1, "bmc"]],
    ["{ transfers: start-and-end }", [0xc1, "bmc"]],
    ["{ transfers: multi-part, bytes: 40 }", [0xc8, "host-interface"]],
    ["{ transfers: single-part }", [0xc8, "host-interface"]],
  ])("%s: a request of 62 bytes", (ssif, expected) => {
    expect(answer(ssif, `[{ raw: ${long} }]`)).toEqual(expected);
  });

  test("without packet error codes there are none, with them each block has one", () => {
    const bytes = (pec: boolean) => {
      return count(play({ bmc: `{ ssif: { pec: ${pec} } }` }).events, "host.bus");
    };
    const without = play({ bmc: "{ ssif: { pec: false } }" });
    const requests = count(without.events, "bmc.request");
    // All but the first, which asks what the BMC can; each has a block either way.
    expect(bytes(true) - bytes(false)).toBe(2 * (requests - 1));
  });
});

describe("alerts", () => {
  const slow = { bmc: "{ command-latency: 30ms }" };

  test("a host with the line fetches a response when it is there", () => {
    const polled = play(slow);
    const alerted = play({ ...slow, host: "{ interrupt: true }" });
    expect(polled.verdict.violations).toEqual([]);
    expect(alerted.verdict.violations).toEqual([]);
    const longest = ({ events }: ReturnType<typeof play>) => {
      const sent = new Map<number, number>();
      let us = 0;
      const up = events.findIndex((event) => event.e === "host" && event.what === "up");
      for (const event of events.slice(up)) {
        if (event.e === "send") sent.set(event.id, event.t);
        const at = event.e === "received" ? sent.get(event.id) : undefined;
        if (at !== undefined) us = Math.max(us, event.t - at);
      }
      return us;
    };
    expect(longest(polled)).toBeGreaterThan(60_000);
    expect(longest(alerted)).toBeLessThan(40_000);
  });

  test("an event alerts the host, which fetches it", () => {
    const { events, verdict } = play({
      host: "{ interrupt: true }",
      steps: "[{ events: on }, { sleep: 5s }]",
      faults: `  - when: { at: 2500ms }
    bmc: { event: 00 00 02 00 00 00 00 20 00 04 01 30 01 57 00 00 }`,
    });
    expect(verdict.violations).toEqual([]);
    const raised = events.find((event) => event.e === "fault")?.t ?? 0;
    const delivered = events.find((event) => event.e === "delivered")?.t ?? 0;
    expect(delivered - raised).toBeGreaterThan(0);
    // Much sooner than the host would have looked by itself.
    expect(delivered - raised).toBeLessThan(100_000);
  });
});

// Goal: a match on a bus is a pure function, too. Method: the whole trace, twice.
test("the same match gives the same trace", () => {
  const parts = { faults: "  - { when: { at: 150ms }, wire: { nack: { on: byte, count: 2 } } }" };
  expect(play(parts).events).toEqual(play(parts).events);
});
