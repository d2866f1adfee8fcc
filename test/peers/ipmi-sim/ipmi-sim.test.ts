import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { INTERFACES, type InterfaceKind, playBetween } from "../../../src/lab/index.ts";
import type { MatchOptions } from "../../../src/match/match.ts";
import { program } from "../../../src/seats/program/party.ts";
import { stack } from "../../../src/seats/stack/party.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { scenario } from "../qemu/scenario.ts";
import { IpmiSim, unpackIpmiSim } from "./ipmi-sim.ts";

let sim: IpmiSim;

beforeAll(() => unpackIpmiSim());

beforeEach(async () => {
  sim = await IpmiSim.start();
});

afterEach(() => sim.stop());

async function played(kind: InterfaceKind, sinks: MatchOptions["sinks"] = () => []) {
  const bmc = program(`socket:127.0.0.1:${sim.port}`);
  if (bmc === undefined) throw new Error("a socket names a BMC");
  return playBetween({ host: stack, bmc }, scenario("device-id", kind), { sinks });
}

/** What ipmi_sim does otherwise than the specification has it: docs/findings.md. */
const FOUND: Readonly<Record<InterfaceKind, readonly string[]>> = {
  kcs: ["CHN-01", "MSG-01"],
  smic: ["CHN-01", "MSG-01"],
  bt: ["BT-27", "CHN-01", "MSG-01"],
  ssif: ["CHN-01", "MSG-01"],
};

// Goal: a BMC that nobody here wrote answers behind each of our interfaces, and what is found in it is in it.
describe.each(INTERFACES)("ipmi_sim behind our %s", (kind) => {
  test("answers each request, and breaks what docs/findings.md says, no more", async () => {
    const { verdict, misses, interrupted } = await played(kind);
    expect(interrupted).toBeUndefined();
    expect(verdict.violations.map(({ rule }) => rule)).toEqual(FOUND[kind]);
    expect(verdict.violations.map(({ party }) => party)).not.toContain("host");
    expect(misses).toEqual(
      FOUND[kind].map((rule) => `the bmc breaks ${rule}, which is not expected`),
    );
  });
});

test("an ipmi_sim that is gone breaks the match off", async () => {
  const atFirstRequest = { event: ({ e }: TraceEvent) => e === "bmc.request" && sim.kill() };
  const { interrupted } = await played("kcs", () => [atFirstRequest]);
  expect(interrupted).toMatch(
    /^socket:127\.0\.0\.1:\d+ (closed the connection|cannot be reached: )/,
  );
});
