import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { barRegisters, pciBar } from "../../src/devices/pci-function.ts";

const LOCATION = { at: "pci", kind: "kcs", slot: "0000:00:02.0" } as const;

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pci-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function registersOf(resource: string, kind: "kcs" | "bt" = "kcs") {
  mkdirSync(join(root, LOCATION.slot));
  writeFileSync(join(root, LOCATION.slot, "resource"), `${resource}\n`);
  return barRegisters({ ...LOCATION, kind }, pciBar(LOCATION, root));
}

test.each([
  ["I/O", "0x000000000000c000 0x000000000000c03f 0x0000000000040101", "io", 0xc000],
  ["memory", "0x00000000febd0000 0x00000000febd0fff 0x0000000000040200", "mem", 0xfebd_0000],
])("a BAR of %s says where the registers are", (_, resource, at, base) => {
  expect(registersOf(resource)).toEqual({ at, kind: "kcs", base, spacing: 1, width: 8 });
});

test("a BAR of no length is none", () => {
  const nowhere = "0x0000000000000000 0x0000000000000000 0x0000000000000000";
  expect(() => registersOf(nowhere)).toThrow("has no BAR 0");
});

test("a BAR that is too short for an interface is refused", () => {
  const short = "0x000000000000c000 0x000000000000c001 0x0000000000040101";
  expect(() => registersOf(short, "bt")).toThrow(
    "bt:pci:0000:00:02.0: its BAR 0 has 2 bytes, and bt has 3 registers",
  );
});

test("a function that is not there is refused", () => {
  expect(() => pciBar(LOCATION, root)).toThrow(/there is no such PCI function/);
});
