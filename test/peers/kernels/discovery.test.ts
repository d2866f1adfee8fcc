import { expect, test } from "vitest";
import { discover } from "../../../src/host/discovery/discover.ts";
import { type Finding, SOURCES } from "../../../src/host/discovery/finding.ts";
import { placeText } from "../../../src/host/discovery/weigh.ts";
import { locationText } from "../../../src/wire/location.ts";
import { spmi } from "../../host/discovery/acpi-tables.ts";
import { record38 } from "../../host/discovery/tables.ts";
import { runDescribedGuest } from "./described-guest.ts";
import { kernelFor } from "./kernel.ts";
import type { Stage } from "./staged-guest.ts";

const behind = (id: string, device: string) => [
  ...["-device", `ipmi-bmc-sim,id=${id}`, "-device", `${device},bmc=${id}`],
];

/** QEMU's own, which it describes in ACPI, and on the PCI bus. */
const DEVICES = [
  ...behind("a", "isa-ipmi-kcs,ioport=0xca2,irq=5"),
  ...behind("b", "isa-ipmi-bt,ioport=0xe4,irq=5"),
  ...behind("c", "pci-ipmi-kcs"),
  ...behind("d", "smbus-ipmi,address=0x10"),
];

/** The kinds of records that machines have. QEMU leaves its own away where there are others. */
const RECORDS = [
  record38({ handle: 0x100, type: 0, base: 0n, modifier: 0xc0, version: 0, slave: 0 }),
  record38({ handle: 0x101, base: 0n }),
  // As QEMU would have it: one handle for all, and an interrupt without the bit that says so.
  record38({ handle: 0x3000, base: 0xca3n, modifier: 1, interrupt: 5 }),
  record38({ handle: 0x3000, type: 3, base: 0xe5n, modifier: 1, interrupt: 5 }),
  record38({ handle: 0x102, base: 0xcf2n }),
  record38({ handle: 0x103, length: 16, base: 0xca4n }),
  record38({ handle: 0x104, base: 0xca9n, modifier: 0x4a, interrupt: 10 }),
  record38({ handle: 0x105, base: 0xcc1n }),
  record38({ handle: 0x106, type: 4, base: 0x20n }),
  record38({ handle: 0x107, type: 3, base: 0xe7n, modifier: 0x10 }),
  record38({ handle: 0x108, type: 2, base: 0xca9n, modifier: 0x10 }),
  record38({ handle: 0x109, base: 0xcb3n, modifier: 0x40 }),
  record38({ handle: 0x10a, base: 0xd01n, modifier: 0xc0 }),
  record38({ handle: 0x10b, base: 0xd11n, modifier: 0x80 }),
  record38({ handle: 0x10c, base: 0x3_0d21n }),
  record38({ handle: 0x10d, type: 0, base: 0xca2n }),
  record38({ handle: 0x10e, base: 0xfeb8_0000n, modifier: 0x40 }),
  record38({ handle: 0x10f, base: 0xd41n, slave: 0 }),
];

/** Module parameters of one load of the driver, and what is done afterwards. */
const load = (parameters: string) =>
  `rmmod ipmi_si; insmod /modules/ipmi_si.ko ${parameters}; told ${parameters}`;
const HOTMOD = "add,bt,i/o,0xe4:add,kcs,i/o,0xd70,rsp=4,rsi=1";
const STAGES = {
  before: "",
  firmware: load(""),
  beside: load("type=kcs ports=0xca2 trydmi=0"),
  ordered: load("type=kcs,smic ports=0xca2,0xd60 regspacings=1,4 tryacpi=0 trydmi=0 trypci=0"),
  invalid: load("type=invalid ports=0xe4 trydmi=0 trypci=0"),
  pci: load("tryacpi=0 trydmi=0"),
  hotmod: `echo ${HOTMOD} > /sys/module/ipmi_si/parameters/hotmod; told hotmod=${HOTMOD}`,
  bus: `rmmod ipmi_si; told; for each in i2c_smbus i2c_i801 ipmi_ssif; do insmod /modules/$each.ko; done; sleep 3`,
};

const WORDS = {
  SMBIOS: "smbios",
  ACPI: "acpi",
  PCI: "pci",
  hardcoded: "parameters",
  hotmod: "parameters",
} as const;
const MADE =
  /(SMBIOS|hardcoded|hotmod|IPI0001:\w+: ipmi_platform|0000:\S+): \[?(io|mem) +0x(\w+)(?:-0x\w+\])? regsize (\d+) spacing (\d+) irq (\d+)/;
const ADDING = /Adding (\w+)-specified (\w+) state machine/;
const TRYING_BUS = /Trying (\w+)-specified SSIF interface at i2c address (0x\w+)/;

/** What the kernel's drivers made of each description, as `source location interrupt`. */
function made({ said }: Stage): readonly string[] {
  return said.flatMap((line, index) => {
    const [, source = "", address] = TRYING_BUS.exec(line) ?? [];
    if (address !== undefined) return [`${word(source)} ssif at ${address}`];
    const [, , at, base, , spacing, interrupt] = MADE.exec(line) ?? [];
    // Between the two it may tell that one description gives way to another.
    const [, by = "", kind] = ADDING.exec(said.slice(index + 1, index + 3).join("\n")) ?? [];
    if (base === undefined || kind === undefined) return [];
    const far = spacing === "1" ? "" : `/${spacing}`;
    const place = `${kind}:${at}:0x${Number.parseInt(base, 16).toString(16)}${far}`;
    return [`${word(by)} ${place}${interrupt === "0" ? "" : ` interrupt ${interrupt}`}`];
  });
}

function word(source: string): string {
  return WORDS[source as keyof typeof WORDS];
}

/** What we make of the same tables, without what the kernel itself tells. */
function blind(stage: Stage): readonly Finding[] {
  const { answers } = discover({ ...stage.tables, kernel: [] });
  return answers.map(({ finding }) => finding).filter(({ unusable }) => unusable === undefined);
}

function ours(stage: Stage, ...sources: readonly Finding["source"][]): readonly string[] {
  return blind(stage)
    .filter(({ source }) => sources.includes(source))
    .map((finding) => {
      const { source, interrupt, busAddress } = finding;
      if (busAddress !== undefined) return `${source} ssif at 0x${busAddress.toString(16)}`;
      const tail = interrupt === undefined ? "" : ` interrupt ${interrupt}`;
      return `${source} ${placeText({ ...finding, ...behindBar(finding) })}${tail}`;
    });
}

/** A PCI function's registers by where they lie now. */
function behindBar({ kind, bar }: Finding): Partial<Finding> {
  if (bar === undefined || kind === undefined || kind === "ssif") return {};
  return { location: { at: bar.at, kind, base: bar.base, spacing: 1, width: 8 } };
}

/** What the kernel's driver has brought up. */
function used({ tables }: Stage): readonly string[] {
  return discover({ ...tables, acpiTables: [], smbios: {}, pci: [], parameters: [] })
    .answers.filter(({ finding }) => finding.source === "kernel")
    .map(({ finding }) => (finding.location === undefined ? "?" : locationText(finding.location)));
}

/** What drivers make otherwise of the same words, and why. The page on discovery says so. */
const OTHERWISE: Readonly<Record<string, string>> = {
  // An interrupt's number counts for Linux without the bit that says that there is one.
  "smbios kcs:io:0xca2": "smbios kcs:io:0xca2 interrupt 5",
  "smbios bt:io:0xe4": "smbios bt:io:0xe4 interrupt 5",
  // Memory below 64 KiB is memory for Linux, which then cannot use it.
  "smbios kcs:io:0xcf2": "smbios kcs:mem:0xcf2",
  // A function's interrupt is the bus's affair, not the interface's.
  "pci kcs:io:0xc060": "pci kcs:io:0xc060 interrupt 21",
};

/** What the drivers of registers make of what we found. */
function asLinux(findings: readonly string[]): readonly string[] {
  return findings
    .filter((each) => !each.includes("ssif"))
    .map((each) => OTHERWISE[each] ?? each)
    .sort();
}

// Goal: what is made of a machine's tables is what unmodified kernels make of them, but for what the page
// on discovery says. Method: every kind of description in one guest, its tables copied out as that page
// says; each driver's own account of each of them, and what it took in the end, against ours.
test.each(["6.1", "7.2"])("Linux %s and we find the same in the same tables", async (version) => {
  const staged = await runDescribedGuest({
    kernel: await kernelFor(version, "ssif"),
    devices: DEVICES,
    records: RECORDS,
    acpiTables: [spmi(1, 1, 0xcaa)],
    stages: STAGES,
  });
  const at = (name: keyof typeof STAGES): Stage => staged(name);
  const described = ours(at("before"), "smbios", "acpi", "pci");
  expect(described).toEqual(expect.arrayContaining(Object.keys(OTHERWISE)));
  expect([...made(at("firmware"))].sort()).toEqual(asLinux(described));
  expect(ours(at("before"), "spmi")).toEqual(["spmi kcs:io:0xcaa"]);
  expect(made(at("bus"))).toEqual(["acpi ssif at 0x10"]);
  expect(described).toContain("acpi ssif at 0x10");

  // What each kernel took: of the first source in which something answered with an interrupt.
  const newer = version === "7.2";
  const all = ["bt:io:0xe4", "kcs:io:0xca2"];
  expect(used(at("firmware"))).toEqual(newer ? [...all, "kcs:io:0xc060"] : all);
  expect(ours(at("firmware"), "acpi")[0]).toBe("acpi bt:io:0xe4 interrupt 5");
  expect(used(at("beside"))).toContain("bt:io:0xe4");
  expect(used(at("beside")).includes("kcs:io:0xca2")).toBe(newer);
  expect(ours(at("beside"), ...SOURCES)[0]).toBe("parameters kcs:io:0xca2");

  // What a user ordered. Linux 6.1 reads the spacings, and does not use them.
  expect(ours(at("ordered"), "parameters")).toEqual([
    ...["parameters kcs:io:0xca2", "parameters smic:io:0xd60/4"],
  ]);
  expect(made(at("ordered"))).toEqual([
    ...["parameters kcs:io:0xca2", `parameters smic:io:0xd60${newer ? "/4" : ""}`],
  ]);
  expect(used(at("ordered"))).toEqual(["kcs:io:0xca2"]);
  expect(ours(at("invalid"), ...SOURCES)).not.toContain("acpi bt:io:0xe4 interrupt 5");
  expect(ours(at("invalid"), "acpi")[0]).toBe("acpi kcs:io:0xca2 interrupt 5");
  expect(used(at("invalid"))).toEqual(["kcs:io:0xca2"]);
  expect(ours(at("pci"), ...SOURCES)[0]).toBe("pci kcs:io:0xc060");
  expect(used(at("pci"))).toEqual(["kcs:io:0xc060"]);
  expect(ours(at("hotmod"), "parameters")).toEqual(made(at("hotmod")));
  expect(used(at("hotmod"))).toEqual(["kcs:io:0xc060", "bt:io:0xe4"]);

  // What the kernel tells of itself comes first with us, and its registers are held.
  const { answers } = discover(at("firmware").tables);
  expect(answers[0]).toMatchObject({ chosen: true, finding: { device: "/dev/ipmi0", kind: "bt" } });
  expect(answers[0]?.holders).toEqual(expect.arrayContaining(["IPI0001:00", "ipmi_si"]));
  const [onBus] = discover(at("bus").tables).answers.filter(({ finding }) => {
    return finding.source === "kernel";
  });
  expect(onBus).toMatchObject({ finding: { device: "/dev/ipmi0", kind: "ssif" } });
});
