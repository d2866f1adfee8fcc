import type { RegisterPort } from "./registers/port.ts";
import type { SmbusPort } from "./smbus/port.ts";

export { INTERFACES, type InterfaceKind } from "../trace/head.ts";

/** How far apart a block's registers may lie, in bytes. @see IPMI 2.0 Appendix C1-1 */
export type RegisterSpacing = 1 | 4 | 16;

/** A register block as its driver finds it: register `i` is at offset `i * spacing`. */
export interface RegisterWire {
  readonly kind: "kcs" | "smic" | "bt";
  readonly port: RegisterPort;
  readonly spacing: RegisterSpacing;
}

/** A bus as its driver finds it, and the BMC's 7-bit address there. */
export interface BusWire {
  readonly kind: "ssif";
  readonly bus: SmbusPort;
  readonly address: number;
}

/** What a host's driver is given to reach its BMC. */
export type HostWire = RegisterWire | BusWire;
