import type { InterfaceKind } from "../../wire/interface.ts";
import {
  ACCESS_WIDTHS,
  misplaced,
  type RegisterLocation,
  SMBUS_ADDRESSES,
} from "../../wire/location.ts";
import { type Finding, hex, type Source } from "./finding.ts";

/** Parameters of a driver's module, and where they stand. */
export interface ModuleParameters {
  readonly where: string;
  readonly module: "ipmi_si" | "ipmi_ssif";
  readonly values: ReadonlyMap<string, string>;
}

/** What a user ordered of the drivers. */
export interface Orders {
  readonly findings: readonly Finding[];
  /** Addresses at which nothing is to be used, as `io:0xca2`. */
  readonly disabled: readonly string[];
  /** Sources that the driver is told not to look at, and by which parameter. */
  readonly off: ReadonlyMap<Source, string>;
}

/** The driver takes no more of each list. */
const ENTRIES_MAX = 4;
const OPERATIONS_MAX = 64;
const WORDS_MAX = 4_096;
const OWN_ADDRESS = 0x20;
const TRIES: Readonly<Record<string, Source>> = {
  tryacpi: "acpi",
  trydmi: "smbios",
  trypci: "pci",
  tryopenfirmware: "device-tree",
};

/** Reads what modules were told, by lists or by `hotmod`. */
export function ordersOf(all: readonly ModuleParameters[]): Orders {
  const findings: Finding[] = [];
  const disabled: string[] = [];
  const off = new Map<Source, string>();
  for (const parameters of all) {
    const { module, values, where } = parameters;
    if (module === "ipmi_ssif") {
      findings.push(...busEntries(parameters));
      continue;
    }
    for (const [name, source] of Object.entries(TRIES)) {
      if (/^[0nN]/.test(values.get(name) ?? "")) off.set(source, `${where} has ${name} off`);
    }
    findings.push(...registerEntries(parameters, disabled));
    const hotmod = (values.get("hotmod") ?? "").slice(0, WORDS_MAX).trim();
    for (const operation of hotmod === "" ? [] : hotmod.split(":", OPERATIONS_MAX)) {
      findings.push(...operated(operation, where, disabled));
    }
  }
  return { findings, disabled, off };
}

/** An interface in the words of `hotmod`, which the driver's attribute `params` has, too. */
export function lineFinding(line: string, source: Source, where: string): Finding {
  const [kind = "", space = "", address = "", ...options] = line.trim().split(",", 16);
  const known = REGISTER_KINDS.find((each) => each === kind);
  const at = SPACES[space];
  if (known === undefined || at === undefined) {
    const unusable = `${line.trim().slice(0, 60)} is no kcs, smic or bt at i/o or mem`;
    return { source, where, kind: undefined, location: undefined, notes: [], unusable };
  }
  const option = (name: string) => options.find((each) => each.startsWith(`${name}=`))?.slice(4);
  const size = numberIn(option("rsi"), 1);
  return registerFinding({
    about: { source, where, kind: known },
    at,
    base: numberIn(address, 0),
    size,
    spacing: numberIn(option("rsp"), size),
    shift: numberIn(option("rsh"), 0),
    interrupt: numberIn(option("irq"), 0),
    ipmb: numberIn(options.find((each) => each.startsWith("ipmb="))?.slice(5), OWN_ADDRESS),
  });
}

const REGISTER_KINDS = ["kcs", "smic", "bt"] as const;
const SPACES: Readonly<Record<string, "io" | "mem">> = { "i/o": "io", mem: "mem" };

interface Registers {
  readonly about: Pick<Finding, "source" | "where"> & { readonly kind: RegisterLocation["kind"] };
  readonly at: "io" | "mem";
  readonly base: number;
  /** Of a register, in bytes. */
  readonly size: number;
  readonly spacing: number;
  /** By how many bits what a register has is shifted up. */
  readonly shift: number;
  readonly interrupt: number;
  readonly ipmb: number;
}

/** What the kernel's own words for registers come to. */
export function registerFinding(registers: Registers): Finding {
  const { about, at, base, size, spacing, shift, interrupt, ipmb } = registers;
  const width = ACCESS_WIDTHS.find((each) => each === size * 8);
  const location = { at, kind: about.kind, base, spacing, width: width ?? 8 };
  const unusable = width === undefined ? `a register of ${size} bytes` : misplaced(location);
  return {
    ...about,
    location: unusable === undefined ? location : undefined,
    notes: shift === 0 ? [] : [`the byte stands ${shift} bits up in each register`],
    ...(interrupt === 0 ? {} : { interrupt }),
    ...(ipmb === OWN_ADDRESS || ipmb === 0 ? {} : { ipmb }),
    ...(unusable === undefined ? {} : { unusable }),
  };
}

function operated(operation: string, where: string, disabled: string[]): readonly Finding[] {
  const line = operation.replace(/^\w*,/, "");
  const finding = lineFinding(line, "parameters", `${where}: hotmod`);
  if (operation.startsWith("add,")) return [finding];
  const { location } = finding;
  const removed = operation.startsWith("remove,") && location !== undefined && "base" in location;
  if (removed) disabled.push(`${location.at}:${hex(location.base)}`);
  return removed
    ? []
    : [{ ...finding, location: undefined, unusable: "hotmod knows add and remove" }];
}

function registerEntries(
  { where, values }: ModuleParameters,
  disabled: string[],
): readonly Finding[] {
  const list = (name: string) =>
    (values.get(name) ?? "").slice(0, WORDS_MAX).split(",", ENTRIES_MAX);
  const types = list("type");
  const numbers = (name: string) => list(name).map((each) => numberIn(each, 0));
  const [ports, addresses] = [numbers("ports"), numbers("addrs")];
  const [spacings, sizes, shifts] = [
    numbers("regspacings"),
    numbers("regsizes"),
    numbers("regshifts"),
  ];
  const [interrupts, slaves] = [numbers("irqs"), numbers("slave_addrs")];
  const findings: Finding[] = [];
  for (let index = 0; index < ENTRIES_MAX; index += 1) {
    const port = ports[index] ?? 0;
    const base = port === 0 ? (addresses[index] ?? 0) : port;
    if (base === 0) continue;
    const at = port === 0 ? "mem" : "io";
    const type = types[index]?.trim() || "kcs";
    const kind = REGISTER_KINDS.find((each) => each === type);
    if (type === "invalid") disabled.push(`${at}:${hex(base)}`);
    else if (kind === undefined) findings.push(unknownType(where, type));
    else {
      findings.push(
        registerFinding({
          about: { source: "parameters", where, kind },
          at,
          base,
          size: sizes[index] || 1,
          spacing: spacings[index] || sizes[index] || 1,
          shift: shifts[index] ?? 0,
          interrupt: interrupts[index] ?? 0,
          ipmb: slaves[index] || OWN_ADDRESS,
        }),
      );
    }
  }
  return findings;
}

function unknownType(where: string, type: string): Finding {
  const unusable = `type=${type.slice(0, 40)}: kcs, smic, bt or invalid is right`;
  return { source: "parameters", where, kind: undefined, location: undefined, notes: [], unusable };
}

function busEntries({ where, values }: ModuleParameters): readonly Finding[] {
  const { least, most } = SMBUS_ADDRESSES;
  const kind: InterfaceKind = "ssif";
  return (values.get("addr") ?? "")
    .slice(0, WORDS_MAX)
    .split(",", ENTRIES_MAX)
    .map((each) => numberIn(each, 0))
    .filter((address) => address !== 0)
    .map((busAddress) => {
      const finding = {
        source: "parameters",
        where,
        kind,
        location: undefined,
        notes: [],
      } as const;
      return busAddress >= least && busAddress <= most
        ? { ...finding, busAddress }
        : { ...finding, unusable: `the bus address ${hex(busAddress)}: from 0x8 to 0x77 is right` };
    });
}

/** A number in C's notation; one that is none is 0, which stands for nothing everywhere here. */
function numberIn(text: string | undefined, otherwise: number): number {
  if (text === undefined || text.trim() === "") return otherwise;
  const word = text.trim();
  if (/^0[0-7]+$/.test(word)) return Number.parseInt(word, 8);
  return /^(0x[0-9a-f]{1,13}|\d{1,15})$/i.test(word) ? Number(word) : 0;
}
