import { isSlot, type RegisterLocation, registersSpan } from "../../wire/location.ts";
import { type Finding, hex } from "./finding.ts";

/** What Linux shows of a PCI function. */
export interface PciFunction {
  /** `0000:00:02.0`. */
  readonly slot: string;
  readonly class: string | undefined;
  readonly vendor: string | undefined;
  readonly device: string | undefined;
  readonly resource: string | undefined;
  readonly config: Uint8Array | undefined;
}

/** By programming interface. @see IPMI 2.0 Appendix C2 */
const KINDS = ["smic", "kcs", "bt"] as const;
const CLASS_IPMI = 0x0c07;
/** A function of that class that has no BMC behind it. */
const NOT_A_BMC: readonly string[] = ["10ec:816c"];
const RESOURCE_LINE = /^(0x[0-9a-f]{1,16}) (0x[0-9a-f]{1,16}) (0x[0-9a-f]{1,16})$/i;
const ResourceFlag = { io: 0x100, memory: 0x200 } as const;

/** The functions of class 0C07h. */
export function pciInterfaces(functions: readonly PciFunction[]): readonly Finding[] {
  return functions.flatMap((each) => {
    const type = classOf(each);
    return type >> 8 === CLASS_IPMI ? [functionFinding(each, type & 0xff)] : [];
  });
}

function classOf({ class: text, config }: PciFunction): number {
  const named = numberIn(text);
  if (named !== undefined) return named;
  if (config === undefined || config.length < 0x0c) return 0;
  return new DataView(config.buffer, config.byteOffset).getUint32(8, true) >>> 8;
}

function functionFinding(pci: PciFunction, programming: number): Finding {
  const { slot } = pci;
  const kind = KINDS[programming];
  const about = {
    source: "pci",
    where: `PCI function ${slot}`,
    kind,
    location: undefined,
  } as const;
  const id = [pci.vendor, pci.device].map((each) => each?.trim().replace(/^0x/, "")).join(":");
  if (!isSlot(slot)) return { ...about, notes: [], unusable: "its name is no place of a function" };
  if (NOT_A_BMC.includes(id)) {
    return { ...about, notes: [], unusable: `${id} has this class, and no BMC behind it` };
  }
  if (kind === undefined) {
    const unusable = `its programming interface is ${hex(programming)}: 0, 1 and 2 are known`;
    return { ...about, notes: [], unusable };
  }
  const bar = barOf(pci);
  if (bar === undefined) {
    return { ...about, notes: [], unusable: "where its BAR 0 lies is not told, or nowhere" };
  }
  const registers: RegisterLocation = { at: bar.at, kind, base: bar.base, spacing: 1, width: 8 };
  if (bar.length < registersSpan(registers)) {
    return { ...about, notes: [], unusable: `its BAR 0 has ${bar.length} bytes` };
  }
  const place = `its registers are at ${bar.at} ${hex(bar.base)} now, ${bar.length} bytes`;
  const apart = "how far apart they lie must be tried out: 1, 4 or 16 bytes";
  return { ...about, location: { at: "pci", kind, slot }, bar, notes: [place, apart] };
}

function barOf({ resource, config }: PciFunction): Finding["bar"] {
  const line = RESOURCE_LINE.exec(resource?.split("\n", 1)[0] ?? "");
  if (line !== null) {
    const [start, end, flags] = line.slice(1).map(Number);
    if (start === undefined || end === undefined || flags === undefined) return undefined;
    const at = (flags & ResourceFlag.io) !== 0 ? "io" : "mem";
    const known = (flags & (ResourceFlag.io | ResourceFlag.memory)) !== 0;
    return known && start > 0 && end >= start && Number.isSafeInteger(end)
      ? { at, base: start, length: end - start + 1 }
      : undefined;
  }
  return config === undefined || config.length < 0x18 ? undefined : barOfConfig(config);
}

/** The configuration says where, and not how long. */
function barOfConfig(config: Uint8Array): Finding["bar"] {
  const view = new DataView(config.buffer, config.byteOffset, config.length);
  const low = view.getUint32(0x10, true);
  const io = (low & 1) !== 0;
  const high = !io && (low & 6) === 4 ? view.getUint32(0x14, true) : 0;
  const base = ((io ? low & ~3 : low & ~15) >>> 0) + high * 2 ** 32;
  return base === 0 ? undefined : { at: io ? "io" : "mem", base, length: LEAST_BAR };
}

/** What a BAR has at least. */
const LEAST_BAR = 4;

function numberIn(text: string | undefined): number | undefined {
  const word = text?.trim() ?? "";
  return /^0x[0-9a-f]{1,8}$/i.test(word) ? Number(word) : undefined;
}
