import { expect, test } from "vitest";
import {
  type Allowance,
  type CheckResult,
  cases,
  check,
  plainScenario,
} from "../../../src/check/index.ts";
import { bmcSeat, type InterfaceKind } from "../../../src/lab/index.ts";
import { Referee } from "../../../src/referee/index.ts";
import { leavesNothing } from "../nothing-left.ts";

/** What QEMU's BMC has of the specification, and what not: docs/findings.md. */

leavesNothing();

function checked(name: string, kind: InterfaceKind, allow: readonly Allowance[]) {
  const bmc = bmcSeat(name);
  if (bmc === undefined) throw new Error(`there is no ${name}`);
  return check({ bmc, scenario: plainScenario(kind), forUs: 0 }, { cases, allow });
}

function rulesOf({ outcomes }: CheckResult, wanted: string): readonly string[] {
  const remarks = outcomes.flatMap((each) => each.remarks);
  return remarks.filter(({ grade }) => grade === wanted).flatMap(({ rule }) => rule ?? []);
}

// All of a kind at once: most of a check is waiting for a clock.
test("QEMU's BMC takes too much for a request, has no self test, and reserves nothing", async () => {
  const kinds = ["kcs", "bt", "ssif"] as const;
  const results = await Promise.all(kinds.map((kind) => checked("qemu", kind, ["write", "erase"])));
  for (const [index, result] of results.entries()) {
    const broken = new Set(rulesOf(result, "violates"));
    expect(broken).toEqual(new Set(["MSG-10", "GEN-08", "CHS-01", "SEL-01"]));
    const noted = kinds[index] === "kcs" ? ["KCS-20", "KCS-34"] : [];
    expect(rulesOf(result, "tolerable")).toEqual(noted);
    const { claims, ownFaults, brokeOff } = result;
    const differs = claims.filter(({ agrees }) => !agrees).map(({ what }) => what);
    expect(differs).toEqual(["FRU inventory device", "chassis device"]);
    expect({ ownFaults, brokeOff }).toEqual({ ownFaults: [], brokeOff: undefined });
  }
});

test("our controller behind QEMU's devices breaks nothing", async () => {
  const kinds = ["kcs", "bt"] as const;
  const allow = ["write", "erase"] as const;
  const results = await Promise.all(kinds.map((kind) => checked("qemu-extern", kind, allow)));
  for (const { outcomes, ownFaults } of results) {
    expect(outcomes.filter(({ grade }) => grade === "violates")).toEqual([]);
    expect(ownFaults).toEqual([]);
  }
});

// Goal: Ctrl-C leaves QEMU's device as a driver does that goes away. Method: the signal comes while a request is under
// way; the referee has seen whatever the host still owes when its driver is gone.
test("a check of QEMU's device that is stopped ends what it began", async () => {
  const stop = new AbortController();
  const referees: Referee[] = [];
  const bmc = bmcSeat("qemu");
  if (bmc === undefined) throw new Error("there is no qemu");
  const target = { bmc, scenario: plainScenario("kcs"), forUs: 0 };
  const result = await check(target, {
    ...{ cases, allow: [], signal: stop.signal },
    began: (_of, number) => {
      if (number === 2) setImmediate(() => stop.abort());
    },
    sinks: (head) => {
      const referee = new Referee(head);
      referees.push(referee);
      return [referee];
    },
  });
  expect(result).toMatchObject({ interrupted: true, ownFaults: [], brokeOff: undefined });
  expect(result.outcomes.at(-1)).toMatchObject({ grade: "inconclusive" });
  expect(result.outcomes).toHaveLength(3);
  const verdict = referees[0]?.verdict();
  expect(verdict).toMatchObject({ ended: true, open: [] });
  expect(verdict?.fault).not.toContain("host");
});
