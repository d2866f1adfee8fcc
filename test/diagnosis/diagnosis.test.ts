import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadKnowledge } from "../../src/cli/knowledge.ts";
import { diagnose, KernelLog } from "../../src/diagnosis/index.ts";

const knowledge = loadKnowledge();

function logOf(lines: readonly string[]): KernelLog {
  const log = new KernelLog();
  for (const line of lines) log.line(line);
  return log;
}

function found(lines: readonly string[]) {
  return diagnose(knowledge, logOf(lines)).findings.map(({ scenario }) => scenario);
}

// The lines that matter, as a machine of somebody's writes them: other addresses, times and devices.
test("the list that is corrupt is known", () => {
  const lines = [
    "[ 1000.123456] list_add double add: new=ffff9e1200e0a800, prev=ffff9e120a1b2c38, next=ffff9e1200e0a800.",
    "[ 1000.123458] kernel BUG at lib/list_debug.c:35!",
    "[ 1000.123459] Oops: invalid opcode: 0000 [#1] SMP NOPTI",
    "[ 1000.123459] RIP: 0010:__list_add_valid_or_report+0x97/0xa0",
    "[ 1000.123459]  deliver_response+0x6e/0xf0 [ipmi_msghandler]",
    "[ 1000.123459]  smi_work+0x12/0x33 [ipmi_msghandler]",
  ];
  const [first] = diagnose(knowledge, logOf(lines)).findings;
  expect(first?.scenario).toBe("ibf-sticks-mid-request");
  expect(first?.mendings.map(({ cve }) => cve)).toEqual(["CVE-2026-23322"]);
  expect([...(first?.broke.keys() ?? [])]).toContain("6.18.5");
});

// The three that were hunted (docs/kernels.md), from what the kernels' consoles said, and nothing else.
test.each([
  ["sticky-event-buffer", "6.17.13+deb13-amd64", "CVE-2026-46177"],
  ["ibf-sticks-mid-request", "6.18.5+deb13-amd64", "CVE-2026-23322"],
  ["error-state-mid-request", "6.18.5+deb13-amd64", undefined],
])("%s is known by its console alone", (name, kernel, cve) => {
  const text = readFileSync(new URL(`hunted/${name}.txt`, import.meta.url), "utf8");
  const log = logOf(text.split("\n"));
  const [first] = diagnose(knowledge, log).findings;
  expect(log.kernel).toBe(kernel);
  expect(first?.scenario).toBe(name);
  expect(first?.mendings.some((each) => each.cve === cve)).toBe(true);
});

test("a log in which nothing is wrong is like nothing", () => {
  expect(found(["[ 8.2] ipmi_si: IPMI System Interface driver"])).toEqual([]);
  expect(found([])).toEqual([]);
});

test("a fault of others is like nothing", () => {
  const lines = [
    "[ 9.1] INFO: rcu_sched detected stalls on CPUs/tasks: { 3}",
    "[ 9.2] BUG: unable to handle page fault for address: ffffb2c0407bd000",
  ];
  expect(found(lines)).toEqual([]);
});

test("of a capture the log counts, and what it says of itself and of the wire does not", () => {
  const sample = new URL("../evidence/samples/capture-kcs-6.1.txt", import.meta.url);
  const log = logOf(readFileSync(sample, "utf8").split("\n"));
  expect(log.kernel).toBe("6.1.0-56-amd64");
  expect([...log.interfaces]).toEqual(["kcs"]);
  expect(diagnose(knowledge, log)).toMatchObject({ findings: [], unusual: [] });
});

test("a machine that has two drivers loaded is not taken for the other's", () => {
  const lines = [
    "[ 3.1] ipmi_ssif: IPMI SSIF Interface driver",
    "[ 3.2] ipmi_si IPI0001:00: BMC returned 0xd5, retry get bmc device id",
    "[ 9.0] ipmi_si IPI0001:00: There appears to be no BMC at this location",
    "[ 9.1] Modules linked in: ipmi_ssif ipmi_si ipmi_msghandler",
  ];
  expect([...logOf(lines).interfaces]).toEqual([]);
  expect(found([...lines, "[ 9.2] ipmi_ssif: Second multipart test failed."])).toContain(
    "bring-up-d5",
  );
});
