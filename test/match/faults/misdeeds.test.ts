import { describe, expect, test } from "vitest";
import {
  INTERFACES,
  type InterfaceKind,
  readScenario,
  runStackMatch,
} from "../../../src/lab/index.ts";
import { wordsOf } from "../../../src/scenario/vocabulary/choice.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/tracer.ts";
import { Status } from "../../../src/wire/kcs/protocol.ts";
import { SmicFlag } from "../../../src/wire/smic/protocol.ts";

interface Parts {
  readonly on: InterfaceKind;
  readonly faults: string;
  readonly steps?: string;
  readonly bmc?: string;
}

const STEPS = "{ sleep: 1s }, { request: Read FRU Data, data: 00 00 00 5a }";

function play({ on, faults, steps = STEPS, bmc = "{}" }: Parts) {
  const text = `
name: small
title: A small one
source: a test
story: Nothing.
interface: ${on}
until: 60s
bmc: ${bmc}
workload:
  - user: a
    steps: [${steps}]
faults: [${faults}]
expect: {}
`;
  const recorder = new Recorder();
  const { verdict } = runStackMatch(readScenario(text, "small.yaml"), { sinks: () => [recorder] });
  const unexcused = verdict.violations.filter(({ follows }) => follows === null);
  const rules = [...new Set(unexcused.map(({ party, rule }) => `${party} ${rule}`))];
  return { events: recorder.events, rules };
}

const misdeed = (word: string) => `{ when: { at: 500ms }, for: 20s, bmc: { ${word} } }`;

/** The host's looks at the flags that have none of `flag`, while the fault acts. */
function looksInVain(events: readonly TraceEvent[], reg: string, flag: number): number {
  const from = events.findIndex(({ e }) => e === "fault");
  const looks = events.slice(from).flatMap((event) => {
    return event.e === "host.read" && event.reg === reg ? [event.value] : [];
  });
  return looks.filter((value) => (value & flag) === 0).length;
}

const codes = (events: readonly TraceEvent[]) =>
  events.flatMap((event) => (event.e === "answer" ? [event.cc] : []));

describe("a BMC that is slow with its bytes", () => {
  // Goal: a host has to wait for the flag that announces a byte, and nobody is to blame.
  // Method: with and without the delay, count its looks at a flag that is not there yet.
  test.each([
    ["kcs", "bytes-late", "status", Status.Obf],
    ["smic", "bytes-late", "flags", SmicFlag.RxDataRdy],
    ["smic", "ready-late", "flags", SmicFlag.TxDataRdy],
  ] as const)("%s, %s: the host waits for it", (on, word, reg, flag) => {
    const late = play({ on, faults: misdeed(`${word}: 300us`) });
    const prompt = play({ on, faults: misdeed("slow: 0us") });
    expect(late.rules).toEqual([]);
    const inVain = looksInVain(late.events, reg, flag);
    expect(inVain).toBeGreaterThan(looksInVain(prompt.events, reg, flag) + 20);
  });

  test("on SSIF it holds the clock, 25 ms at most", () => {
    expect(play({ on: "ssif", faults: misdeed("bytes-late: 20ms") }).rules).toEqual([]);
    const { rules } = play({ on: "ssif", faults: misdeed("bytes-late: 40ms") });
    expect(rules).toContain("bmc SSIF-24");
  });

  test("a host that aborts meanwhile gets no byte of what it aborted", () => {
    const faults = `${misdeed("bytes-late: 7s")}`;
    const steps = `${STEPS}, { sleep: 30s }, { request: Get Device ID }`;
    const { events, rules } = play({ on: "kcs", faults, steps });
    expect(rules.filter((rule) => rule.startsWith("host"))).toEqual([]);
    expect(events.findLast(({ e }) => e === "answer")).toMatchObject({ cc: 0, maker: "bmc" });
  });
});

describe("a bad BMC is named by the rule that it breaks", () => {
  test.each([
    ["kcs", "state-late: 3us", "bmc KCS-21"],
    ["ssif", "blocks-from: 1", "bmc SSIF-22"],
    ["ssif", "address-refused: true", "bmc SSIF-24"],
  ] as const)("%s, %s: %s", (on, word, rule) => {
    const { rules } = play({ on, faults: misdeed(word) });
    expect(rules[0]).toBe(rule);
    expect(rules.filter((each) => each.startsWith("host"))).toEqual([]);
  });

  test("ssif, response-kept: the old response is given while the next request is carried out", () => {
    const { rules } = play({
      on: "ssif",
      faults: `${misdeed("response-kept: true")}, ${misdeed("slow: 100ms")}`,
      steps: "{ sleep: 1s }, { request: Get Device ID, times: 2 }",
    });
    expect(rules[0]).toBe("bmc SSIF-20");
  });
});

describe("an interface with a time-out of its own", () => {
  const slow = "{ when: { start: true }, answer: { to: Get Self Test Results, delay: 3s } }";
  const faults = `${misdeed("own-timeout: 1s")}, ${slow}`;
  const steps = "{ sleep: 1s }, { request: Get Self Test Results }, { sleep: 4s }";

  test.each(INTERFACES)("%s: it answers CEh, and a right device refuses the true answer", (on) => {
    const { events, rules } = play({ on, faults, steps });
    expect(codes(events)).toContain(0xce);
    expect(events.filter(({ e }) => e === "bmc.refused")).toHaveLength(1);
    expect(rules).toEqual([]);
  });

  test("a silent application is answered for, too", () => {
    const silent =
      "{ when: { start: true }, answer: { to: Get Self Test Results, silence: true } }";
    const { events } = play({
      on: "kcs",
      faults: `${misdeed("own-timeout: 1s")}, ${silent}`,
      steps,
    });
    expect(codes(events)).toContain(0xce);
  });
});

describe("a watchdog that is broken", () => {
  const watchdog = "{ timeout: 3s, pretimeout: 1s, action: power-down, preaction: nmi }";
  const steps = `{ sleep: 1s }, { watchdog: ${watchdog} }, { watchdog: { open: true } }, { watchdog: { write: "1" } }, { sleep: 5s }`;

  test.each([
    ["nothing", "slow: 0us", "power-down: watchdog", ["nmi"]],
    ["another action", "watchdog: another-action", "reset: watchdog", ["nmi"]],
    ["settings lost", "watchdog: settings-lost", "power-down: watchdog", []],
  ] as const)("%s", (_what, word, power, pretimeouts) => {
    const { events } = play({ on: "kcs", faults: misdeed(word), steps });
    const told = (what: string) =>
      events.flatMap((event) => (event.e === "bmc" && event.what === what ? [event.text] : []));
    expect(told("power")).toEqual([power]);
    expect(told("pretimeout")).toEqual(pretimeouts);
  });
});

test("each answer is one late", () => {
  const fault = "{ when: { at: 500ms }, for: 10s, answer: { to: any, one-late: true } }";
  const steps = "{ sleep: 1s }, { request: Get SEL Info, times: 3, every: 6s }";
  const { events } = play({ on: "kcs", faults: fault, steps });
  const from = events.findIndex(({ e }) => e === "fault");
  const heads = (e: "bmc.request" | "bmc.response") =>
    events.slice(from).flatMap((event) => (event.e === e ? [event.message[1]] : []));
  expect(heads("bmc.response").slice(0, 2)).toEqual(heads("bmc.request").slice(0, 2));
});

describe("what an interface does not know is refused where it stands", () => {
  test.each([
    ["ssif", "attention: high"],
    ["bt", "bmc: { bytes-late: 1ms }"],
    ["kcs", "bmc: { ready-late: 1ms }"],
    ["smic", "bmc: { state-late: 1ms }"],
    ...(["blocks-from: 1", "address-refused: true", "response-kept: true"] as const).map(
      (word) => ["kcs", `bmc: { ${word} }`] as const,
    ),
  ] as const)("%s, %s", (on, action) => {
    const faults = `\n  { when: { start: true }, ${action} }`;
    const word = wordsOf({ attention: 0, bmc: 0 }).find((each) => action.startsWith(each));
    expect(() => play({ on, faults })).toThrow(`small.yaml:13: faults[0].${word}: "`);
  });
});
