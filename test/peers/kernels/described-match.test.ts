import { expect, test } from "vitest";
import { readScenario, runLinuxMatch } from "../../../src/lab/index.ts";
import { isHostAccess } from "../../../src/trace/event-names.ts";
import { Recorder } from "../../../src/trace/tracer.ts";
import { kernelFor } from "./kernel.ts";

/** Records of type 38: KCS with base 0, and registers four bytes apart at CA8h. */
const PHANTOM = "26 12 01 00 01 20 20 ff 00 00 00 00 00 00 00 00 00 00";
const FAR = "26 12 26 00 01 20 20 ff a9 0c 00 00 00 00 00 00 40 00";

/** A match in which the registers are at CA8h, and the guest's firmware has these records. */
function scenarioOf(...records: readonly string[]): string {
  return `name: described\ntitle: t\nsource: s\nstory: s\nuntil: 30s\nspacing: 4\nseats: [linux]
host: { discover: { base: 3240, smbios: [${records.map((each) => `"${each}"`).join(", ")}] } }
workload:\n  - { user: tool, steps: [{ request: Get Device ID, times: 3 }] }
expect: { bmc: [], host: [] }\n`;
}

async function played(version: string, ...records: readonly string[]) {
  const scenario = readScenario(scenarioOf(...records), "described.yaml");
  const recorder = new Recorder();
  const kernel = await kernelFor(version);
  const { misses } = await runLinuxMatch(scenario, { kernel, sinks: () => [recorder] });
  const answers = recorder.events.flatMap((each) => (each.e === "answer" ? [each.maker] : []));
  const said = recorder.events.flatMap((each) => (each.e === "console" ? [each.text] : []));
  return { misses, answers, accesses: recorder.events.filter(isHostAccess).length, said };
}

// Goal: an unmodified kernel comes up by its own discovery, and by nothing else. Method: registers where nobody would
// look that are no device of any class on a bus, and firmware with records that lead there, or do not.
test("Linux 7.2 finds the registers where its firmware says that they are", async () => {
  const { misses, answers, accesses } = await played("7.2", PHANTOM, FAR);
  expect(misses).toEqual([]);
  expect(answers).toEqual(["bmc", "bmc", "bmc"]);
  expect(accesses).toBeGreaterThan(100);
});

test("Linux 6.1 finds nothing where its firmware says nothing", async () => {
  const { answers, accesses, said } = await played("6.1", PHANTOM);
  expect(said.join("\n")).toContain("Base address is zero, assuming no IPMI interface");
  expect(answers).not.toContain("bmc");
  expect(accesses).toBe(0);
});
