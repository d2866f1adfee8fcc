import { describe, expect, test } from "vitest";
import { discover } from "../../../src/host/discovery/discover.ts";
import type { PciFunction } from "../../../src/host/discovery/pci.ts";
import { found, machine } from "./machine.ts";
import { joined } from "./tables.ts";

const ioBar = "0x000000000000c010 0x000000000000c017 0x0000000000040101\n0x0 0x0 0x0\n";
const right: PciFunction = {
  slot: "0000:00:02.0",
  class: "0x0c0701\n",
  vendor: "0x1234\n",
  device: "0x0001\n",
  resource: ioBar,
  config: undefined,
};

function config(type: number, bar: number): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, type * 256, true);
  view.setUint32(0x10, bar, true);
  return bytes;
}

describe("a PCI function of class 0C07h", () => {
  test.each<[string, Partial<PciFunction>, string | RegExp]>([
    ["KCS", {}, "kcs:pci:0000:00:02.0"],
    [
      "BT in memory",
      { class: "0x0c0702", resource: "0xfeb00000 0xfeb00fff 0x40200" },
      "bt:pci:0000:00:02.0",
    ],
    [
      "by its configuration alone",
      { class: undefined, resource: undefined, config: config(0x0c0700, 0xc011) },
      "smic:pci:0000:00:02.0",
    ],
    ["an unknown programming interface", { class: "0x0c0705" }, /programming interface is 0x5/],
    ["a BAR that is not set", { resource: "0x0 0x0 0x0" }, /BAR 0 lies is not told/],
    ["a line that is none", { resource: "hello\u001b[2J" }, /BAR 0 lies is not told/],
    ["a BAR of one byte", { resource: "0xc010 0xc010 0x101" }, "its BAR 0 has 1 bytes"],
    ["a name that is no place", { slot: "..\u001b" }, "its name is no place of a function"],
    ["one that has no BMC", { vendor: "0x10ec", device: "0x816c" }, /no BMC behind it/],
  ])("%s", (_, parts, comes) => {
    const [only] = found({ pci: [{ ...right, ...parts }] });
    if (typeof comes === "string") expect(only).toBe(comes);
    else expect(only).toMatch(comes);
  });

  test("is not found in others", () => {
    expect(
      found({
        pci: [
          { ...right, class: "0x060100" },
          { ...right, class: "x" },
        ],
      }),
    ).toEqual([]);
  });

  test("is the same as what another source says of its BAR", () => {
    const kernel = [
      {
        name: "ipmi0",
        device: right.slot,
        params: "kcs,i/o,0xc010,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32\n",
      },
    ];
    const { answers } = discover(machine({ pci: [right], kernel }));
    expect(answers.map(({ why }) => why)).toEqual([
      "its source comes first",
      "the same as by /dev/ipmi0, bound to 0000:00:02.0",
    ]);
  });
});

describe("modules' parameters", () => {
  const si = (values: Readonly<Record<string, string>>) => ({
    parameters: [
      {
        where: "/proc/cmdline",
        module: "ipmi_si",
        values: new Map(Object.entries(values)),
      } as const,
    ],
  });

  test.each<[string, Readonly<Record<string, string>>, readonly (string | RegExp)[]]>([
    ["ports", { ports: "0xca2" }, ["kcs:io:0xca2"]],
    [
      "several lists",
      { type: "kcs,bt", ports: "0xca8,0xe4", regspacings: "4" },
      ["kcs:io:0xca8/4", "bt:io:0xe4"],
    ],
    ["memory, wide", { addrs: "0xfeb00000", regsizes: "4" }, ["kcs:mem:0xfeb00000/4:32"]],
    ["octal", { ports: "06242" }, ["kcs:io:0xca2"]],
    [
      "five are four",
      { ports: "16,32,48,64,80" },
      ["kcs:io:0x10", "kcs:io:0x20", "kcs:io:0x30", "kcs:io:0x40"],
    ],
    ["an unknown type", { type: "x", ports: "0xca2" }, [/kcs, smic, bt or invalid is right/]],
    ["a register of 3 bytes", { ports: "0xca2", regsizes: "3" }, ["a register of 3 bytes"]],
    ["junk", { ports: "junk,,-1,0x", type: "" }, []],
    [
      "hotmod",
      { hotmod: "add,kcs,i/o,0xca8,rsp=4,irq=5:add,bt,mem,0xfeb00000\n" },
      ["kcs:io:0xca8/4", "bt:mem:0xfeb00000"],
    ],
    [
      "hotmod that is none",
      { hotmod: "grow,kcs,i/o,0xca2:add,kcs" },
      [/add and remove/, /no kcs, smic or bt/],
    ],
  ])("%s", (_, values, comes) => {
    const all = found(si(values));
    expect(all).toEqual(
      comes.map((each) => (typeof each === "string" ? each : expect.stringMatching(each))),
    );
  });

  test("take an address away, and a source", () => {
    const pci = [right];
    const { parameters } = si({ type: "invalid", ports: "0xc010", trypci: "N" });
    const [answer] = discover(machine({ pci, parameters })).answers;
    expect(answer?.finding.unusable).toMatch(/a parameter says that nothing is to be used there/);
    expect(answer?.finding.notes.at(-1)).toMatch(/ipmi_si does not look here: .+ has trypci off/);
    expect(found({ pci, ...si({ hotmod: "remove,kcs,i/o,0xc010" }) })).toEqual([
      "a parameter says that nothing is to be used there",
    ]);
  });

  test("of ipmi_ssif name addresses, and sysfs the bus", () => {
    const values = new Map([["addr", "0x10,0x90"]]);
    const parameters = [{ where: "here", module: "ipmi_ssif", values } as const];
    const busDevices = [
      { id: "3-0010", name: "ipmi_ssif" },
      { id: "3-0050", name: "eeprom" },
    ];
    expect(found({ parameters, busDevices })).toEqual([
      "ssif:i2c-3:0x10",
      expect.stringMatching(/0x90/),
    ]);
    const two = [...busDevices, { id: "4-0010", name: "dmi_ssif" }];
    expect(found({ parameters, busDevices: two })[0]).toMatch(/of a bus it does not name/);
  });
});

describe("what the kernel has bound", () => {
  test("is told of registers, of a bus, and not at all", () => {
    const kernel = [
      {
        name: "ipmi0",
        device: "dmi-ipmi-si.0",
        params: "kcs,i/o,0xca8,rsp=4,rsi=1,rsh=0,irq=10,ipmb=32\n",
      },
      { name: "ipmi1", device: "1-0010", params: undefined },
      { name: "ipmi2", device: undefined, params: undefined },
      { name: "ipmi3", device: "i2c-IPI0001:02", params: undefined },
    ];
    expect(found({ kernel })).toEqual([
      "kcs:io:0xca8/4",
      "ssif:i2c-1:0x10",
      "the driver does not tell where it is",
      "the kernel calls it as ACPI does, and does not tell its address",
    ]);
  });
});

describe("a device tree", () => {
  const cells = (...values: readonly number[]) => {
    return Uint8Array.from(
      values.flatMap((value) =>
        [value >>> 24, value >>> 16, value >>> 8, value].map((each) => each & 0xff),
      ),
    );
  };
  const text = (characters: string) => new TextEncoder().encode(`${characters}\0`);
  const node = (path: string, properties: Readonly<Record<string, Uint8Array>>) => {
    return { path, properties: new Map(Object.entries(properties)) };
  };
  const root = node("", { "#address-cells": cells(1), "#size-cells": cells(1) });
  const ipmi = { compatible: text("ipmi-kcs"), device_type: text("ipmi"), reg: cells(0xca2, 2) };

  test.each<[string, readonly ReturnType<typeof node>[], string | RegExp]>([
    ["at the root", [root, node("/ipmi", ipmi)], "kcs:mem:0xca2"],
    [
      "wide",
      [root, node("/ipmi", { ...ipmi, "reg-size": cells(4), "reg-spacing": cells(4) })],
      "kcs:mem:0xca2/4:32",
    ],
    [
      "too close",
      [root, node("/ipmi", { ...ipmi, "reg-size": cells(4) })],
      /at least 4 bytes apart/,
    ],
    [
      "behind a bus that translates",
      [
        root,
        node("/soc", {
          "#address-cells": cells(1),
          "#size-cells": cells(1),
          ranges: cells(0, 0x1000_0000, 0x1_0000),
        }),
        node("/soc/ipmi", ipmi),
      ],
      "kcs:mem:0x10000ca2",
    ],
    [
      "behind a bus that does not",
      [
        root,
        node("/soc", {
          "#address-cells": cells(1),
          "#size-cells": cells(1),
          ranges: new Uint8Array(),
        }),
        node("/soc/ipmi", ipmi),
      ],
      "kcs:mem:0xca2",
    ],
    [
      "on a bus of its own",
      [root, node("/i2c", { "#address-cells": cells(1) }), node("/i2c/ipmi", ipmi)],
      /address of \/i2c alone/,
    ],
    [
      "on an ISA bus",
      [
        root,
        node("/isa", {
          compatible: text("isa"),
          "#address-cells": cells(2),
          "#size-cells": cells(1),
        }),
        node("/isa/ipmi", { ...ipmi, compatible: text("ipmi-bt"), reg: cells(1, 0xe4, 3) }),
      ],
      "bt:io:0xe4",
    ],
    [
      "on an ISA bus that only its name tells",
      [
        root,
        node("/isa@3eff0000", {
          compatible: text("simple-bus"),
          "#address-cells": cells(2),
          "#size-cells": cells(1),
          ranges: cells(1, 0, 0, 0x3eff_0000, 0x1_0000),
        }),
        node("/isa@3eff0000/ipmi", { ...ipmi, reg: cells(1, 0xca2, 2) }),
      ],
      "kcs:io:0xca2",
    ],
    [
      "disabled",
      [root, node("/ipmi", { ...ipmi, status: text("disabled") })],
      "its status is disabled",
    ],
    [
      "a reg that is too short",
      [root, node("/ipmi", { ...ipmi, reg: new Uint8Array(3) })],
      "its reg is too short",
    ],
    ["no reg", [root, node("/ipmi", { compatible: ipmi.compatible })], "it has no reg"],
    ["a bus that is not there", [root, node("/soc/x/ipmi", ipmi)], "it has no reg"],
    ["OPAL", [root, node("/ipmi", { compatible: text("ibm,opal-ipmi") })], /calls of the firmware/],
    [
      "a BMC's own",
      [root, node("/kcs", { compatible: text("aspeed,ast2500-kcs-bmc-v2") })],
      /the BMC's own side/,
    ],
  ])("%s", (_, deviceTree, comes) => {
    const [only, ...more] = found({ deviceTree });
    expect(more).toEqual([]);
    if (typeof comes === "string") expect(only).toBe(comes);
    else expect(only).toMatch(comes);
  });

  test("tells what Linux would not take", () => {
    const untyped = node("/ipmi", {
      ...ipmi,
      device_type: new Uint8Array(),
      "reg-shift": cells(8),
    });
    const [answer] = discover(machine({ deviceTree: [root, untyped] })).answers;
    expect(answer?.finding.notes).toEqual([
      expect.stringMatching(/8 bits up/),
      expect.stringMatching(/Linux passes it over/),
    ]);
  });

  test("says nothing of other nodes", () => {
    expect(
      found({ deviceTree: [root, node("/cpu", { compatible: joined(text("a"), text("b")) })] }),
    ).toEqual([]);
  });
});
