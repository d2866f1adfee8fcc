import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  onInterface,
  playBetween,
  readScenario,
  type Scenario,
  seatsOf,
  whyNotBetween,
} from "../../../src/lab/index.ts";
import { playMatch } from "../../../src/match/play.ts";
import { inOneGo } from "../../../src/match/steps.ts";
import { model } from "../../../src/seats/model/party.ts";
import { program } from "../../../src/seats/program/party.ts";
import { script } from "../../../src/seats/script/party.ts";
import { stack } from "../../../src/seats/stack/party.ts";
import { Recorder } from "../../../src/trace/tracer.ts";

const FOLDER = new URL("../../../scenarios/", import.meta.url);
const OWN = fileURLToPath(new URL("../../../docs/examples/my-ipmid.mjs", import.meta.url));

function named(name: string): Scenario {
  return readScenario(readFileSync(new URL(name, FOLDER), "utf8"), name);
}

const inCatalogue = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .filter((file) => seatsOf(named(file)).includes("script"));

function scenario(steps: string, rest = "interface: kcs"): Scenario {
  const text = `name: written\ntitle: t\nsource: s\nstory: s\nuntil: 20s\n${rest}\nhost:\n  script:\n`;
  const lines = steps.trim().split("\n");
  return readScenario(
    text + lines.map((line) => `    - ${line.trim()}\n`).join(""),
    "written.yaml",
  );
}

function played(subject: Scenario) {
  const recorder = new Recorder();
  const sinks = () => [recorder];
  const result = inOneGo(playMatch(subject, { host: script, bmc: model }, { sinks }));
  return { ...result, events: recorder.events };
}

/** The host's accesses, `r status` or `w data`, without repetitions. */
function accesses({ events }: ReturnType<typeof played>): readonly string[] {
  const all = events.flatMap((each) => {
    if (each.e === "host.read") return [`r ${each.reg}`];
    return each.e === "host.write" ? [`w ${each.reg} ${each.value.toString(16)}`] : [];
  });
  return all.filter((access, index) => access !== all[index - 1]);
}

test("the catalogue has hosts that are scripts", () => {
  expect(inCatalogue).toContain("firmware-leaves-the-last-byte.yaml");
});

test.each(inCatalogue)("%s is as it expects, and the same each time", (file) => {
  const first = played(named(file));
  expect(first.misses).toEqual([]);
  expect(first.head.host).toBe("script");
  expect(played(named(file)).events).toEqual(first.events);
});

// Goal: a script says what it does, no more. Method: the accesses of a small one on each register block.
describe("its accesses are those that are written", () => {
  test("on kcs", () => {
    const match = played(
      scenario(
        "{ write: 60, to: command }\n{ wait: { clear: 02 } }\n{ write: 00 }\n{ read: data }",
      ),
    );
    expect(match.misses).toEqual([]);
    expect(accesses(match)).toEqual(["w command 60", "r status", "w data 0", "r data"]);
  });

  test("on bt, a whole transaction", () => {
    const steps = `
      { wait: { clear: c4 } }
      { write: 01, to: control }
      { write: 03 18 2a 04 }
      { write: 04, to: control }
      { wait: { set: 08, clear: 80 } }
      { write: 40 08 02, to: control }
      { read: data, times: 6 }
      { go: done, if: { is: 55 } }
      { fail: the self test has not passed }
      { label: done, read: data }
      { write: 40, to: control }`;
    const match = played(scenario(steps, "interface: bt"));
    expect(match.misses).toEqual([]);
    expect(match.verdict.transactions).toBe(1);
    const before = ["w control 1", "w data 3", "w data 18", "w data 2a", "w data 4", "w control 4"];
    const behind = ["w control 40", "w control 8", "w control 2", "r data", "w control 40"];
    const control = "r control";
    expect(accesses(match)).toEqual([control, ...before, control, ...behind]);
  });

  test("on smic", () => {
    const match = played(
      scenario(
        "{ wait: { clear: 01 } }\n{ read: control }\n{ write: 40, to: control }",
        "interface: smic",
      ),
    );
    expect(match.misses).toEqual([]);
    expect(accesses(match)).toEqual(["r flags", "r control", "w control 40"]);
  });
});

describe("what is not as the script has it is a miss", () => {
  test.each([
    ["{ fail: it came here }", "the script came to host.script[0]: it came here"],
    [
      "{ wait: { state: write }, for: 3ms }",
      "the script came to host.script[0]: after 3 ms status is C0h still",
    ],
    [
      "{ label: round, go: round }",
      "the script came to host.script[0]: it has done 100000 steps, with no end in sight",
    ],
    ["{ sleep: 30s }", "the script did not come to its end"],
  ])("%s", (steps, miss) => {
    expect(played(scenario(steps)).misses).toEqual([miss]);
  });
});

test("a wait that is in vain goes on where it says, after its time", () => {
  const steps = "{ wait: { set: 02 }, for: 7ms, every: 1ms, else: end }\n{ fail: IBF was set }";
  const match = played(scenario(steps));
  expect(match.misses).toEqual([]);
  const looks = match.events.filter((each) => each.e === "host.read");
  expect(looks).toHaveLength(8);
});

test("a jump that is counted goes so often", () => {
  const match = played(scenario("{ label: look, read: status }\n{ go: look, times: 4 }"));
  expect(match.events.filter((each) => each.e === "host.read")).toHaveLength(5);
});

test("a jump looks at the byte that was read last, in all that is said of it", () => {
  const go = (look: string) => {
    const steps = `{ read: status }\n{ go: end, if: ${look} }\n{ fail: not so }`;
    return played(scenario(steps)).misses.length === 0;
  };
  expect(go("{ state: error }")).toBe(true);
  expect(go("{ set: c0, clear: 3f }")).toBe(true);
  expect(go("{ is: c0 }")).toBe(true);
  expect(go("{ state: idle }")).toBe(false);
  expect(go("{ set: c0, clear: 40 }")).toBe(false);
  expect(go("{ set: 01 }")).toBe(false);
  expect(go("{ is: c1 }")).toBe(false);
});

test("faults of the wire and of the BMC's life meet it, and count from its start", () => {
  const faults = "faults:\n  - { when: { at: 1s }, wire: { all-ones: true } }";
  const steps = "{ sleep: 500ms }\n{ wait: { is: ff }, for: 2s }";
  const match = played(scenario(steps, `interface: kcs\n${faults}`));
  expect(match.misses).toEqual([]);
  expect(
    match.events.find((each) => each.e === "host.read" && each.value === 0xff)?.t,
  ).toBeGreaterThan(1_000_000);
});

describe("in real time", () => {
  const bmcOf = (command: string) => {
    const bmc = program(`exec:${command}`);
    if (bmc === undefined) throw new Error("a command names a BMC");
    return bmc;
  };

  test("it plays against a program of the user's", async () => {
    const parties = { host: script, bmc: bmcOf(`${process.execPath} ${OWN}`) };
    const { misses, verdict } = await playBetween(
      parties,
      named("firmware-leaves-the-last-byte.yaml"),
    );
    expect(misses).toEqual([]);
    expect(verdict.violations.map(({ rule }) => rule)).toEqual(["KCS-14"]);
  });

  test("a program that ends breaks the match off", async () => {
    const parties = { host: script, bmc: bmcOf("echo no more >&2; exit 3") };
    const { interrupted } = await playBetween(parties, scenario("{ sleep: 10s }"));
    expect(interrupted).toMatch(/ended with status 3: no more$/);
  });

  test("a script that comes to no end is given up at the match's", async () => {
    const short = { ...scenario("{ sleep: 10s }"), until: 100_000 };
    const { misses } = await playBetween({ host: script, bmc: bmcOf("cat") }, short);
    expect(misses).toEqual(["the script did not come to its end"]);
  });

  test("a signal ends it", async () => {
    const signal = AbortSignal.timeout(50);
    const parties = { host: script, bmc: bmcOf("cat") };
    const { lengthUs } = await playBetween(parties, scenario("{ sleep: 10s }"), { signal });
    expect(lengthUs).toBeLessThan(5_000_000);
  });
});

test("who cannot play says why", () => {
  const written = scenario("{ read: status }");
  const between = (subject: Scenario, host = script) => whyNotBetween(subject, host, model);
  expect(between(written)).toBeUndefined();
  expect(between(written, stack)).toBe("written is for the host script, not stack");
  expect(between(named("device-id.yaml"))).toMatch(
    /^device-id is for the host stack.*, not script$/,
  );
  expect(between({ ...written, interface: "ssif" })).toBe(
    "a script is for registers, and SSIF is a bus",
  );
  const panics = "interface: kcs\nfaults:\n  - { when: { at: 1s }, host: { panic: now } }";
  expect(between(scenario("{ read: status }", panics))).toBe(
    "written has faults in a host's life, and a script has none",
  );
});

describe("what makes no sense is refused, with its place", () => {
  test.each([
    ["{ go: nowhere }", /host\.script\[0\]\.go: no step has the label "nowhere", but end$/],
    [
      "{ label: a, read: data }\n{ label: a, go: b }",
      /script\[1\]\.go: no step has the label "b", but end, a/,
    ],
    ["{ label: a, read: data }\n{ label: a, read: data }", /\[0\]\.label: two are called "a"/],
    ["{ wait: {} }", /say what the byte looks like: set, clear, is or state/],
    ["{ read: flags }", /host\.script\[0\]: "flags" is none of kcs's: data, status/],
    ["{ write: 61, to: control }", /"control" is none of kcs's: data, command/],
    ["{ read: data, to: data }", /goes with write, not with read/],
    [
      "{ read: data, write: 61 }",
      /give one of write, read, wait, go, sleep, fail; write and read are/,
    ],
  ])("%s", (steps, message) => {
    expect(() => scenario(steps)).toThrow(message);
  });

  test("a workload beside it, another seat, and nobody at all", () => {
    const users = "workload: [{ user: a, steps: [{ sleep: 1s }] }]";
    expect(() => scenario("{ read: data }", users)).toThrow(
      /workload: a host that is a script has/,
    );
    const seats = "seats: [stack]";
    expect(() => scenario("{ read: data }", seats)).toThrow(/who sits there is the script: leave/);
    const bare = "name: n\ntitle: t\nsource: s\nstory: s\nuntil: 1s\n";
    expect(() => readScenario(bare, "n.yaml")).toThrow(
      /workload: give what the host's users do, or/,
    );
    expect(() => readScenario(`${bare}seats: [script]\n`, "n.yaml")).toThrow(/add the script/);
    expect(() =>
      onInterface(`${bare}host: { script: [{ wait: { state: idle } }] }`, "bt"),
    ).not.toThrow();
  });
});
