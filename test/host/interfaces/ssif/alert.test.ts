import { describe, expect, test } from "vitest";
import { Pace } from "../../../../src/host/interfaces/machine.ts";
import { SSIF_TIMING } from "../../../../src/host/interfaces/ssif/timing.ts";
import { BUSY, FREE, READ, transact, WRITTEN } from "./scripted.ts";

describe("an alert while a response is awaited", () => {
  test("leads to the read at once", () => {
    const { us, pace } = transact(`${FREE} ${WRITTEN} A S19 a r20 P ${READ}`);
    expect(pace).toBe(Pace.Done);
    expect(us).toBe(0);
  });

  test("by another device does not, and is not asked about again soon", () => {
    const { us } = transact(`${FREE} ${WRITTEN} A S19 r22 P ${READ}`);
    expect(us).toBe(SSIF_TIMING.responseUs);
  });

  test("by nobody does not either", () => {
    const { us } = transact(`${FREE} ${WRITTEN} A S19- P ${BUSY} ${READ}`);
    expect(us).toBe(SSIF_TIMING.responseUs + SSIF_TIMING.readRetryUs);
  });

  test("that was not for the response is attention", () => {
    const { ssif, us } = transact(`${FREE} ${WRITTEN} A S19 a r20 P ${BUSY} ${READ}`);
    expect(ssif.step(us)).toBe(Pace.Attention);
  });
});

// Goal: a BMC that pulls the line on and on does not keep the processor busy. Method: each answer to
// the alert is the BMC's own address, and each response is refused, or has a count too large.
test.each([
  ["refuses", BUSY],
  ["has no block", "S20 w03 S21 r21+ P"],
])("an alert in each wait by a BMC that %s: the pause is taken after four", (_, useless) => {
  const asked = `S19 r20 P ${useless}`;
  const script = `${FREE} ${WRITTEN} A ${`${asked} `.repeat(9)} a ${READ}`;
  const { pace, us } = transact(script);
  expect(pace).toBe(Pace.Done);
  expect(us).toBe(SSIF_TIMING.readRetryUs * 3);
});
