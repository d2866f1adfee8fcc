import { describe, expect, test } from "vitest";
import { readScenario, runStackMatch } from "../../../src/lab/index.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/tracer.ts";

interface Parts {
  readonly faults: string;
  readonly steps?: string;
  readonly more?: string;
}

/** Runs a small match and gives its trace. */
function play({ faults, steps, more = "" }: Parts): readonly TraceEvent[] {
  const text = `
name: small
title: A small one
source: a test
story: Nothing.
until: 60s
${more}
workload:
  - user: a
    steps: [${steps ?? "{ request: Get Self Test Results, times: 4, every: 1s }"}]
faults:
${faults}
expect: {}
`;
  const recorder = new Recorder();
  runStackMatch(readScenario(text, "small.yaml"), { sinks: () => [recorder] });
  return recorder.events;
}

function answers(events: readonly TraceEvent[], user = "a"): string[] {
  const mine = new Set<number>();
  const found: string[] = [];
  for (const event of events) {
    if (event.e === "request" && event.user === user) mine.add(event.id);
    if (event.e !== "answer" || !mine.has(event.id)) continue;
    found.push(`${event.cc.toString(16)} ${event.maker}`);
  }
  return found;
}

const faultEvents = (events: readonly TraceEvent[]) =>
  events.flatMap((event) => (event.e === "fault" ? [`${event.name} ${event.what}`] : []));

describe("cues", () => {
  const code = "answer: { to: Get Self Test Results, code: c3 }";

  test("at a time since the workload began, for a while", () => {
    const events = play({ faults: `  - { when: { at: 500ms }, for: 1s, ${code} }` });
    expect(answers(events)).toEqual(["0 bmc", "c3 bmc", "0 bmc", "0 bmc"]);
    expect(faultEvents(events)).toEqual(["faults[0] fires", "faults[0] ends"]);
  });

  test("at a command by count, and before that request is carried out", () => {
    const events = play({
      faults: `  - { when: { command: Get Self Test Results, count: 2 }, ${code} }`,
    });
    expect(answers(events)).toEqual(["0 bmc", "c3 bmc", "c3 bmc", "c3 bmc"]);
  });

  test("at a register access: the fault stands right behind it in the trace", () => {
    const events = play({ faults: `  - { when: { access: 300 }, ${code} }` });
    const accesses = events.filter(({ e }) => e === "host.read" || e === "host.write");
    const fault = events.find(({ e }) => e === "fault");
    const before = accesses.filter(({ n }) => n < (fault?.n ?? 0));
    expect(before).toHaveLength(300);
  });

  test("at an event of the trace, and after a while", () => {
    const events = play({
      faults: `  - { when: { event: host, what: up, after: 2500ms }, ${code} }`,
    });
    expect(answers(events)).toEqual(["0 bmc", "0 bmc", "0 bmc", "c3 bmc"]);
  });

  test("at another fault", () => {
    const events = play({
      faults: `  - { name: one, when: { at: 1500ms }, ${code} }
  - { name: two, when: { event: fault, what: one, after: 1s }, attention: high, for: 10ms }`,
    });
    expect(faultEvents(events)).toEqual(["one fires", "two fires", "two ends"]);
  });

  test("at a part of a message: the second byte of the third response", () => {
    const events = play({
      faults: "  - { when: { part: 2, count: 3 }, attention: low, for: 1us }",
    });
    const fault = events.findIndex(({ e }) => e === "fault");
    const before = events.slice(0, fault);
    expect(before.filter(({ e }) => e === "bmc.response")).toHaveLength(3);
    const last = before.findLastIndex(({ e }) => e === "bmc.response");
    const reads = before
      .slice(last)
      .filter((event) => event.e === "host.read" && event.reg === "data");
    expect(reads).toHaveLength(2);
  });

  test.each([
    ["of: request", 0x08],
    ["of: response", 0x09],
  ] as const)("at a part of a message on SSIF, %s: its block", (of, command) => {
    const data = "00 ".repeat(40);
    const raw = `{ raw: 28 12 00 00 00 ${data} }`;
    const read = "{ request: Read FRU Data, data: 00 00 00 28 }";
    const events = play({
      faults: `  - { when: { part: 2, ${of} }, bmc: { slow: 1ms }, for: 1ms }`,
      steps: `${raw}, ${read}`,
      more: "interface: ssif",
    });
    const fault = events.findIndex(({ e }) => e === "fault");
    const bytes = events.slice(0, fault).filter((event) => event.e === "bmc.bus");
    expect(bytes.at(-1)).toMatchObject({ op: "write", value: command, outcome: "ack" });
  });

  test("from the very start, before the host's first access", () => {
    const events = play({ faults: `  - { when: { start: true }, ${code} }` });
    const first = events.find(({ e }) => e === "host.read" || e === "host.write");
    const fault = events.find(({ e }) => e === "fault");
    expect(fault?.n).toBeLessThan(first?.n ?? 0);
  });
});

describe("faults in messages", () => {
  const once = (what: string) =>
    answers(
      play({
        faults: `  - { when: { at: 500ms }, answer: { to: Get Self Test Results, times: 1, ${what} } }`,
      }),
    );

  test.each([
    ["another code", "code: d5", "d5 bmc"],
    ["other data", "data: 57 01", "0 bmc"],
    ["the whole response", "bytes: 1c 04 ce", "ce bmc"],
    ["another NetFn", "netfn: 0b", "ff host-handler"],
    ["another command", "cmd: 01", "ff host-handler"],
    ["a short response", "length: 3", "0 bmc"],
    ["handed in twice", "duplicate: true", "0 bmc"],
    ["a little later", "delay: 100ms", "0 bmc"],
  ])("%s", (_what, fault, second) => {
    expect(once(fault)).toEqual(["0 bmc", second, "0 bmc", "0 bmc"]);
  });

  test("silence: the host tries again, and the BMC that answers then is heard", () => {
    expect(once("silence: true")).toEqual(["0 bmc", "0 bmc", "0 bmc", "0 bmc"]);
  });

  test("a duplicate is refused by the device", () => {
    const events = play({
      faults:
        "  - { when: { at: 500ms }, answer: { to: Get Self Test Results, times: 1, duplicate: true } }",
    });
    const refused = events.flatMap((event) => (event.e === "bmc.refused" ? [event.code] : []));
    expect(refused).toEqual(["NOT_AWAITED"]);
  });
});

describe("faults in the BMC's life", () => {
  const life = (events: readonly TraceEvent[]) =>
    events.flatMap((event) => (event.e === "bmc" && event.what !== "flags" ? [event.what] : []));

  test.each(["hold", "error", "storm", "refuse", "all-ones", "zeros"])(
    "a reset that looks like %s: away, and back",
    (look) => {
      const events = play({
        faults: `  - { when: { at: 500ms }, bmc: { reset: { away: 30s, look: ${look} } } }`,
        steps: "{ request: Get Self Test Results, times: 50, every: 1s }",
      });
      expect(life(events)).toEqual([
        ...["power-on", "up", "daemon-opened"],
        ...["reset", "away", "up", "daemon-opened"],
      ]);
      const got = answers(events);
      expect(got[0]).toBe("0 bmc");
      expect(got.some((answer) => answer !== "0 bmc")).toBe(true);
      expect(got.at(-1)).toBe("0 bmc");
    },
  );

  test("a hung processor takes no byte, and goes on where it was", () => {
    const events = play({ faults: "  - { when: { at: 500ms }, for: 700ms, bmc: { hang: chip } }" });
    expect(answers(events)).toEqual(["0 bmc", "0 bmc", "0 bmc", "0 bmc"]);
    expect(life(events).slice(3)).toEqual(["hang", "up"]);
  });

  test("a daemon that is gone for a while comes back", () => {
    const events = play({ faults: "  - { when: { at: 500ms }, for: 1s, bmc: { daemon: gone } }" });
    expect(life(events).slice(3)).toEqual(["daemon-closed", "daemon-opened"]);
    expect(answers(events).at(-1)).toBe("0 bmc");
  });

  test("a second opener is refused", () => {
    const events = play({ faults: "  - { when: { at: 500ms }, bmc: { daemon: second-opener } }" });
    const refused = events.flatMap((event) => (event.e === "bmc.refused" ? [event.code] : []));
    expect(refused).toEqual(["BUSY"]);
  });

  test.each([
    ["a BMC that boots", "{ when: { at: 500ms }, bmc: { reset: { away: 1s } } }"],
    ["a daemon that is gone", "{ when: { at: 500ms }, for: 1s, bmc: { daemon: gone } }"],
  ])("a second opener takes nothing from %s", (_what, down) => {
    const events = play({
      faults: `  - ${down}
  - { when: { at: 700ms }, bmc: { daemon: second-opener }, may-miss: true }`,
    });
    expect(life(events).at(-1)).toBe("daemon-opened");
  });

  test("events and messages come as often as asked for", () => {
    const events = play({
      faults: `  - when: { at: 500ms }
    bmc: { event: 00 00 02 00 00 00 00 20 00 04 01 30 01 57 00 00, times: 3, every: 300ms }`,
      steps: "{ events: on }, { sleep: 3s }",
    });
    expect(events.filter(({ e }) => e === "delivered")).toHaveLength(3);
  });

  test("a BMC that boots later than its host is found by itself", () => {
    const events = play({
      faults: "  - { when: { at: 30s }, attention: low, for: 1ms }",
      more: "bmc: { boot: 12s, boot-look: refuse }",
      steps: "{ sleep: 40s }, { request: Get Self Test Results }",
    });
    expect(answers(events)).toEqual(["0 bmc"]);
  });
});

describe("faults on the wire", () => {
  test("come as often as asked for, each for its time", () => {
    const wire = "wire: { stuck: { reg: status, bits: 04, level: 1 }, times: 3, every: 500ms }";
    const events = play({ faults: `  - { name: one, when: { at: 1s }, for: 20ms, ${wire} }` });
    expect(faultEvents(events)).toEqual(Array(3).fill(["one fires", "one ends"]).flat());
  });

  test.each([
    "lost-write: { reg: any, count: 1 }",
    "repeated-write: { reg: data, count: 1 }",
    "corrupt: { direction: write, xor: 40, count: 1 }",
    "stuck: { reg: status, bits: 01, level: 0 }",
    "ibf-late: 300us",
    "all-ones: true",
  ])("%s: everybody is answered, and the wire's faults are nobody's", (wire) => {
    const events = play({
      faults: `  - { when: { at: 500ms }, for: 1s, wire: { ${wire} } }`,
      steps: "{ request: Get Self Test Results, times: 20, every: 1s }",
    });
    const got = answers(events);
    expect(got).toHaveLength(20);
    expect(got.at(-1)).toBe("0 bmc");
  });
});
