import type { InterfaceKind } from "../../wire/interface.ts";
import type { Location } from "../../wire/location.ts";

/**
 * Who says that an interface is there, in the order in which they count: what the kernel has bound
 * to, what a user ordered, plug and play, tables, and last the addresses that everybody knows.
 * @see IPMI 1.5 §6.10a
 */
export const SOURCES = [
  "kernel",
  "parameters",
  "pci",
  "acpi",
  "device-tree",
  "spmi",
  "smbios",
] as const;

/** Who says that an interface is there. */
export type Source = (typeof SOURCES)[number];

/** What one record, table, device or line says of an interface. */
export interface Finding {
  readonly source: Source;
  /** Which record, device or line, for a reader. */
  readonly where: string;
  /** The kernel's own, `/dev/ipmi0`. */
  readonly device?: string;
  readonly kind: InterfaceKind | undefined;
  /** Undefined when it cannot be told, or when there is none. */
  readonly location: Location | undefined;
  /** The BMC's address on a bus that the source does not name; of 7 bits. */
  readonly busAddress?: number;
  /** Of a function's BAR 0: where the registers of a `pci` location lie. */
  readonly bar?: { readonly at: "io" | "mem"; readonly base: number; readonly length: number };
  /** Major and minor of the specification, as the source claims. */
  readonly version?: string;
  readonly interrupt?: number;
  /** The BMC's address on IPMB, of 8 bits, where it is not 20h. */
  readonly ipmb?: number;
  /** What is odd, unusual or assumed, a sentence each. */
  readonly notes: readonly string[];
  /** Why no driver can use it as it stands. */
  readonly unusable?: string;
}

/** A number as findings print it. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
