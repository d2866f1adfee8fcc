import { expect, test } from "vitest";
import { EVENT_NAMES, isBmcAccess, isHostAccess, namesBy } from "../../src/trace/event-names.ts";
import { lines } from "./samples.ts";

const events = lines.map(([body]) => ({ ...body, n: 0, t: 0 }));

test("there is a sample of each event", () => {
  expect(events.map(({ e }) => e)).toEqual(expect.arrayContaining([...EVENT_NAMES]));
});

test("accesses are what a party's own face of the wire shows", () => {
  expect(events.filter(isHostAccess).map(({ e }) => e)).toEqual([
    "host.read",
    "host.write",
    "host.bus",
  ]);
  expect(events.filter(isBmcAccess).map(({ e }) => e)).toEqual([
    ...["bmc.read", "bmc.write", "bmc.status", "bmc.code"],
    ...["bmc.bus", "bmc.alert"],
  ]);
});

test("the interrupt line, the lab and the guest are no doing of host or BMC", () => {
  const parties = new Set([...namesBy("host"), ...namesBy("bmc")]);
  expect(EVENT_NAMES.filter((name) => !parties.has(name))).toEqual([
    ...["irq", "fault", "console", "guest", "end"],
  ]);
});
