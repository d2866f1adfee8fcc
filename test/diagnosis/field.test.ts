import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadKnowledge } from "../../src/cli/knowledge.ts";
import { diagnose, KernelLog } from "../../src/diagnosis/index.ts";

// Goal: logs of machines that nobody here has seen. Method: the lines that matter of public reports, names,
// addresses and serial numbers replaced. docs/diagnose.md says where each is from and what was found.
const FOLDER = new URL("field/", import.meta.url);
const knowledge = loadKnowledge();

function diagnosisOf(name: string) {
  const log = new KernelLog();
  for (const line of readFileSync(new URL(`${name}.txt`, FOLDER), "utf8").split("\n")) {
    log.line(line);
  }
  const { findings, meanings, capture } = diagnose(knowledge, log);
  return {
    found: findings.flatMap(({ scenario, alike }) => [scenario, ...alike]),
    cves: findings.flatMap(({ mendings }) => mendings.map(({ cve }) => cve)),
    suspects: [...new Set(meanings.map(({ suspect }) => suspect))].sort(),
    capture,
  };
}

const CASES: Readonly<
  Record<string, { readonly found: string | undefined; readonly suspects: string[] }>
> = {
  "busy-at-start": { found: "bring-up-d5", suspects: ["bmc"] },
  "enables-refused-each-second": { found: "enables-refused", suspects: ["bmc"] },
  "message-queued-twice": { found: "ibf-sticks-mid-request", suspects: ["host"] },
  "no-bmc-after-a-minute": { found: "bring-up-d5", suspects: ["bmc"] },
  "no-bmc-after-reboots": { found: "attention-and-no-device-id", suspects: ["bmc"] },
  "no-guid-at-boot": { found: "foreign-answers", suspects: ["bmc", "host"] },
  "readers-of-a-stuck-interface": { found: undefined, suspects: ["bmc", "host"] },
  "refused-at-start-then-corrupt": { found: "guid-swallowed-at-boot", suspects: ["bmc", "host"] },
  "ssif-flags-answered-foreign": { found: undefined, suspects: ["bmc"] },
  "ssif-nobody-there": { found: undefined, suspects: ["bmc"] },
  "ssif-probed-twice": { found: "cold-reset-unseen", suspects: ["bmc"] },
  "status-reads-ff": { found: undefined, suspects: ["machine"] },
  "storm-of-recoveries": { found: "error-state-mid-request", suspects: ["bmc"] },
  "watchdog-and-a-reset": { found: undefined, suspects: ["either"] },
};

test.each(Object.entries(CASES))("%s", (name, { found, suspects }) => {
  const diagnosis = diagnosisOf(name);
  if (found === undefined) expect(diagnosis.found).toEqual([]);
  else expect(diagnosis.found).toContain(found);
  expect(diagnosis.suspects).toEqual(suspects);
  expect(diagnosis.capture).toEqual([name.startsWith("ssif") ? "ssif" : "kcs"]);
});

test("each log is a case", () => {
  const files = readdirSync(FOLDER).map((file) => file.replace(/\.txt$/, ""));
  expect(files.sort()).toEqual(Object.keys(CASES).sort());
});

test("a message that was queued twice is called by its number", () => {
  expect(diagnosisOf("message-queued-twice").cves).toContain("CVE-2026-23322");
});

// Goal: nothing that a log may hold stops the reading. Method: each log with a byte changed, cut, doubled.
test("no log breaks the reading", () => {
  for (const name of Object.keys(CASES)) {
    const text = readFileSync(new URL(`${name}.txt`, FOLDER), "utf8");
    for (let at = 0; at < text.length; at += 29) {
      const log = new KernelLog();
      const mutant = `${text.slice(0, at)}\u0000[\u001b]${text.slice(at + 3)}`;
      for (const line of mutant.split("\n")) log.line(line);
      diagnose(knowledge, log);
    }
  }
});
