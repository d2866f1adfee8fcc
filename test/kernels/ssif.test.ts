import { beforeAll, expect, test } from "vitest";
import { kernelFor } from "./kernel.ts";
import { play } from "./on-interface.ts";

const VERSIONS = ["6.1", "7.2"] as const;

beforeAll(async () => {
  for (const version of VERSIONS) await kernelFor(version, "ssif");
});

// Through i2c-i801 and our registers of its controller, to our bus and our BMC.
test.each(VERSIONS)("Linux %s on SSIF: nothing is wrong", async (version) => {
  const { result, events } = await play("a-right-match", "ssif", version);
  expect(result.misses).toEqual([]);
  expect(result.verdict.violations).toEqual([]);
  expect(result.verdict.transactions).toBeGreaterThan(40);
  expect(events.some((event) => event.e === "host.bus")).toBe(true);
  expect(events.some((event) => event.e === "guest")).toBe(false);
});
