import { describe, expect, test } from "vitest";
import { discover } from "../../../src/host/discovery/discover.ts";
import {
  acpiTable,
  byte,
  device,
  EISA_ID,
  i2c,
  io,
  memory,
  method,
  named,
  packed,
  spmi,
  template,
  text,
  word,
} from "./acpi-tables.ts";
import { found, machine } from "./machine.ts";

type Bytes = readonly number[];
const HID = named("_HID", EISA_ID);
const KCS = named("_IFT", byte(1));
const AT_CA2 = named("_CRS", template(io(0xca2, 2)));

function dsdt(...body: readonly Bytes[]) {
  return { acpiTables: [{ name: "DSDT", bytes: acpiTable("DSDT", body.flat()) }] };
}

describe("a device IPI0001 in AML", () => {
  test.each<[string, readonly Bytes[], string | RegExp]>([
    ["by _HID as a number", [HID, KCS, AT_CA2], "kcs:io:0xca2"],
    ["by _HID as a text", [named("_HID", text("IPI0001")), KCS, AT_CA2], "kcs:io:0xca2"],
    [
      "by _CID",
      [named("_HID", text("ACME0001")), named("_CID", EISA_ID), KCS, AT_CA2],
      "kcs:io:0xca2",
    ],
    [
      "by one _CID of several",
      [named("_CID", [0x12, ...packed([2, ...text("PNP0C01"), ...text("IPI0001")])]), KCS, AT_CA2],
      "kcs:io:0xca2",
    ],
    [
      "two ranges",
      [HID, KCS, named("_CRS", template(io(0xca8, 1), io(0xcac, 1)))],
      "kcs:io:0xca8/4",
    ],
    [
      "two ranges side by side",
      [HID, KCS, named("_CRS", template(io(0xca2, 1), io(0xca3, 1)))],
      "kcs:io:0xca2",
    ],
    ["memory", [HID, KCS, named("_CRS", template(memory(0xfeb0_0000, 16)))], "kcs:mem:0xfeb00000"],
    [
      "BT, its kind by a method that returns it",
      [HID, method("_IFT", [0xa4, ...byte(3)]), named("_CRS", template(io(0xe4, 3)))],
      "bt:io:0xe4",
    ],
    [
      "SSIF by a serial bus",
      [HID, named("_IFT", byte(4)), named("_CRS", template(i2c(0x10)))],
      /ssif at 0x10/,
    ],
    ["SSIF by _ADR", [HID, named("_IFT", byte(4)), named("_ADR", byte(0x10))], /ssif at 0x10/],
    [
      "_IFT by a method",
      [HID, method("_IFT", [0x70, 1, 0x60, 0xa4, 0x60]), AT_CA2],
      /_IFT is a method, which was not run/,
    ],
    ["no _IFT", [HID, AT_CA2], "it has no _IFT, which says what kind it is"],
    ["_IFT of 9", [HID, named("_IFT", byte(9)), AT_CA2], "its _IFT is 9: 1 to 4 are known"],
    [
      "_CRS by a method",
      [HID, KCS, method("_CRS", [0xa4, 0x43, 0x52, 0x53, 0x41])],
      /_CRS is a method, which was not run/,
    ],
    ["no _CRS", [HID, KCS], "its _CRS names no address"],
    ["SSIF nowhere", [HID, named("_IFT", byte(4))], "its bus address is not told plainly"],
  ])("%s", (_, inner, comes) => {
    const [only, ...more] = found(dsdt(device("PCI0", device("MI0_", ...inner))));
    expect(more).toEqual([]);
    if (typeof comes === "string") expect(only).toBe(comes);
    else expect(only).toMatch(comes);
  });

  test("takes nothing from a device beside or within it", () => {
    const inner = device("SUB_", named("_IFT", byte(3)), named("_CRS", template(io(0xe4, 3))));
    expect(found(dsdt(device("MI0_", HID, inner), device("MI1_", KCS, AT_CA2)))).toEqual([
      "it has no _IFT, which says what kind it is",
    ]);
  });

  test("has a version, an interrupt, and a _STA that nobody ran", () => {
    const interrupt = [0x22, 0x20, 0];
    const [answer] = discover(
      machine(
        dsdt(
          device(
            "MI0_",
            HID,
            KCS,
            named("_SRV", word(0x0200)),
            method("_STA", [0xa4, 0x60]),
            named("_CRS", template(io(0xca2, 2), interrupt)),
          ),
        ),
      ),
    ).answers;
    expect(answer?.finding).toMatchObject({ version: "2.0", interrupt: 5 });
    expect(answer?.finding.notes).toEqual([expect.stringMatching(/_STA is a method/)]);
  });
});

describe("what the kernel's evaluation adds", () => {
  const patched = dsdt(device("MI0_", HID, KCS, method("_CRS", [0xa4, 0x60])));
  const acpiDevices = [{ name: "IPI0001:00", path: "\\_SB_.PCI0.MI0_\n", status: "15\n" }];
  const ioports =
    "0000-0cf7 : PCI Bus 0000:00\n  0ca2-0ca3 : IPI0001:00\n    0ca2-0ca2 : ipmi_si\n    0ca3-0ca3 : ipmi_si\n";

  test("the address that a method gave, and who has it", () => {
    expect(found({ ...patched, acpiDevices, ioports })).toEqual(["kcs:io:0xca2"]);
    expect(found({ ...patched, ioports })).toEqual(["kcs:io:0xca2"]);
    const [answer] = discover(machine({ ...patched, acpiDevices, ioports })).answers;
    expect(answer?.holders).toEqual(["IPI0001:00", "ipmi_si"]);
  });

  test("that a device is not there", () => {
    const gone = [{ ...acpiDevices[0], name: "IPI0001:00", path: "\\_SB_.MI0_", status: "0" }];
    expect(found({ ...patched, acpiDevices: gone, ioports })).toEqual(["its status is: not there"]);
  });

  test("a device whose table was not read", () => {
    expect(found({ acpiDevices, ioports })).toEqual([
      "the kernel knows it, at io 0xca2; what kind it is stands in tables that were not read",
    ]);
  });

  test("zeros in place of addresses show nobody", () => {
    const hidden = "0000-0000 : PCI Bus 0000:00\n  0000-0000 : IPI0001:00\n";
    const { answers, remarks } = discover(
      machine({ ...dsdt(device("MI0_", HID, KCS, AT_CA2)), ioports: hidden }),
    );
    expect(answers[0]?.holders).toBeUndefined();
    expect(remarks).toEqual([
      "/proc/ioports shows no addresses: root sees them, and who has which",
    ]);
  });
});

describe("a table SPMI", () => {
  test.each<[string, Uint8Array, string | RegExp]>([
    ["KCS", spmi(1, 1, 0xca2), "kcs:io:0xca2"],
    ["32 bits apart", spmi(1, 1, 0xca8, 32), "kcs:io:0xca8/4"],
    ["memory", spmi(1, 0, 0xfeb0_0000), "kcs:mem:0xfeb00000"],
    ["SSIF", spmi(4, 4, 0x10), "ssif at 0x10 of a bus it does not name"],
    ["type 0", spmi(0, 1, 0xca2), "its type is 0: 1 to 4 are known"],
    ["another space", spmi(1, 7, 0xca2), /address space is 7/],
    ["address 0", spmi(1, 1, 0), /above 0/],
    ["too short", spmi(1, 1, 0xca2).subarray(0, 40), /has 40 bytes/],
    ["registers of 4 bits", spmi(1, 1, 0xca2, 4), "kcs:io:0xca2"],
  ])("%s", (_, bytes, comes) => {
    const [only] = found({ acpiTables: [{ name: "SPMI", bytes }] });
    if (typeof comes === "string") expect(only).toBe(comes);
    else expect(only).toMatch(comes);
  });

  test("is told to be odd", () => {
    const bytes = spmi(1, 1, 0xca2).fill(9, 37, 38);
    const [answer] = discover(machine({ acpiTables: [{ name: "SPMI", bytes }] })).answers;
    expect(answer?.finding.notes).toEqual(["its checksum is wrong", "its byte 37 is not 1"]);
  });
});
