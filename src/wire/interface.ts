import { assert } from "../assert.ts";
import type { TransportKind } from "../trace/head.ts";
import type { OpalPort } from "./opal/port.ts";
import type { RegisterPort } from "./registers/port.ts";
import type { SmbusPort } from "./smbus/port.ts";

export {
  INTERFACES,
  type InterfaceKind,
  TRANSPORTS,
  type TransportKind,
} from "../trace/head.ts";

/**
 * What each interface is spoken on. All that differs by the medium rather than the protocol is
 * looked up here: a `Record<Medium, ...>`, or `onMedium`.
 */
export const MEDIUM = {
  kcs: "registers",
  smic: "registers",
  bt: "registers",
  ssif: "bus",
  opal: "calls",
} as const satisfies Readonly<Record<TransportKind, string>>;

/** What an interface lies on: registers, a bus, or a firmware's calls. */
export type Medium = (typeof MEDIUM)[TransportKind];

/** The interfaces that are spoken on a medium. */
export type InterfaceOn<M extends Medium> = {
  [K in TransportKind]: (typeof MEDIUM)[K] extends M ? K : never;
}[TransportKind];

/** How far apart a block's registers may lie, in bytes. @see IPMI 2.0 Appendix C1-1 */
const REGISTER_SPACINGS = [1, 4, 16] as const;
export type RegisterSpacing = (typeof REGISTER_SPACINGS)[number];

export function isRegisterSpacing(bytes: number): bytes is RegisterSpacing {
  return REGISTER_SPACINGS.some((each) => each === bytes);
}

/** A register block as its driver finds it: register `i` is at offset `i * spacing`. */
export interface RegisterWire {
  readonly kind: InterfaceOn<"registers">;
  readonly port: RegisterPort;
  readonly spacing: RegisterSpacing;
}

/** A bus as its driver finds it, and the BMC's 7-bit address there. */
export interface BusWire {
  readonly kind: InterfaceOn<"bus">;
  readonly bus: SmbusPort;
  readonly address: number;
  /** The controller carries no packet error codes, whatever the BMC can do. @see SMBus 2.0 §5.4 */
  readonly withoutPec?: boolean;
}

/** A firmware's calls as their caller finds them. */
export interface CallWire {
  readonly kind: InterfaceOn<"calls">;
  readonly port: OpalPort;
}

/** Each medium as its driver finds it. */
interface Wires {
  readonly registers: RegisterWire;
  readonly bus: BusWire;
  readonly calls: CallWire;
}

/** What a host's driver is given to reach its BMC. */
export type HostWire = Wires[Medium];
/** The same of a system interface: a machine's own wire, and no firmware's calls. */
export type MachineWire = Exclude<HostWire, CallWire>;

/** Does what the wire's medium asks for. */
export function onMedium<T>(
  wire: HostWire,
  by: { readonly [M in Medium]: (wire: Wires[M]) => T },
): T {
  switch (wire.kind) {
    case "kcs":
    case "smic":
    case "bt":
      return by.registers(wire);
    case "ssif":
      return by.bus(wire);
    case "opal":
      return by.calls(wire);
  }
}

/** The same for whoever has to do with a machine's own wires, and with no firmware's calls. */
export function onSystemInterface<T>(
  wire: HostWire,
  by: { readonly [M in Exclude<Medium, "calls">]: (wire: Wires[M]) => T },
): T {
  assert(wire.kind !== "opal", "the wire is a system interface");
  return wire.kind === "ssif" ? by.bus(wire) : by.registers(wire);
}
