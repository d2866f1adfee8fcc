import { afterEach, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { leavesNothing } from "../nothing-left.ts";
import { type OpalMachine, startOpal, TURNED_OFF } from "./opal.ts";

/** The firmware takes some ten seconds on an idle machine, most of it for flash that is not there. */
const BOOT_LIMIT_MS = 50_000;

leavesNothing();

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

// Goal: firmware that nobody here wrote is content with our controller, from its first question to the
// machine's end. Method: skiboot boots, gets a kernel that asks it to turn the machine off, and does
// so through the BMC; the controller's answers and the firmware's console show how it went.
test("skiboot boots against our controller and has it turn the machine off", async () => {
  const opal = await startOpal(TURNED_OFF, ends);

  await eventually(() => expect(opal.events()).toContain("SHUTDOWN"), BOOT_LIMIT_MS);

  expect(exchanges(opal)).toEqual(
    [
      // How the host's firmware flash is reached: an OEM command, which this BMC does not have.
      ["Hiomap", "e85a090103", "ec5ac1"],
      ["Set Watchdog Timer, 60 s, then a reset", "1824c20100005802", "1c2400"],
      ["Reset Watchdog Timer", "1822", "1c2200"],
      ["Get SEL Time", "2848", expect.stringMatching(/^2c4800.{8}$/)],
      ["Get Device ID", "1801", expect.stringMatching(/^1c010020/)],
      ["Set ACPI Power State, S0, devices unchanged", "1806807f", "1c0600"],
      ["Set BMC Global Enables", "182e0d", "1c2e00"],
      ["Set Watchdog Timer, stopped", "1824820000006400", "1c2400"],
      ["Chassis Control, power down", "000200", "040200"],
    ].map(([, ...exchange]) => exchange),
  );
  expect(opal.bmc.controller.poweredOn).toBe(false);
  expect(opal.console()).toContain("INIT: Starting kernel");
  expect(opal.console()).not.toMatch(/IPMI.*(error|fail|timed? ?out)|BT: /i);
});

/** Each request with its response, as bytes. */
function exchanges({ messages }: OpalMachine): readonly (readonly [string, string])[] {
  const responses = messages("bmc.response");
  return messages("bmc.request").map((request, index) => [request, responses[index] ?? ""]);
}
