import { expect, test } from "vitest";
import { EVENT_NAMES, isBmcAccess, isHostAccess, namesBy } from "../../src/trace/event-names.ts";
import { lines } from "./samples.ts";

const events = lines.map(([body]) => ({ ...body, n: 0, t: 0 }));

test("there is a sample of each event", () => {
  expect(events.map(({ e }) => e)).toEqual(expect.arrayContaining([...EVENT_NAMES]));
});

test("accesses are what a party's own face of the wire shows", () => {
  const ofHost = events.filter(isHostAccess).map(({ e }) => e);
  expect(ofHost).toEqual(expect.arrayContaining(["host.read", "host.write", "host.bus"]));
  expect(ofHost).toEqual(expect.arrayContaining(["host.opal-send", "host.opal-recv"]));
  const ofBmc = events.filter(isBmcAccess).map(({ e }) => e);
  expect(ofBmc).toEqual(
    expect.arrayContaining(["bmc.read", "bmc.status", "bmc.code", "bmc.alert"]),
  );
  const neither = ["irq", "request", "answer", "host", "bmc", "bmc.request", "fault", "end"];
  for (const name of neither) expect([...ofHost, ...ofBmc]).not.toContain(name);
});

test("the interrupt line, the lab and the guest are no doing of host or BMC", () => {
  const parties = new Set([...namesBy("host"), ...namesBy("bmc")]);
  for (const name of ["irq", "fault", "console", "guest", "end"]) {
    expect(parties).not.toContain(name);
  }
});
