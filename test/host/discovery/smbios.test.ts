import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { smbiosInterfaces } from "../../../src/host/discovery/smbios.ts";
import { interfaceRecord } from "../../../src/host/discovery/smbios-record.ts";
import { placeText } from "../../../src/host/discovery/weigh.ts";
import { entryPoint, joined, record38, structures } from "./tables.ts";

/** What a record comes to, in a line. */
function told(record: Uint8Array): string {
  const finding = { ...interfaceRecord(record), where: "" };
  return finding.unusable ?? placeText(finding);
}

describe("a record of type 38", () => {
  // The kinds that real machines have, and those of the specification's examples.
  test.each<[string, Parameters<typeof record38>[0], string | RegExp]>([
    ["KCS, the specification's", {}, "kcs:io:0xca2"],
    ["SMIC, with bit 0 of the address", { type: 2, base: 0xca9n, modifier: 0x10 }, "smic:io:0xca9"],
    ["BT", { type: 3, base: 0xe5n }, "bt:io:0xe4"],
    ["KCS, 32 bits apart", { base: 0xcadn, modifier: 0x40 }, "kcs:io:0xcac/4"],
    [
      "KCS at CA8h with an interrupt",
      { base: 0xca9n, modifier: 0x4a, interrupt: 10 },
      "kcs:io:0xca8/4",
    ],
    ["KCS, 16 bytes apart", { base: 0xca1n, modifier: 0x80 }, "kcs:io:0xca0/16"],
    ["16 bytes apart and short: KCS", { length: 16, version: 0x15 }, "kcs:io:0xca2"],
    ["short, without the bit for I/O", { length: 16, base: 0xca8n }, "kcs:io:0xca8"],
    ["17 bytes", { length: 17 }, "kcs:io:0xca2"],
    ["memory", { base: 0xfeb0_0000n }, "kcs:mem:0xfeb00000"],
    ["memory that can only be I/O", { base: 0xca2n }, "kcs:io:0xca2"],
    ["an I/O address of more than 16 bits", { base: 0x1_0ca3n }, "kcs:io:0xca2"],
    ["a base that is not aligned", { modifier: 0x40 }, "kcs:io:0xca2/4"],
    ["SSIF", { type: 4, base: 0x20n }, "ssif at 0x10 of a bus it does not name"],
    [
      "SSIF, its address in the wrong field",
      { type: 4, base: 0n },
      "ssif at 0x10 of a bus it does not name",
    ],
    ["SSIF nowhere", { type: 4, base: 0n, slave: 0 }, /bus address is 0x0/],
    ["a phantom", { base: 0n }, "its base is 0: no interface is described"],
    [
      "all zero, spacing reserved",
      { type: 0, version: 0, slave: 0, base: 0n, modifier: 0xc0 },
      "its type is unknown (0)",
    ],
    [
      "unknown, with a base",
      { type: 0, base: 0xca2n },
      "its type is unknown (0), though it names the base 0xca2",
    ],
    ["reserved type", { type: 9 }, /type is reserved \(9\)/],
    ["reserved spacing", { modifier: 0xc0 }, "its register spacing is the reserved one (3)"],
    ["too short", { length: 12 }, "the record has 12 bytes, 16 are the least"],
    [
      "memory that no processor reaches",
      { base: 0xffff_ffff_ffff_fff0n },
      /below 0x10000000000000/,
    ],
  ])("%s", (_, record, comes) => {
    const said = told(record38(record));
    if (typeof comes === "string") expect(said).toBe(comes);
    else expect(said).toMatch(comes);
  });

  test.each<[string, Parameters<typeof record38>[0], RegExp]>([
    ["an unaligned base", { modifier: 0x40 }, /not a multiple of the spacing, 4/],
    ["an interrupt without its valid bit", { interrupt: 5 }, /interrupt 5, and that it names none/],
    ["a short record", { length: 16 }, /tells no spacing and no interrupt/],
    ["a forgotten I/O bit", { base: 0xca2n }, /the firmware forgot the bit/],
    ["a slave address of 0", { slave: 0 }, /20h is assumed/],
    ["a version that there is not", { version: 0x31 }, /claims IPMI 3.1/],
    ["a set bit 0 of a bus address", { type: 4, base: 0x21n }, /bit 0 of the bus address/],
    ["many bits of I/O address", { base: 0x1_0ca3n }, /an I\/O address has 16 bits/],
  ])("%s is told", (_, record, note) => {
    expect(interfaceRecord(record38(record)).notes.join("\n")).toMatch(note);
  });

  test("a right one has nothing odd; its interrupt and its address on IPMB are told", () => {
    const right = record38({ modifier: 0x08, interrupt: 3, slave: 0x24 });
    expect(interfaceRecord(right)).toMatchObject({ notes: [], interrupt: 3, ipmb: 0x24 });
  });
});

describe("the structures of SMBIOS", () => {
  test.each(["_SM_", "_SM3_"] as const)("are read by the entry point %s", (form) => {
    const table = structures(record38());
    const { findings, remarks, version } = smbiosInterfaces({
      entryPoint: entryPoint(form, table),
      structures: table,
    });
    expect(findings.map(placeText)).toEqual(["kcs:io:0xca2"]);
    expect({ remarks, version }).toEqual({ remarks: [], version: form === "_SM_" ? "2.8" : "3.5" });
  });

  test("are read without an entry point, and with a broken one", () => {
    const table = structures(record38());
    expect(smbiosInterfaces({ structures: table }).findings).toHaveLength(1);
    const broken = entryPoint("_SM_", table).fill(0x55, 8, 12);
    const { findings, remarks } = smbiosInterfaces({ entryPoint: broken, structures: table });
    expect(findings).toHaveLength(1);
    expect(remarks).toEqual([expect.stringMatching(/wrong checksum/)]);
  });

  test("end where the entry point says, and with type 127", () => {
    const table = structures(record38());
    const behind = joined(table, record38({ type: 3, base: 0xe5n }), new Uint8Array(2));
    expect(smbiosInterfaces({ structures: behind }).findings).toHaveLength(1);
    const one = entryPoint("_SM_", table, 1);
    expect(smbiosInterfaces({ entryPoint: one, structures: table }).findings).toEqual([]);
  });

  test.each([
    ["a length of 0", Uint8Array.from([38, 0, 1, 0])],
    ["a length beyond the end", Uint8Array.from([1, 200, 1, 0, 0, 0])],
  ])("break off at %s", (_, table) => {
    expect(smbiosInterfaces({ structures: table }).remarks).toEqual([
      expect.stringMatching(/breaks off at byte 0/),
    ]);
  });

  test("two records, and one handle for both, are told", () => {
    const { findings } = smbiosInterfaces({ structures: structures(record38(), record38()) });
    expect(findings[1]?.notes).toEqual([
      expect.stringMatching(/handle 0x26 stands twice/),
      expect.stringMatching(/one is all there may be/),
    ]);
  });

  test("more records than any machine has are not all read", () => {
    const many = structures(...Array.from({ length: 70 }, () => record38()));
    const { findings, remarks } = smbiosInterfaces({ structures: many });
    expect(findings).toHaveLength(64);
    expect(remarks).toEqual([expect.stringMatching(/more than 64/)]);
  });

  // Goal: no bytes stop the reader. Method: right tables with bytes changed, cut anywhere.
  test("whatever is changed in them, they are read", () => {
    const table = structures(
      record38(),
      record38({ type: 4, base: 0x20n }),
      record38({ length: 16 }),
    );
    const changes = fc.array(fc.tuple(fc.nat(table.length - 1), fc.nat(255)), { maxLength: 8 });
    const property = fc.property(changes, fc.nat(table.length), fc.boolean(), (all, cut, entry) => {
      const bytes = Uint8Array.from(table);
      for (const [at, value] of all) bytes[at] = value;
      const point = entryPoint("_SM_", bytes);
      for (const [at, value] of entry ? all : []) point[at % point.length] = value;
      const read = smbiosInterfaces({ entryPoint: point, structures: bytes.subarray(0, cut) });
      expect(read.findings.length).toBeLessThanOrEqual(64);
      for (const finding of read.findings) expect(placeText(finding)).not.toBe("");
    });
    fc.assert(property, { seed: 38, numRuns: 2_000 });
  });
});
