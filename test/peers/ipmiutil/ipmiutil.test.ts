import { beforeAll, expect, test } from "vitest";
import { assert } from "../../../src/assert.ts";
import { Arena, matchHead } from "../../../src/match/arena.ts";
import type { Kernel } from "../../../src/seats/linux/index.ts";
import { DEFAULT_PROMISES } from "../../../src/trace/head.ts";
import { Recorder } from "../../../src/trace/tracer.ts";
import { kernelFor } from "../kernels/kernel.ts";
import { leavesNothing } from "../nothing-left.ts";
import { scenario } from "../qemu/scenario.ts";
import { runIpmiutil } from "./guest.ts";

const GET_DEVICE_ID = "1801";
const GET_SEL_INFO = "2840";

let kernel: Kernel;

leavesNothing();

beforeAll(async () => {
  kernel = await kernelFor("6.1");
}, 900_000);

/** ipmiutil is the host of a match; its time passes with its register accesses. */
async function match(args: readonly string[]) {
  const asked = scenario("device-id");
  const promises = DEFAULT_PROMISES;
  const head = matchHead(asked, { host: "ipmiutil", clock: "guest", promises, scenarioText: "" });
  const recorder = new Recorder();
  const arena = new Arena(asked, { head, sinks: [recorder], referee: true, hostTags: false });
  assert(arena.wire.kind === "kcs", "the scenario is played on KCS");
  arena.powerOn();
  const output = await runIpmiutil(kernel, arena.wire.port, args);
  arena.tracer.emit({ e: "end", why: "guest-ended" });
  const requests = recorder.events.flatMap((event) => {
    return event.e === "bmc.request" ? [Buffer.from(event.message).toString("hex")] : [];
  });
  const violations = arena.referee?.verdict().violations ?? [];
  const broken = violations.map(({ party, rule }) => `${party} ${rule}`);
  return { output: output.join("\n"), requests, broken };
}

/** What it reads before each request, though nothing is there: docs/findings.md. */
const KNOWN = ["host KCS-03"];

test("its own KCS driver asks our BMC for its device ID", async () => {
  const { output, requests, broken } = await match(["cmd", "-F", "kcs", "00", "20", "18", "01"]);
  expect(output).toContain("respData[len=11]: 20 01 01 00 02 be 00 00 00 01 00");
  expect(output).toContain("ipmiutil cmd, completed successfully");
  expect(new Set(requests)).toEqual(new Set([GET_DEVICE_ID]));
  expect(broken).toEqual(KNOWN);
});

test("it shows our BMC's event log", async () => {
  const { output, requests, broken } = await match(["sel", "-F", "kcs"]);
  expect(output).toContain("ipmiutil sel, completed successfully");
  expect(requests).toContain(GET_SEL_INFO);
  expect(broken).toEqual(KNOWN);
});
