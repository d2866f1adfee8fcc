import { type Discovery, discover } from "../../host/discovery/discover.ts";
import type { Finding } from "../../host/discovery/finding.ts";
import { placeText } from "../../host/discovery/weigh.ts";
import type { Scenario } from "../../scenario/schema.ts";
import {
  type HostWire,
  type InterfaceKind,
  type InterfaceOn,
  isRegisterSpacing,
  onSystemInterface,
  type RegisterWire,
} from "../../wire/interface.ts";
import { REGISTER_LAYOUTS } from "../../wire/registers/layouts.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";

/** What a match's host was told of its interface. */
export interface Discovered {
  /** What the host comes up on; undefined when nothing that it can use is described. */
  readonly wire: HostWire | undefined;
  /** What it chose, or why it chose nothing: a sentence each. */
  readonly remarks: readonly string[];
}

type Described = NonNullable<NonNullable<Scenario["host"]>["discover"]>;

/** Where a lab's machine has its registers unless the scenario says otherwise. @see IPMI 2.0 §9.5, §10.6, §11.3 */
export const USUAL_BASE: Readonly<Record<InterfaceOn<"registers">, number>> = {
  kcs: 0xca2,
  smic: 0xca9,
  bt: 0xe4,
};
/** What a read gives where nothing drives the bus, which is what every read beside our registers is. */
const FLOATING = 0xff;
/** Two zero bytes end a structure that has no strings. @see SMBIOS 3.0 §6.1.3 */
const NO_STRINGS = Uint8Array.of(0, 0);
/** The structure that ends the table. @see SMBIOS 3.0 §7.46 */
const LAST = Uint8Array.of(127, 4, 0xff, 0xff);

/** The host's end of the wire, by what it was told if the scenario has it know no more than that. */
export function hostWire(wire: HostWire, { host }: Scenario): Discovered {
  if (host?.discover === undefined) return { wire, remarks: [] };
  return discoveredWire(wire, host.discover);
}

/** The end of the wire that a host finds which knows only what its firmware says. */
function discoveredWire(wire: HostWire, described: Described): Discovered {
  const { answers, remarks } = machineSays(described);
  const chosen = answers.find((each) => each.chosen);
  const passed = answers
    .filter((each) => !each.chosen)
    .map(({ finding, why }) => `passed over ${finding.where}: ${why}`);
  if (chosen === undefined) {
    return { wire: undefined, remarks: ["no interface is described", ...passed, ...remarks] };
  }
  const { finding } = chosen;
  const found = `discovered ${placeText(finding)} by ${finding.where}`;
  const notes = finding.notes.length === 0 ? "" : `: ${finding.notes.join("; ")}`;
  return {
    wire: wireAt(wire, finding, described),
    remarks: [`${found}${notes}`, ...passed, ...remarks],
  };
}

function machineSays({ smbios }: Described): Discovery {
  const structures = [...smbios, LAST].flatMap((record) => [...record, ...NO_STRINGS]);
  return discover({
    smbios: { structures: Uint8Array.from(structures) },
    ...{ acpiTables: [], acpiDevices: [], pci: [], deviceTree: [], parameters: [] },
    ...{ kernel: [], busDevices: [], ioports: undefined, iomem: undefined },
  });
}

/** The wire as it is reached where the finding says that it is: at another place nothing answers. */
function wireAt(wire: HostWire, finding: Finding, described: Described): HostWire | undefined {
  return onSystemInterface<HostWire | undefined>(wire, {
    registers: (own) => {
      const { kind, location } = finding;
      if (!isRegisters(kind) || location === undefined || !("spacing" in location))
        return undefined;
      const base = described.base ?? USUAL_BASE[own.kind];
      const shift = location.at === "io" ? location.base - base : Number.POSITIVE_INFINITY;
      const { spacing } = location;
      return isRegisterSpacing(spacing) ? { kind, spacing, port: shifted(own, shift) } : undefined;
    },
    bus: (own) => {
      const isThere = finding.busAddress === SSIF_ADDRESS;
      return finding.kind === "ssif" && isThere ? own : undefined;
    },
  });
}

/** The port of a host that begins to count so far behind the registers. */
function shifted({ kind, port, spacing }: RegisterWire, shift: number): RegisterPort {
  const registers = Object.keys(REGISTER_LAYOUTS[kind].read).length;
  const registerAt = (offset: number) => {
    const at = offset + shift;
    return at >= 0 && at < registers * spacing && at % spacing === 0 ? at : undefined;
  };
  return {
    read: (offset) => {
      const at = registerAt(offset);
      return at === undefined ? FLOATING : port.read(at);
    },
    write: (offset, value) => {
      const at = registerAt(offset);
      if (at !== undefined) port.write(at, value);
    },
  };
}

function isRegisters(kind: InterfaceKind | undefined): kind is InterfaceOn<"registers"> {
  return kind !== undefined && kind !== "ssif";
}
