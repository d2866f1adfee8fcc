import { type Finding, hex } from "./finding.ts";
import { registerFinding } from "./parameters.ts";

/** A node of a device tree, and those of its properties that discovery asks for. */
export interface DeviceNode {
  /** `/soc/ipmi@3f8`; the root is empty. */
  readonly path: string;
  readonly properties: ReadonlyMap<string, Uint8Array>;
}

/** What a reader of nodes has to give. */
export const NODE_PROPERTIES: readonly string[] = [
  ...["compatible", "device_type", "reg", "ranges", "#address-cells", "#size-cells", "interrupts"],
  ...["reg-size", "reg-spacing", "reg-shift", "status"],
];

const KINDS = { "ipmi-kcs": "kcs", "ipmi-smic": "smic", "ipmi-bt": "bt" } as const;
/** What stands in the tree of a BMC: its own side of the registers. */
const OF_A_BMC = /kcs-bmc|ibt-bmc|^ssif-bmc$/;
const OPAL = "ibm,opal-ipmi";
const CELLS = { address: 2, size: 1 } as const;
const CELLS_MAX = 4;
const DEPTH_MAX = 32;
const RANGES_MAX = 256;

/** The nodes that describe an interface. */
export function deviceTreeInterfaces(nodes: readonly DeviceNode[]): readonly Finding[] {
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  return nodes.flatMap((node): readonly Finding[] => {
    const compatible = textsOf(node, "compatible");
    const kind = compatible.map((each) => kindOf(each)).find((each) => each !== undefined);
    const where = `device tree ${node.path}`;
    if (kind !== undefined) return [nodeFinding(node, kind, where, byPath)];
    const about = {
      source: "device-tree",
      where,
      kind: undefined,
      location: undefined,
      notes: [],
    } as const;
    if (compatible.includes(OPAL)) {
      return [
        { ...about, unusable: "messages go through calls of the firmware (OPAL): no registers" },
      ];
    }
    return compatible.some((each) => OF_A_BMC.test(each))
      ? [{ ...about, unusable: "it is the BMC's own side: this tree is a BMC's" }]
      : [];
  });
}

function kindOf(compatible: string): "kcs" | "smic" | "bt" | undefined {
  return Object.entries(KINDS).find(([name]) => name === compatible)?.[1];
}

function nodeFinding(
  node: DeviceNode,
  kind: "kcs" | "smic" | "bt",
  where: string,
  byPath: ReadonlyMap<string, DeviceNode>,
): Finding {
  const about = { source: "device-tree", where, kind } as const;
  const status = textsOf(node, "status")[0] ?? "okay";
  if (status !== "okay" && status !== "ok") {
    return {
      ...about,
      location: undefined,
      notes: [],
      unusable: `its status is ${status.slice(0, 40)}`,
    };
  }
  const place = placeOf(node, byPath);
  if (typeof place === "string")
    return { ...about, location: undefined, notes: [], unusable: place };
  const number = (name: string, otherwise: number) => numberOf(node, name) ?? otherwise;
  const finding = registerFinding({
    about,
    ...place,
    size: number("reg-size", 1),
    spacing: number("reg-spacing", 1),
    shift: number("reg-shift", 0),
    // What its number means is the interrupt controller's affair.
    interrupt: 0,
    ipmb: 0,
  });
  const typed = textsOf(node, "device_type").includes("ipmi");
  const notes = typed ? [] : ["its device_type is not ipmi: Linux passes it over"];
  return { ...finding, notes: [...finding.notes, ...notes] };
}

type Place = { readonly at: "io" | "mem"; readonly base: number };

/** The address as the processor has it, through all buses above; a text when there is none. */
function placeOf(node: DeviceNode, byPath: ReadonlyMap<string, DeviceNode>): Place | string {
  const reg = node.properties.get("reg");
  let parent = byPath.get(parentOf(node.path));
  let cells = cellsOf(parent);
  if (reg === undefined || parent === undefined) return "it has no reg";
  const first = bigOf(reg, 0, cells.address);
  if (first === undefined) return "its reg is too short";
  if (isIsa(parent) && cells.address === 2 && (first >> 32n) & 1n) {
    return { at: "io", base: Number(first & 0xffff_ffffn) };
  }
  let address = first;
  for (let depth = 0; depth < DEPTH_MAX && parent.path !== ""; depth += 1) {
    const above = byPath.get(parentOf(parent.path));
    if (above === undefined) return `${parent.path} has no bus above it`;
    const outer = cellsOf(above);
    const translated = translate(address, parent, cells, outer);
    if (translated === undefined) return `${hex(address)} is an address of ${parent.path} alone`;
    address = translated;
    parent = above;
    cells = outer;
  }
  return { at: "mem", base: Number(address) };
}

type Cells = { readonly address: number; readonly size: number };

function translate(
  address: bigint,
  bus: DeviceNode,
  inner: Cells,
  outer: Cells,
): bigint | undefined {
  const ranges = bus.properties.get("ranges");
  if (ranges === undefined || ranges.length === 0)
    return ranges === undefined ? undefined : address;
  const step = (inner.address + outer.address + inner.size) * 4;
  for (let index = 0; index < RANGES_MAX && step > 0; index += 1) {
    const from = bigOf(ranges, index * step, inner.address);
    const to = bigOf(ranges, index * step + inner.address * 4, outer.address);
    const size = bigOf(ranges, index * step + (inner.address + outer.address) * 4, inner.size);
    if (from === undefined || to === undefined || size === undefined) return undefined;
    if (address >= from && address < from + size) return address - from + to;
  }
  return undefined;
}

/** By its name, which is what Linux goes by, or by what it says that it is. */
function isIsa(node: DeviceNode): boolean {
  if (/\/isa(@[^/]*)?$/.test(node.path)) return true;
  return [...textsOf(node, "compatible"), ...textsOf(node, "device_type")].some((each) =>
    /isa|lpc/.test(each),
  );
}

function cellsOf(node: DeviceNode | undefined): Cells {
  const cells = (name: string, otherwise: number) => {
    return Math.min((node && numberOf(node, name)) ?? otherwise, CELLS_MAX);
  };
  return {
    address: cells("#address-cells", CELLS.address),
    size: cells("#size-cells", CELLS.size),
  };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

function numberOf(node: DeviceNode, name: string): number | undefined {
  const bytes = node.properties.get(name);
  const value = bytes === undefined ? undefined : bigOf(bytes, 0, 1);
  return value === undefined ? undefined : Number(value);
}

/** So many cells of 32 bits, the highest first; undefined when they are not there. */
function bigOf(bytes: Uint8Array, at: number, cells: number): bigint | undefined {
  if (at + cells * 4 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let value = 0n;
  for (let index = 0; index < cells; index += 1) {
    value = (value << 32n) | BigInt(view.getUint32(at + index * 4));
  }
  return value;
}

function textsOf(node: DeviceNode, name: string): readonly string[] {
  const bytes = node.properties.get(name) ?? new Uint8Array();
  const text = Array.from(bytes.subarray(0, 512), (byte) => String.fromCharCode(byte)).join("");
  return text.split("\0").filter((each) => each !== "");
}
