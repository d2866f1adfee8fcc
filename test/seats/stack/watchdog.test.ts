import { describe, expect, test } from "vitest";
import { readScenario, runStackMatch } from "../../../src/lab/index.ts";
import { guestProgram } from "../../../src/seats/linux/match/workload.ts";
import { Recorder } from "../../../src/trace/tracer.ts";

function scenario(steps: string, faults = "[]") {
  const text = `
name: watch
title: a watchdog
source: here
story: none
until: 300s
workload:
  - user: guardian
    steps:
${steps.replace(/^/gm, "      ")}
faults: ${faults}
expect: { bmc: [], host: [] }
`;
  return readScenario(text, "watch.yaml");
}

function play(steps: string, faults?: string) {
  const recorder = new Recorder();
  const result = runStackMatch(scenario(steps, faults), { sinks: () => [recorder] });
  const life = recorder.events.flatMap((event) => (event.e === "host" ? [event.what] : []));
  const frames = recorder.events.flatMap((event) =>
    event.e === "bmc.request" ? [Buffer.from(event.message).toString("hex")] : [],
  );
  const timer = frames.filter((frame) => /^182[245]/.test(frame));
  const bmc = recorder.events.flatMap((event) => (event.e === "bmc" ? [event.what] : []));
  return {
    result,
    timer,
    bmc,
    watchdog: life.filter((what) => what.startsWith("watchdog-")),
    recorder,
  };
}

const SET = "1824440100006400";
const RESET = "1822";
const STOP = "1824040000006400";

describe("on our own stack", () => {
  test("open, heartbeats and the magic close", () => {
    const { result, timer, watchdog } = play(`
- watchdog: { open: true }
- { watchdog: { write: "1" }, times: 3, every: 2s }
- watchdog: { write: "V" }
- watchdog: { close: true }`);
    expect(timer).toEqual([SET, RESET, RESET, RESET, RESET, STOP]);
    expect(watchdog).toEqual(["watchdog-armed", "watchdog-off"]);
    expect(result.misses).toEqual([]);
  });

  test("heartbeats without opening, every so often", () => {
    const { timer, recorder } = play("- { keepalive: true, times: 4, every: 3s }");
    expect(timer).toEqual([SET, RESET, RESET, RESET, RESET]);
    const at = recorder.events.flatMap((event) =>
      event.e === "request" && event.cmd === 0x22 ? [event.t] : [],
    );
    expect((at[3] ?? 0) - (at[1] ?? 0)).toBe(6_000_000);
  });

  test("settings before the first use, and later ones", () => {
    const { timer } = play(`
- watchdog: { timeout: 20s, pretimeout: 5s, action: power-cycle, preaction: messaging }
- keepalive: true
- watchdog: { timeout: 30s }`);
    expect(timer).toEqual(["182444330500c800", RESET, "1824443305002c01", RESET]);
  });

  test("what is refused fails, and the steps go on", () => {
    const { result, timer } = play(`
- watchdog: { nowayout: true }
- watchdog: { write: "not open" }
- watchdog: { open: true }
- watchdog: { open: true }
- watchdog: { write: "V" }
- watchdog: { close: true }
- watchdog: { close: true }`);
    expect(timer).toEqual([SET, RESET, RESET]);
    expect(result.misses).toEqual([]);
  });

  test("a timer that nobody serves runs out, its pre-timeout first; the stack says so", () => {
    const { bmc, watchdog, recorder, result } = play(`
- watchdog: { timeout: 10s, pretimeout: 4s, preaction: messaging }
- keepalive: true
- sleep: 30s`);
    expect(bmc).toContain("watchdog-expired");
    expect(
      recorder.events.some((event) => event.e === "delivered" && event.what === "pretimeout"),
    ).toBe(true);
    expect(watchdog).toEqual(["watchdog-armed", "watchdog-unprotected"]);
    expect(result.verdict.violations).toEqual([]);
  });

  test("the policy runs once while the BMC does not answer", () => {
    const { watchdog } = play(
      `
- watchdog: { policy: reboot, policy-after: 20s }
- { keepalive: true, times: 30, every: 2s }`,
      `
  - when: { at: 5s }
    answer: { to: any, silence: true }`,
    );
    expect(watchdog).toEqual(["watchdog-armed", "watchdog-unprotected", "watchdog-policy"]);
  });

  test("a driver that comes back begins anew", () => {
    const { timer, result } = play(`
- watchdog: { timeout: 20s }
- keepalive: true
- driver: remove
- keepalive: true
- driver: insert
- sleep: 1s
- keepalive: true`);
    const set = "182444010000c800";
    expect(timer).toEqual([set, RESET, set, RESET]);
    expect(result.misses).toEqual([]);
  });

  test("the attributes at the end are part of the result", () => {
    const { result } = play("- { keepalive: true, times: 2 }");
    expect(result.attributes?.interface.nr_users).toBe(1);
    expect(result.attributes?.bmc?.device_id).toBe(0x20);
  });
});

describe("in a guest", () => {
  function steps(text: string) {
    return guestProgram(scenario(text)).actors[0]?.steps;
  }
  const driver = (parameters: string) => [
    { step: "insert-module", path: "/modules/ipmi_watchdog.ko", parameters },
    { step: "wait-for-file", path: "/dev/watchdog", limitUs: 20_000_000 },
  ];

  test("settings load the kernel's driver with its own words for them", () => {
    expect(
      steps("- watchdog: { timeout: 20s, pretimeout: 5s, action: power-down, preaction: nmi }"),
    ).toEqual(driver("timeout=20 pretimeout=5 action=power_off preaction=pre_nmi nowayout=0"));
    expect(steps("- watchdog: { nowayout: true, action: power-cycle }")).toEqual(
      driver("action=power_cycle nowayout=1"),
    );
  });

  // Goal: a driver that runs already gets the same settings, by the files of its parameters.
  test("settings of a driver that is built in are written when its device is there", () => {
    const text = "- watchdog: { timeout: 20s, action: power-down }";
    const has = { modules: [], builtIn: ["ipmi_watchdog"] };
    const folder = "/sys/module/ipmi_watchdog/parameters";
    expect(guestProgram(scenario(text), has).actors[0]?.steps).toEqual([
      { step: "wait-for-file", path: "/dev/watchdog", limitUs: 20_000_000 },
      { step: "write-file", path: `${folder}/timeout`, text: "20" },
      { step: "write-file", path: `${folder}/action`, text: "power_off" },
      { step: "write-file", path: `${folder}/nowayout`, text: "0" },
    ]);
  });

  test("without settings the driver has its own", () => {
    expect(
      steps(`
- watchdog: { open: true }
- { watchdog: { write: "1" }, times: 3, every: 2s }
- { keepalive: true }
- watchdog: { write: "V" }
- watchdog: { close: true }`),
    ).toEqual([
      ...driver("nowayout=0"),
      { step: "open-file", path: "/dev/watchdog" },
      {
        step: "repeat",
        times: 3,
        steps: [
          { step: "write-open-file", text: "1" },
          { step: "sleep", us: 2_000_000 },
        ],
      },
      { step: "write-open-file", text: "1" },
      { step: "write-open-file", text: "V" },
      { step: "close-file" },
    ]);
  });
});

test("a step either uses the watchdog or sets it", () => {
  expect(() => scenario("- watchdog: { open: true, timeout: 3s }")).toThrow();
  expect(() => scenario("- watchdog: { }")).toThrow();
  expect(() => scenario("- watchdog: { open: true, close: true }")).toThrow();
});
