import { describe, expect, test } from "vitest";
import { type CheckResult, cases, check } from "../../src/check/index.ts";
import { DeviceError } from "../../src/devices/index.ts";
import { INTERFACES } from "../../src/lab/index.ts";
import { Referee } from "../../src/referee/index.ts";
import { LabMachine } from "./machine-lab.ts";

/** Those that wait for no clock. */
const QUICK = /^(wire|form|app|claims|chassis|sdr|fru)\/(?!long-response|quiet)/;
const quick = cases.filter(({ id }) => QUICK.test(id));
const LACKS = "bmc: { unsupported: [Get Self Test Results] }";
const TOO_SHORT = `faults:
  - when: { command: Get SEL Info }
    answer: { to: Get SEL Info, bytes: 2c 40 00 51 01, times: 2000 }`;

function foundIn({ outcomes }: CheckResult) {
  const bad = outcomes.filter(({ grade }) => grade === "violates");
  return new Map(bad.map(({ id, remarks }) => [id, remarks.flatMap(({ rule }) => rule ?? [])]));
}

// Goal: a machine's own interface is checked as a seat of the lab is, from the middle of things on. Method: our
// BMC in real time, behind our own driver, and behind what tells no more than a kernel's device does.
describe.each(INTERFACES)("the %s of a machine", (kind) => {
  test("gets no complaint where the BMC is right", async () => {
    const machine = new LabMachine(kind);
    const result = await check(machine.registers, { cases: quick, allow: [] });
    expect(foundIn(result)).toEqual(new Map());
    expect(result).toMatchObject({ ownFaults: [], brokeOff: undefined, unreachable: false });
    expect(result.outcomes[0]).toMatchObject({ id: "wire/bring-up", grade: "conforms" });
    expect(machine.arena.referee?.verdict()).toMatchObject({ violations: [], open: [] });
  });

  test("is found out by the rule and the case where it is not", async () => {
    const result = await check(new LabMachine(kind, LACKS).registers, { cases: quick, allow: [] });
    expect(foundIn(result).get("app/self-test")).toEqual(["GEN-08"]);
  });

  test("is let go of in order when the check is stopped", async () => {
    const machine = new LabMachine(kind);
    const stop = new AbortController();
    const began = ({ id }: { readonly id: string }) => {
      if (id === "form/too-long") setImmediate(() => stop.abort());
    };
    const options = { cases: quick, allow: [], signal: stop.signal, began };
    const result = await check(machine.registers, options);
    expect(result).toMatchObject({ interrupted: true, ownFaults: [] });
    expect(result.outcomes.at(-1)).toMatchObject({ id: "form/too-long", grade: "inconclusive" });
    machine.arena.tracer.emit({ e: "end", why: "done" });
    expect(machine.arena.referee?.verdict()).toMatchObject({ violations: [], open: [] });
  });
});

describe("a kernel's device", () => {
  test("shows messages alone, by which a right BMC gets no complaint", async () => {
    const result = await check(new LabMachine("kcs").kernel, { cases: quick, allow: [] });
    expect(foundIn(result)).toEqual(new Map());
    expect(result.unseenRules).toBeGreaterThan(20);
    const left = result.left.map(({ id }) => id);
    expect(left).toEqual(["wire/bring-up", "app/bt-capabilities", "app/interface-capabilities"]);
  });

  test("shows what is wrong with a message, by the rule's name", async () => {
    const result = await check(new LabMachine("kcs", TOO_SHORT).kernel, {
      cases: quick,
      allow: [],
    });
    expect(foundIn(result).get("form/too-long")).toEqual(["MSG-01", "MSG-10"]);
  });

  // Who gives FFh, the BMC or the kernel's driver, nobody is told: that breaks no rule, and has no one conform.
  test("does not say who made a code that its driver makes, too", async () => {
    const faults = `faults:
  - { when: { command: Get Self Test Results }, answer: { to: Get Self Test Results, code: ff, times: 2000 } }`;
    let verdict: ReturnType<Referee["verdict"]> | undefined;
    const result = await check(new LabMachine("kcs", faults).kernel, {
      ...{ cases: cases.filter(({ id }) => id === "app/self-test"), allow: [] },
      sinks: (head) => {
        const referee = new Referee(head);
        return [
          { event: (event) => referee.event(event) },
          { event: () => (verdict = referee.verdict()) },
        ];
      },
    });
    expect(result.outcomes).toMatchObject([{ id: "app/self-test", grade: "inconclusive" }]);
    expect(result.outcomes[0]?.remarks[0]?.text).toContain("by the BMC or by the kernel's driver");
    expect(verdict).toMatchObject({ violations: [], notes: [] });
  });
});

test("what cannot be opened says why", async () => {
  const { registers } = new LabMachine("kcs");
  const open = async () => {
    throw new DeviceError("TAKEN", "it is somebody else's");
  };
  const checking = check({ ...registers, open }, { cases: quick, allow: [] });
  await expect(checking).rejects.toThrow("it is somebody else's");
});
