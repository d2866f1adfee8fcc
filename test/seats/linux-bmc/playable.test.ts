import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { onInterface, readScenario } from "../../../src/lab/index.ts";
import { whyNotOnDriver } from "../../../src/seats/linux-bmc/playable.ts";
import type { InterfaceKind } from "../../../src/wire/interface.ts";

function whyNot(name: string, kind: InterfaceKind = "kcs"): string | undefined {
  const text = readFileSync(new URL(`../../../scenarios/${name}.yaml`, import.meta.url), "utf8");
  return whyNotOnDriver(readScenario(onInterface(text, kind), name));
}

// Goal: what the daemon and the controller do can be done behind a real driver; what the driver, the
// wire or the host does cannot be made to be otherwise.
test.each([
  "a-right-match",
  "daemon-dies",
  "daemon-gone-for-a-while",
  "second-opener",
  "late-daemon",
  "zombie-channel",
  "late-answer",
])("%s can be shown", (name) => {
  expect(whyNot(name)).toBeUndefined();
});

test.each([
  ["byte-at-a-time", "no input-latency to set"],
  ["kcs-state-late", "has state-late"],
  ["bytes-lost-on-the-wire", "faults of the wire"],
  ["spacing-4", "side by side"],
  ["two-interfaces", "a second interface"],
  ["panic-before-send", "the host"],
])("%s cannot, and it is said why", (name, text) => {
  expect(whyNot(name)).toContain(text);
});

test("QEMU has no other interface of the chip", () => {
  expect(whyNot("a-right-match", "bt")).toBe("QEMU models no bt of a BMC chip, only KCS");
});
