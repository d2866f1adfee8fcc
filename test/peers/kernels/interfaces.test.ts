import { beforeAll, describe, expect, test } from "vitest";
import { kernelFor } from "./kernel.ts";
import { play } from "./on-interface.ts";

const VERSIONS = ["6.1", "7.2"] as const;
/** Beside KCS, which has its tests in matches.test.ts: interfaces of registers behind PCI. */
const KINDS = ["smic", "bt"] as const;

beforeAll(async () => {
  for (const version of VERSIONS) await kernelFor(version);
});

describe.each(KINDS)("an unmodified kernel on %s", (kind) => {
  // The driver finds the function by its class, initialises, answers its users, and breaks nothing.
  test.each(VERSIONS)("Linux %s: nothing is wrong", async (version) => {
    const { result, events } = await play("a-right-match", kind, version);
    expect(result.misses).toEqual([]);
    expect(result.verdict.violations).toEqual([]);
    expect(result.head.interface).toBe(kind);
    expect(result.verdict.transactions).toBeGreaterThan(50);
    expect(events.some((event) => event.e === "guest")).toBe(false);
  });

  test.each(VERSIONS)("Linux %s, with interrupts that get lost", async (version) => {
    const { result, events } = await play("lost-interrupt", kind, version);
    expect(result.misses).toEqual([]);
    const raised = events.filter((event) => event.e === "irq" && event.level === 1);
    // BT interrupts once for each response, SMIC for each byte.
    expect(raised.length).toBeGreaterThan(20);
  });

  // A BMC that is away, dead, half alive, silent, or has too much to say.
  const HARD = ["zombie-channel", "cold-reset-unseen", "error-state-mid-request", "sticky-both"];
  test.each([...HARD, "attention-stuck"])("Linux 7.2: %s", async (name) => {
    const { result } = await play(name, kind, "7.2");
    expect(result.misses).toEqual([]);
  });

  // Whether the BMC hangs before it has taken the first request, or with that in its hands, is up to
  // when the kernel's users wake. What is said of it must be right either way.
  test("Linux 7.2: dead-channel", async () => {
    const { result } = await play("dead-channel", kind, "7.2");
    const { violations } = result.verdict;
    expect(violations.filter(({ party }) => party === "host")).toEqual([]);
    const notTaken = { smic: "SMIC-29", bt: "BT-21" }[kind];
    const rules = violations.map(({ rule }) => rule);
    expect(rules).toContain(notTaken);
    expect(rules.filter((rule) => rule !== notTaken && rule !== "GEN-02")).toEqual([]);
    expect(violations.filter(({ orders }) => orders.length === 0)).toEqual([]);
  });
});

describe("SMIC's own", () => {
  test.each(VERSIONS)("Linux %s starts over when an SMI interrupted it", async (version) => {
    const { result, events } = await play("smic-smi-in-transfer", "smic", version);
    expect(result.misses).toEqual([]);
    const told = events.filter((event) => event.e === "host.read" && event.reg === "control");
    const ready = told.filter((event) => event.e === "host.read" && event.value === 0xc0);
    expect(ready.length).toBeGreaterThan(result.verdict.transactions);
  });

  test.each(VERSIONS)("Linux %s cuts a response at 80 bytes", async (version) => {
    expect((await play("smic-long-messages", "smic", version)).result.misses).toEqual([]);
  });

  test.each(VERSIONS)("Linux %s has no patience with a slow command", async (version) => {
    const { result, events } = await play("smic-slow-command", "smic", version);
    expect(result.misses).toEqual([]);
    const carriedOut = events.filter(
      (event) => event.e === "bmc.request" && event.message[1] === 4,
    );
    expect(carriedOut.length).toBeGreaterThan(1);
  });

  // Eight users wait one after the other, each for four times 2 s.
  test("Linux 6.1 keeps the last of eight users waiting for more than a minute", async () => {
    const { result } = await play("dead-channel", "smic", "6.1");
    const [finding] = result.verdict.violations.filter(({ party }) => party === "host");
    expect(finding?.rule).toBe("STACK-02");
    expect(finding?.detail).toMatch(/answered after 6\d\.\d s; the bound is 60\.0 s/);
  });
});
