import { beforeAll, expect, test } from "vitest";
import { discover } from "../../../src/host/discovery/discover.ts";
import { placeText } from "../../../src/host/discovery/weigh.ts";
import type { TreeNode } from "../../../src/kernels/device-tree.ts";
import { runTreeGuest, treeNode, unpackArm64 } from "./arm64-guest.ts";
import type { Stage } from "./staged-guest.ts";

beforeAll(unpackArm64);

type Properties = Parameters<typeof treeNode>[1];

function ipmi(name: string, kind: string, properties: Properties): TreeNode {
  return treeNode(name, { compatible: `ipmi-${kind}`, device_type: "ipmi", ...properties });
}

/** A bus whose addresses have one number, and so have their lengths. */
const NARROW: Properties = { "#address-cells": [1], "#size-cells": [1] };
/** A bus of ISA's: the number before the address says whether it is one in I/O space. */
const ISA: Properties = { "#address-cells": [2], "#size-cells": [1] };
/** Where the board has what its PCI bus has in I/O space, and where nothing is: reads give FFh. */
const IO = 0x3eff_0000;
const EMPTY = 0x2000_0000;

const ON_BUS = [
  ipmi("kcs@ca8", "kcs", { reg: [0xca8, 8], "reg-spacing": [4] }),
  ipmi("kcs@1000", "kcs", { reg: [0x1000, 8], "reg-size": [4], "reg-spacing": [4] }),
  ipmi("kcs@1100", "kcs", { reg: [0x1100, 8], "reg-size": [4], "reg-spacing": [16] }),
  ipmi("smic@2000", "smic", { reg: [0x2000, 3], "reg-shift": [8] }),
  ipmi("bt@3000", "bt", { reg: [0x3000, 3], interrupts: [0, 40, 4] }),
  ipmi("kcs@4000", "kcs", { reg: [0x4000, 2], status: "disabled" }),
  // As QEMU has it in the tree of its POWER machines.
  ipmi("bt@5000", "bt", { compatible: "bt\0ipmi-bt", reg: [0x5000, 3], status: "reserved" }),
  ipmi("kcs@7000", "kcs", { reg: [0x7000, 2], "reg-size": [0, 1] }),
  ipmi("kcs@7100", "kcs", { reg: [0x7100, 2], "reg-size": [3] }),
  ipmi("kcs@7200", "kcs", { reg: [0x7200, 2], "reg-spacing": [0, 4] }),
  ipmi("kcs@8000", "kcs", {}),
  ipmi("kcs@9000", "kcs", { reg: [0x9000, 1, 0x9004, 1] }),
  ipmi("kcs@a000", "kcs", { compatible: "acme,kcs\0ipmi-kcs", reg: [0xa000, 2], status: "okay" }),
  treeNode("kcs@e000", { compatible: "aspeed,ast2500-kcs-bmc-v2", reg: [0xe000, 4] }),
  treeNode(
    "bus@20000",
    { compatible: "simple-bus", ...ISA, ranges: [0, 0x10, 0x2_0000, 0x1000] },
    ipmi("kcs@10", "kcs", { reg: [0, 0x20, 2] }),
  ),
  treeNode(
    "bus@30000",
    { compatible: "simple-bus", ...NARROW, ranges: [] },
    ipmi("kcs@30000", "kcs", { reg: [0x3_0000, 2] }),
  ),
  treeNode(
    "bus@40000",
    { compatible: "simple-bus", ...NARROW },
    ipmi("kcs@40000", "kcs", { reg: [0x4_0000, 2] }),
  ),
];
/** What Linux makes otherwise of a node: undefined where it makes nothing. The page on discovery says so. */
const OTHERWISE: Readonly<Record<string, string | undefined>> = {
  // Without its device_type a node is nobody's.
  "kcs:mem:0x20006000": undefined,
  // The bus above it has no driver.
  "kcs:mem:0x20050000": undefined,
  // A bus is of ISA's by its name alone.
  "kcs:io:0xca4": `kcs:mem:0x${(IO + 0xca4).toString(16)}`,
  // Whether it can access registers so Linux asks itself when it tries them.
  "no place for /bus@20000000/kcs@7100": "kcs:mem:0x20007100 of 3 bytes",
};
const ODD = [
  treeNode("kcs@6000", { compatible: "ipmi-kcs", reg: [0x6000, 2] }),
  treeNode(
    "bus@50000",
    { compatible: "acme,bus", ...NARROW, ranges: [] },
    ipmi("kcs@50000", "kcs", { reg: [0x5_0000, 2] }),
  ),
];
const ioBus = (name: string, compatible: string, ...children: readonly TreeNode[]) => {
  return treeNode(name, { compatible, ...ISA, ranges: [1, 0, 0, IO, 0x1_0000] }, ...children);
};
const NODES = [
  treeNode(
    "bus@20000000",
    { compatible: "simple-bus", ...NARROW, ranges: [0, 0, EMPTY, 0x10_0000] },
    ...ON_BUS,
    ...ODD,
  ),
  ioBus("isa@3eff0000", "isa", ipmi("kcs@ica2", "kcs", { reg: [1, 0xca2, 2] })),
  ioBus("isa", "simple-bus", ipmi("bt@ie4", "bt", { reg: [1, 0xe4, 3] })),
  ioBus("lpc@3eff0000", "isa", ipmi("kcs@ica4", "kcs", { reg: [1, 0xca4, 2] })),
];

const MADE = /addr 0x(\w+) regsize (\d+) spacing (\d+) irq/;
const ADDING = /Adding device-tree-specified (\w+) state machine/;
const TRYING = /Trying device-tree-specified (\w+) state machine at (\S+) address (0x\w+),/;

/** What the driver made of each node; and, from what it said when it tried them, in which space. */
function made({ said }: Stage): readonly string[] {
  const spaces = new Map(
    said.flatMap((line) => {
      const [, kind, space, address] = TRYING.exec(line) ?? [];
      return address === undefined
        ? []
        : [[`${kind} ${address}`, space === "i/o" ? "io" : "mem"] as const];
    }),
  );
  return said.flatMap((line, index) => {
    const [, base = "", size, spacing] = MADE.exec(line) ?? [];
    const [, kind] = ADDING.exec(said[index + 1] ?? "") ?? [];
    if (kind === undefined || size === undefined) return [];
    const at = spaces.get(`${kind} 0x${base}`);
    const place = `${kind}:${at}:0x${base}${spacing === "1" ? "" : `/${spacing}`}`;
    return [`${place}${{ 1: "", 4: ":32" }[size] ?? ` of ${size} bytes`}`];
  });
}

// Goal: what is made of a device tree's nodes is what an unmodified kernel makes of them, but for what the page
// on discovery says. Method: a board with every kind of node, its tree copied out as that page says; the driver's
// own account of each node against ours. No BMC answers there: what it takes in the end is not asked.
test("Linux 6.1 on arm64 and we find the same in the same device tree", async () => {
  const stage = (
    await runTreeGuest({
      nodes: NODES,
      stages: { tried: "insmod /modules/ipmi_si.ko dyndbg=+p; sleep 1" },
    })
  )("tried");
  const { answers } = discover(stage.tables);
  const findings = answers.map(({ finding }) => finding);
  expect(new Set(findings.map(({ source }) => source))).toEqual(new Set(["device-tree"]));
  const ours = findings.flatMap(({ location, where, unusable, ...finding }) => {
    if (unusable === undefined) return [placeText({ ...finding, location, where })];
    return /a register of [1-9]/.test(unusable) ? [`no place for ${where.split(" ").at(-1)}`] : [];
  });
  expect(ours).toEqual(expect.arrayContaining(Object.keys(OTHERWISE)));
  const asLinux = ours.flatMap((each) => (each in OTHERWISE ? [OTHERWISE[each]] : [each]));
  const theirs = made(stage);
  expect([...theirs].sort()).toEqual(asLinux.filter((each) => each !== undefined).sort());
  // A kind of each, so that an empty guest does not agree with an empty list.
  expect(theirs).toEqual(
    expect.arrayContaining([
      ...["kcs:mem:0x20000ca8/4", "kcs:mem:0x20001100/16:32", "smic:mem:0x20002000"],
      ...["bt:mem:0x20003000", "kcs:mem:0x20020010", "kcs:io:0xca2", "bt:io:0xe4"],
    ]),
  );
});
