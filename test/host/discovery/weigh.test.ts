import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { discover, type MachineTables } from "../../../src/host/discovery/discover.ts";
import { locationText, parseLocation } from "../../../src/wire/location.ts";
import { acpiTable, byte, device, EISA_ID, io, named, spmi, template } from "./acpi-tables.ts";
import { machine } from "./machine.ts";
import { entryPoint, record38, structures } from "./tables.ts";

const table = structures(record38(), record38({ type: 4, base: 0x20n, handle: 1 }));
const dsdt = acpiTable("DSDT", [
  ...device(
    "MI0_",
    named("_HID", EISA_ID),
    named("_IFT", byte(1)),
    named("_CRS", template(io(0xca8, 1), io(0xcac, 1))),
  ),
]);
const everything = machine({
  smbios: { entryPoint: entryPoint("_SM_", table), structures: table },
  acpiTables: [
    { name: "DSDT", bytes: dsdt },
    { name: "SPMI", bytes: spmi(1, 1, 0xca2) },
  ],
  ioports: "0ca8-0ca8 : ipmi_si\n0cac-0cac : ipmi_si\n",
});

describe("of several answers", () => {
  test("one is chosen, by its source; of each other it is said why not", () => {
    const { answers, looked } = discover(everything);
    expect(
      answers.map(({ finding, chosen, why, holders }) => [finding.source, chosen, why, holders]),
    ).toEqual([
      ["acpi", true, "its source comes first", ["ipmi_si"]],
      ["spmi", false, "another place; ACPI device MI0_ in DSDT comes first", []],
      ["smbios", false, "another place; ACPI device MI0_ in DSDT comes first", []],
      ["smbios", false, "another place; ACPI device MI0_ in DSDT comes first", undefined],
    ]);
    expect(looked).toEqual(["SMBIOS 2.8", "ACPI tables: 2", "/proc/ioports"]);
  });

  test("one place with two spacings is told", () => {
    const apart = structures(record38({ base: 0xca9n }));
    const { answers } = discover({ ...everything, smbios: { structures: apart } });
    expect(answers.at(-1)?.why).toBe(
      "the same place as by ACPI device MI0_ in DSDT, but with spacing 1",
    );
  });

  test("none may be of use", () => {
    const phantom = structures(record38({ base: 0n }));
    const { answers } = discover(machine({ smbios: { structures: phantom } }));
    expect(answers.map(({ chosen, why }) => [chosen, why])).toEqual([
      [false, "its base is 0: no interface is described"],
    ]);
  });
});

// Goal: no tables stop discovery, and what it gives can be written and read back. Method: right ones
// with bytes changed and cut anywhere, and texts of any kind.
describe("whatever the tables hold", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 });
  const words = fc.constantFrom(
    "kcs",
    "i/o",
    "0xca2",
    "rsp=4",
    ":",
    ",",
    "add",
    "invalid",
    "-1",
    "99999999999999999999",
  );
  const line = fc.oneof(
    text,
    fc.array(words, { maxLength: 8 }).map((all) => all.join(",")),
  );

  function holds(tables: MachineTables): void {
    for (const { finding } of discover(tables).answers) {
      const { location } = finding;
      if (location !== undefined) expect(parseLocation(locationText(location))).toEqual(location);
    }
  }

  test("bytes", () => {
    const parts = [table, dsdt, spmi(1, 1, 0xca2)] as const;
    const changes = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 12 });
    const property = fc.property(changes, fc.nat(400), (all, cut) => {
      const [structures, declared, spmiTable] = parts.map((part) => {
        const bytes = Uint8Array.from(part);
        for (const [at, value] of all) if (at < bytes.length) bytes[at] = value;
        return bytes.subarray(0, Math.max(0, bytes.length - (cut % 7)));
      });
      const none = new Uint8Array();
      holds({
        ...everything,
        smbios: { structures: structures ?? none },
        acpiTables: [
          { name: "DSDT", bytes: declared ?? none },
          { name: "SPMI", bytes: spmiTable ?? none },
        ],
      });
    });
    fc.assert(property, { seed: 11, numRuns: 3_000 });
  });

  test("texts", () => {
    const property = fc.property(
      line,
      line,
      line,
      fc.uint8Array({ maxLength: 24 }),
      (a, b, c, bytes) => {
        const values = new Map([
          ["hotmod", a],
          ["ports", b],
          ["addrs", c],
          ["type", a],
          ["regsizes", b],
          ["addr", c],
        ]);
        holds(
          machine({
            parameters: [
              { where: "x", module: "ipmi_si", values },
              { where: "x", module: "ipmi_ssif", values },
            ],
            kernel: [{ name: "ipmi0", device: a, params: b }],
            busDevices: [{ id: a, name: b }],
            ioports: `${a}\n  0ca2-0ca3 : ${b}\n`,
            iomem: c,
            pci: [
              {
                slot: "0000:00:02.0",
                class: "0x0c0701",
                vendor: a,
                device: b,
                resource: c,
                config: bytes,
              },
            ],
            acpiDevices: [{ name: "IPI0001:00", path: a, status: b }],
            deviceTree: [
              { path: "", properties: new Map([["#address-cells", bytes]]) },
              {
                path: "/a",
                properties: new Map([
                  ["compatible", new TextEncoder().encode("ipmi-bt")],
                  ["reg", bytes],
                  ["ranges", bytes],
                ]),
              },
            ],
          }),
        );
      },
    );
    fc.assert(property, { seed: 11, numRuns: 2_000 });
  });

  // Goal: bounded work. Method: what costs the most: devices within devices, each with the identifier.
  test("a table of a megabyte that nests as deep as it can", () => {
    const bytes = new Uint8Array(1 << 20);
    const unit = [
      0x5b,
      0x82,
      0xcf,
      0xff,
      0xff,
      0x00,
      ...[0x4d, 0x49, 0x30, 0x5f],
      ...named("_HID", EISA_ID),
    ];
    for (let at = 36; at + unit.length < bytes.length; at += unit.length) bytes.set(unit, at);
    expect(
      discover(machine({ acpiTables: [{ name: "DSDT", bytes }] })).answers.length,
    ).toBeLessThan(100);
  });
});
