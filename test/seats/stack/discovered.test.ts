import { expect, test } from "vitest";
import { readScenario } from "../../../src/lab/index.ts";
import { playMatch } from "../../../src/match/play.ts";
import { inOneGo } from "../../../src/match/steps.ts";
import { model } from "../../../src/seats/model/party.ts";
import { stack } from "../../../src/seats/stack/party.ts";
import { isHostAccess } from "../../../src/trace/event-names.ts";
import { Recorder } from "../../../src/trace/tracer.ts";

const SCENARIO = (words: string) => `name: found
title: t
source: s
story: s
until: 30s
host: { discover: { ${words} } }
workload:
  - { user: tool, steps: [{ request: Get Device ID }] }
`;

/** What a host did that has only this record, whose registers are KCS at CA2h. */
function played(words: string, kind = "kcs") {
  const scenario = readScenario(`${SCENARIO(words)}interface: ${kind}\n`, "found.yaml");
  const recorder = new Recorder();
  const { remarks } = inOneGo(
    playMatch(scenario, { host: stack, bmc: model }, { sinks: () => [recorder] }),
  );
  const accesses = recorder.events.filter(isHostAccess).length;
  const answered = recorder.events.flatMap((each) => (each.e === "answer" ? [each.maker] : []));
  return { remarks, accesses: accesses > 0, answered: [...new Set(answered)] };
}

const KCS = "26 12 26 00 01 20 20 ff a3 0c 00 00 00 00 00 00 00 00";
const SSIF = "26 12 26 00 04 20 20 ff 20 00 00 00 00 00 00 00 00 00";

// Goal: in a match the host is where discovery leads it, and nowhere else. Method: one record each.
test.each([
  ["the registers", KCS, "kcs", ["bmc"], true],
  ["the bus", SSIF, "ssif", ["bmc"], true],
  ["memory", KCS.replace("a3 0c 00 00", "00 00 b0 fe"), "kcs", ["host-interface"], false],
  ["another address", KCS.replace("a3", "c1"), "kcs", ["host-interface"], false],
  ["a bus that is not there", SSIF, "kcs", [], false],
  ["registers on a bus", KCS, "ssif", [], false],
  ["nothing", KCS.replace("a3 0c", "00 00"), "kcs", [], false],
])("a record of %s", (_, record, kind, answered, accesses) => {
  expect(played(`smbios: ["${record}"]`, kind)).toMatchObject({ answered, accesses });
});

test("it says what it chose, and what it passed over", () => {
  const { remarks } = played(`smbios: ["${KCS.replace("a3 0c", "00 00")}", "${KCS}"]`);
  expect(remarks[0]).toMatch(/^discovered kcs:io:0xca2 by SMBIOS record 38, handle 0x26/);
  expect(remarks[1]).toMatch(/^passed over .+: its base is 0: no interface is described$/);
  expect(remarks).toHaveLength(2);
});

test("registers at another place are found there, and only there", () => {
  const [there, usual] = [
    `base: 3240, smbios: ["${KCS.replace("a3", "a9")}"]`,
    `base: 3240, smbios: ["${KCS}"]`,
  ];
  expect(played(there)).toMatchObject({ answered: ["bmc"], accesses: true });
  expect(played(usual).accesses).toBe(false);
});
