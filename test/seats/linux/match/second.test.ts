import { expect, test } from "vitest";
import { readScenario } from "../../../../src/lab/index.ts";
import { NotForGuests } from "../../../../src/seats/linux/match/not-for-guests.ts";
import { whyNoGuest } from "../../../../src/seats/linux/match/party.ts";
import { guestProgram } from "../../../../src/seats/linux/match/workload.ts";

function scenario(steps: string, kind = "kcs") {
  const text = `
name: two
title: t
source: s
story: s
interface: ${kind}
second: { interface: smic }
until: 10s
workload:
  - { user: first, steps: [{ request: Get Device ID }] }
  - { user: other, at: second, steps: [${steps}] }
expect: {}
`;
  return readScenario(text, "two.yaml");
}

const BUILT_IN = { modules: [], builtIn: ["ipmi_msghandler", "ipmi_devintf", "ipmi_si"] };

test("each user opens the device of the interface that it is at, and both are waited for", () => {
  const { setup, actors } = guestProgram(scenario("{ request: Get Device ID }, { sleep: 1s }"));
  const paths = actors.map(({ steps }) => steps[0]);
  expect(paths).toEqual([
    { step: "open-ipmi", path: "/dev/ipmi0" },
    { step: "open-ipmi", path: "/dev/ipmi1" },
  ]);
  const waited = setup.flatMap((step) => (step.step === "wait-for-file" ? [step.path] : []));
  expect(waited).toEqual(["/dev/ipmi0", "/dev/ipmi1"]);
});

test("a driver that is built in finds both at once", () => {
  const { setup } = guestProgram(scenario("{ raw: 18 01 }"), BUILT_IN);
  const written = setup.flatMap((step) => (step.step === "write-file" ? [step.path] : []));
  expect(written.filter((path) => path.startsWith("/sys/bus/pci"))).toEqual([
    "/sys/bus/pci/devices/0000:00:02.0/remove",
    "/sys/bus/pci/devices/0000:00:03.0/remove",
    "/sys/bus/pci/rescan",
  ]);
});

test.each(["{ driver: hot-remove }", "{ watchdog: { open: true } }", "{ read: revision }"])(
  "who is at the second does nothing there but ask: %s",
  (step) => {
    expect(() => guestProgram(scenario(step))).toThrow(NotForGuests);
  },
);

test("beside a bus there is none", () => {
  const asks = "{ request: Get Device ID }";
  expect(whyNoGuest(scenario(asks))).toBeUndefined();
  expect(whyNoGuest(scenario(asks, "ssif"))).toMatch(/beside registers only/);
});
