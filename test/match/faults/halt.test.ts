import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readScenario, runStackMatch, type Scenario } from "../../../src/lab/index.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { encodeEvent } from "../../../src/trace/jsonl.ts";
import { Recorder } from "../../../src/trace/tracer.ts";

function scenario(name: string): Scenario {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  return readScenario(readFileSync(file, "utf8"), name);
}

function play(each: Scenario, haltAt?: { n: number; text: string }) {
  const recorder = new Recorder();
  const options = haltAt === undefined ? {} : { haltAt };
  const result = runStackMatch(each, { ...options, sinks: () => [recorder] });
  const { events } = recorder;
  const panic = events.findIndex((event) => event.e === "host" && event.what === "panic");
  return { ...result, events, panic };
}

// Goal: the five points of the debate are where their scenarios say. Method: the event before the
// fault tells how far the request had come.
test.each([
  ["panic-before-queue", "request", undefined],
  ["panic-before-send", "run", "request"],
  ["panic-before-start", "send", "host.read"],
  ["panic-in-transfer", "host.write", undefined],
  ["panic-after-response", "received", "host.read"],
])("%s stops the host where it says", (name, last, before) => {
  const { events, panic } = play(scenario(name));
  expect(events[panic - 1]).toMatchObject({ e: "fault", what: "fires", on: "host" });
  expect(events[panic - 2]?.e).toBe(last);
  if (before !== undefined) expect(events[panic - 3]?.e).toBe(before);
});

test("a busy host gives the crash dump time before all else", () => {
  const { events, panic } = play(scenario("panic-under-load"));
  const sent = events.slice(panic).flatMap((event) => (event.e === "send" ? [event.message] : []));
  expect(sent.map((message) => message[1])).toEqual([0x24, 0x02, 0x01, 0x01, 0x44, 0x44]);
});

test.each([
  ["panic-bmc-dead", 3_000_000],
  // It comes back, and is then given the rest of the panic's five seconds.
  ["panic-bmc-away", 5_000_000],
])("%s is over within %i µs", (name, boundUs) => {
  const { events, panic } = play(scenario(name));
  const end = events.find((event) => event.e === "host" && event.what === "panic-end");
  expect(end?.t).toBeLessThan((events[panic]?.t ?? 0) + boundUs);
});

const SMALL = { ...scenario("panic-before-queue"), faults: [], settle: 20_000 };

function indexOf(which: (event: TraceEvent) => boolean, from = 1_000): number {
  const { events } = play(SMALL);
  return events.findIndex((event) => event.n > from && which(event));
}

describe("at the event of a number", () => {
  test("the host's own doing is its last, to the letter", () => {
    const n = indexOf(({ e }) => e === "send");
    const { events, panic } = play(SMALL, { n, text: "oops" });
    expect(panic).toBe(n + 1);
    expect(events[panic]).toMatchObject({ e: "host", what: "panic", text: "oops" });
  });

  test("an access that is under way is made as a whole, and seen by the BMC", () => {
    const n = indexOf(({ e }) => e === "host.write");
    const { events, panic } = play(SMALL, { n, text: "oops" });
    const wrote = events[n];
    const taken = events.slice(n).find(({ e }) => e === "bmc.read");
    expect(panic).toBe(n + 1);
    expect(wrote?.e === "host.write" && taken?.e === "bmc.read" && taken.value).toBe(
      wrote?.e === "host.write" && wrote.value,
    );
  });

  test("what the BMC does stops the host before its next access", () => {
    const n = indexOf(({ e }) => e === "bmc.read");
    const { events, panic } = play(SMALL, { n, text: "oops" });
    const between = events
      .slice(n, panic)
      .filter(({ e }) => e === "host.read" || e === "host.write");
    expect(panic).toBeGreaterThan(n);
    expect(between).toEqual([]);
  });

  test("a host that does nothing is stopped where it stands", () => {
    const n = indexOf(({ e }) => e === "bmc.request");
    const { events, panic } = play(SMALL, { n, text: "oops" });
    expect(events[panic]?.t).toBe(events[n]?.t);
  });

  test("nothing of the host comes after its last words, but the BMC lives on", () => {
    const n = indexOf(({ e }) => e === "send");
    const { events, lengthUs } = play(SMALL, { n, text: "oops" });
    const end = events.findIndex((event) => event.e === "host" && event.what === "panic-end");
    const after = events.slice(end + 1).map(({ e }) => e);
    expect(after.every((e) => e.startsWith("bmc") || e === "end")).toBe(true);
    expect(events.at(-1)).toMatchObject({ e: "end", why: "done", t: lengthUs });
    expect(lengthUs - (events[end]?.t ?? 0)).toBe(20_000);
  });

  test("no number that is not reached changes the match", () => {
    const plain = play(SMALL).events.map(encodeEvent);
    expect(play(SMALL, { n: 1_000_000, text: "oops" }).events.map(encodeEvent)).toEqual(plain);
    expect(play(SMALL, { n: plain.length - 1, text: "oops" }).events).toHaveLength(plain.length);
  });

  test("before there is a stack there is nothing to say", () => {
    const { events, panic, verdict } = play(SMALL, { n: 0, text: "oops" });
    expect(panic).toBe(-1);
    expect(events.filter(({ e }) => e.startsWith("host"))).toEqual([]);
    expect(verdict.violations).toEqual([]);
  });
});

test("the cue of a number and the option of a match are one and the same", () => {
  const n = indexOf(({ e }) => e === "received");
  const fault = { when: { number: n }, host: { panic: "oops" } };
  const cued = play({ ...SMALL, faults: [fault] }).events;
  const halted = play(SMALL, { n, text: "oops" }).events;
  const plain = (events: readonly TraceEvent[]) => {
    return events.filter(({ e }) => e !== "fault").map((event) => encodeEvent({ ...event, n: 0 }));
  };
  expect(plain(cued)).toEqual(plain(halted));
});

test("a panic may come so much later than its cue", () => {
  const fault = { when: { number: 1_000, after: 500 }, host: { panic: "oops" } };
  const { events, panic } = play({ ...SMALL, faults: [fault] });
  expect(events[panic]?.t).toBeGreaterThanOrEqual((events[1_000]?.t ?? 0) + 500);
});
