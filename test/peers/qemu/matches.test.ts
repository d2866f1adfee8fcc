import { describe, expect, test } from "vitest";
import { type MatchResult, playBetween } from "../../../src/lab/index.ts";
import type { MatchOptions } from "../../../src/match/match.ts";
import type { Scenario } from "../../../src/scenario/schema.ts";
import { qemu } from "../../../src/seats/qemu/match/device-party.ts";
import type { QemuBmc } from "../../../src/seats/qemu/match/ground.ts";
import { stack } from "../../../src/seats/stack/party.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/tracer.ts";
import { leavesNothing, startedBy } from "../nothing-left.ts";
import { scenario } from "./scenario.ts";

const DEVICES = [
  { kind: "kcs", bus: "isa" },
  { kind: "kcs", bus: "pci" },
  { kind: "bt", bus: "isa" },
  { kind: "bt", bus: "pci" },
  { kind: "ssif", bus: "isa" },
] as const;

leavesNothing();

describe.each(DEVICES)("our stack on QEMU's $bus $kind", ({ kind, bus }) => {
  const asked = scenario("device-id", kind);

  test("with QEMU's BMC", async () => {
    const { head, verdict, misses, usual } = await onQemu(asked, { bus, behind: "qemu" });
    expect(head).toMatchObject({ host: "stack", bmc: "qemu", interface: kind, clock: "real" });
    expect(misses).toEqual([]);
    expect(verdict.violations).toEqual([]);
    expect(verdict.notes.map(({ rule }) => rule).sort()).toEqual(usual);
    expect(verdict.transactions).toBeGreaterThan(10);
  });
});

// Goal: the circle is closed: our stack, QEMU's registers, our controller. Method: the same match with
// the controller behind `ipmi-bmc-extern`; what the stack sent is what the controller got, but for Get BT
// Interface Capabilities, to which QEMU answers itself.
describe.each(DEVICES.filter(({ kind }) => kind !== "ssif"))(
  "our stack on QEMU's $bus $kind",
  ({ kind, bus }) => {
    test("with our controller behind it", async () => {
      const recorder = new Recorder();
      const sinks = () => [recorder];
      const asked = scenario("device-id", kind);
      const { verdict, misses } = await onQemu(asked, { bus, behind: "controller" }, { sinks });
      expect(misses).toEqual([]);
      expect(verdict.violations).toEqual([]);
      const { events } = recorder;
      expect(messages(events, "bmc.request")).toEqual(messages(events, "send").filter(forwarded));
      expect(messages(events, "received").filter(forwarded)).toEqual(
        messages(events, "bmc.response"),
      );
    });
  },
);

// Goal: the catalogue says what QEMU's own BMC, and our controller behind its devices, come to.
describe.each(["kcs", "bt", "ssif"] as const)(
  "on QEMU's %s the scenarios expect what happens",
  (kind) => {
    test.each([
      ["many-questions", "qemu"],
      ["unhurried-bmc", "controller"],
    ] as const)("%s, the BMC being %s", async (name, behind) => {
      const { misses } = await onQemu(scenario(name, kind), { bus: "isa", behind });
      expect(misses).toEqual([]);
    });
  },
);

// Goal: the stack takes nothing for its own that is another request's. Method: QEMU's SSIF device before a
// BMC that needs its time: it hands out the answer before, as docs/findings.md says.
test("our stack is not misled by QEMU's SSIF, which does not wait for the BMC", async () => {
  const asked = scenario("unhurried-bmc", "ssif");
  const { verdict } = await onQemu(asked, { bus: "isa", behind: "controller" });
  expect(verdict.fault).toEqual(["bmc"]);
  const broken = verdict.violations.map(({ party, rule }) => `${party} ${rule}`);
  expect(broken).toContain("bmc GEN-01");
  expect(broken.filter((each) => each.startsWith("host"))).toEqual([]);
});

test("a match that is interrupted leaves nothing", async () => {
  const controller = new AbortController();
  const bmc = { bus: "isa", behind: "controller" } as const;
  const { signal } = controller;
  const match = onQemu(scenario("device-id"), bmc, { signal });
  setTimeout(() => controller.abort(), 50);
  const { verdict } = await match;
  expect(verdict.ended).toBe(true);
});

// Goal: a QEMU that dies is no verdict on anybody. Method: it is killed by its own id, while its registers
// are at work; our stack still answers whom it owes.
test("a QEMU that is killed breaks the match off", async () => {
  const recorder = new Recorder();
  let killed = false;
  const killer = {
    event: ({ e }: TraceEvent) => {
      if (e !== "bmc.response" && e !== "received") return;
      if (killed) return;
      killed = true;
      for (const pid of startedBy().slice(-1)) process.kill(pid, "SIGKILL");
    },
  };
  const bmc = { bus: "isa", behind: "qemu" } as const;
  const sinks = () => [recorder, killer];
  const { interrupted, misses, verdict } = await onQemu(scenario("device-id"), bmc, { sinks });
  expect(interrupted).toBe("QEMU was killed by SIGKILL");
  expect(misses).toHaveLength(1);
  expect(verdict.violations.filter(({ party }) => party === "host")).toEqual([]);
  expect(recorder.events.at(-1)).toMatchObject({ e: "end", why: "interrupted" });
});

function onQemu(asked: Scenario, bmc: QemuBmc, options?: MatchOptions): Promise<MatchResult> {
  return playBetween({ host: stack, bmc: qemu(bmc) }, asked, options);
}

const forwarded = (message: string) => !/^(18|1c)36/.test(message);

type Carrying = "send" | "received" | "bmc.request" | "bmc.response";

function messages(events: readonly TraceEvent[], kind: Carrying): readonly string[] {
  return events.flatMap((event) => {
    return event.e === kind ? [Buffer.from(event.message).toString("hex")] : [];
  });
}
