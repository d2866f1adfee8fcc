import { beforeAll, describe, expect, test } from "vitest";
import type { Kernel } from "../../../src/seats/linux/index.ts";
import { encodeEvent } from "../../../src/trace/jsonl.ts";
import { kernelFor } from "./kernel.ts";
import { GET_DEVICE_ID, runGuest } from "./linux-guest.ts";
import { play } from "./on-interface.ts";

/** Idle guest time which would take as long by the wall clock, were it not virtual. */
const IDLE_US = 60_000_000;

describe("a guest in virtual time", () => {
  let kernel: Kernel;

  beforeAll(async () => {
    kernel = await kernelFor("6.1");
  });

  // Goal: a match with a real kernel can be repeated. Method: the same guest twice, with idle time
  // and both ways of waiting in the driver; compare all that it did.
  test.each(["poll", "timer"] as const)("does the same in each run, by %s", async (interrupt) => {
    const steps = [GET_DEVICE_ID, { step: "sleep", us: IDLE_US } as const, GET_DEVICE_ID];
    const first = await runGuest(steps, { kernel, interrupt });
    const second = await runGuest(steps, { kernel, interrupt });
    expect(first.lastTickUs).toBeGreaterThan(IDLE_US);
    expect(first.answers).toBe(2);
    expect(second.bmc.accesses).toEqual(first.bmc.accesses);
    expect(second.lastTickUs).toBe(first.lastTickUs);
    expect(second.reports).toEqual(first.reports);
  });

  test("makes the same register accesses from a snapshot", async () => {
    const plain = await runGuest([GET_DEVICE_ID], { kernel, interrupt: "timer" });
    const made = await runGuest([GET_DEVICE_ID], { kernel, interrupt: "timer", snapshot: true });
    const used = await runGuest([GET_DEVICE_ID], { kernel, interrupt: "timer", snapshot: true });
    expect(made.notes).toEqual([]);
    expect(used.bmc.accesses).toEqual(plain.bmc.accesses);
    expect(used.reports).toEqual(made.reports);
  });
});

// Goal: a match with a kernel can be repeated. Method: the same one twice, with the BMC's faults and
// users at work; all that crossed the wire is the same, with its times.
describe("a match has the same trace on the wire in every run", () => {
  test.each([
    ["cold-reset-unseen", "kcs", "6.1", 5_000],
    ["ssif-slow-daemon", "ssif", "6.1", 3_000],
    ["ssif-slow-daemon", "ssif", "7.2", 3_000],
  ] as const)("%s on %s of Linux %s", async (name, kind, version, eventsMin) => {
    const first = await onTheWire(name, kind, version);
    expect(first.length).toBeGreaterThan(eventsMin);
    expect(await onTheWire(name, kind, version)).toEqual(first);
  });
});

async function onTheWire(...match: Parameters<typeof play>): Promise<string[]> {
  const { events } = await play(...match);
  const ofWire = events.filter(({ e }) => e.startsWith("host.") || e.startsWith("bmc"));
  // The console's lines come beside them, so the numbers of the events may differ.
  return ofWire.map((event) => encodeEvent({ ...event, n: 0 }));
}
