import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HOSTS, readScenario } from "../../../src/lab/index.ts";
import { examinePrograms } from "../../../src/seats/userspace/doctor.ts";
import { checkedVersion, programMembers } from "../../../src/seats/userspace/files.ts";
import { PROGRAM_SETS } from "../../../src/seats/userspace/programs.ts";
import { scenario } from "./scenario.ts";

const { freeipmi } = PROGRAM_SETS;
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "programs-"));
  vi.stubEnv("BASEBOARD_CACHE", folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A program of FreeIPMI's name that prints that. */
function unpacked(prints: string): string {
  const own = join(folder, "freeipmi");
  mkdirSync(join(own, "usr/sbin"), { recursive: true });
  const path = join(own, "usr/sbin/ipmi-raw");
  writeFileSync(path, `#!/bin/sh\necho "${prints}"\n`);
  chmodSync(path, 0o755);
  return own;
}

const GET = ["{ request: Get Device ID }"];

describe("what FreeIPMI cannot show", () => {
  test.each([
    ["SMIC", scenario({ tool: GET }, "interface: smic\n"), "for kcs and ssif only"],
    ["registers apart", scenario({ tool: GET }, "spacing: 4\n"), "side by side"],
    ["a driver", scenario({ tool: ["driver: remove"] }), "tool wants a driver"],
    ["a heartbeat", scenario({ tool: ["{ keepalive: true }"] }), "tool wants a driver"],
    [
      "several requests at once",
      scenario({ tool: ["{ request: Get Device ID, times: 3, parallel: true }"] }),
      "several things at once",
    ],
    [
      "the IPMB",
      scenario({ tool: ["{ request: Get Device ID, ipmb: { address: 52 } }"] }),
      "on the IPMB",
    ],
    [
      "a panic",
      scenario({ tool: GET }, "faults: [{ when: { at: 1s }, host: { panic: now } }]\n"),
      "what happens to the host itself",
    ],
    [
      "a second interface",
      scenario({ tool: GET }, "second: { interface: kcs }\n"),
      "not at a second",
    ],
  ])("%s", (_, asked, why) => {
    expect(HOSTS.freeipmi.whyNot(asked)).toContain(why);
  });

  test("and it can what a program asks", () => {
    const asked = scenario({ tool: [...GET, "sleep: 1s", "{ program: bmc-info }", "events: on"] });
    expect(HOSTS.freeipmi.whyNot(asked)).toBeUndefined();
  });
});

test("a program of a host that has none is refused where it stands", () => {
  const text = "name: w\ntitle: t\nsource: s\nstory: s\nuntil: 20s\nworkload:\n  - user: tool\n";
  const read = () => readScenario(`${text}    steps: [{ program: bmc-info }]\n`, "w.yaml");
  expect(read).toThrow(
    "w.yaml:8: workload[0].steps[0].program: stack has no programs: say whose it is by `seats: [freeipmi]` or `seats: [ipmiutil]`",
  );
});

test("what is missing is said with the ways to get it, in one line", () => {
  const said = HOSTS.freeipmi.missing([undefined]);
  expect(said).toContain("`baseboard kernels add debian:6.1`");
  expect(said).not.toContain("\n");
  expect(HOSTS.freeipmi.find(undefined)).toBeUndefined();
});

describe("a version", () => {
  test("that is right is told", async () => {
    expect(await checkedVersion(freeipmi, unpacked("ipmi-raw - 1.6.13"))).toBe("1.6.13");
  });

  test("that is too old is refused, with the reason", async () => {
    const refused = checkedVersion(freeipmi, unpacked("ipmi-raw - 1.6.10"));
    await expect(refused).rejects.toThrow(
      "is FreeIPMI 1.6.10, and 1.6.13 is needed: Debian's build of 1.6.10 has no port instructions",
    );
  });

  test("that is none is refused", async () => {
    await expect(checkedVersion(freeipmi, unpacked("hello"))).rejects.toThrow("says no version");
  });
});

test("what is lacking, or too old, doctor says with the way to get it", async () => {
  unpacked("ipmi-raw - 1.6.10");
  const [old] = await examinePrograms();
  expect(old).toMatchObject({ what: "--host freeipmi", state: "weak" });
  expect(old?.text).toContain("1.6.10, and 1.6.13 is needed");
  expect(old?.remedy).toContain("tools/unpack-freeipmi.sh");
  unpacked("ipmi-raw - 1.6.13");
  const [good] = await examinePrograms();
  expect(good).toMatchObject({ state: "good", text: "FreeIPMI 1.6.13", remedy: "" });
});

test("a program that the set does not have is named", async () => {
  const members = programMembers(freeipmi, unpacked("ipmi-raw - 1.6.13"), ["ipmi-nothing"]);
  await expect(members).rejects.toThrow("FreeIPMI has no program ipmi-nothing");
});
