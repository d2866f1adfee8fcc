import type { HostRegister } from "../../trace/events.ts";

/**
 * What one protocol says of its register block to all that is the same for every block: faults,
 * taps, and whoever lays a block out. Registers are told by number: register `i` lies
 * `i * spacing` from the block's base.
 */
export interface RegisterLayout {
  /** What the host reads, by the trace's words. */
  readonly read: RegisterNumbers;
  /** What the host writes, by the trace's words. */
  readonly written: RegisterNumbers;
  /** The register through which the bytes of messages go. */
  readonly data: number;
  readonly busy: BusyFlag;
  readonly begins: TransferBegin;
}

type RegisterNumbers = Readonly<Partial<Record<HostRegister, number>>>;

/** The flag by which the BMC says that it has not taken the host's write yet. */
interface BusyFlag {
  readonly register: number;
  readonly flag: number;
  /** The writes after which it stands. */
  readonly after: "any write" | RegisterBits;
}

/** By which write a host begins a transfer. */
type TransferBegin =
  /** By this code in this register. */
  | { readonly by: "code"; readonly register: number; readonly code: number }
  /** By the first byte in this register: the first of all, and after a write with such bits. */
  | { readonly by: "first byte"; readonly register: number; readonly after: RegisterBits };

/** Any of these bits in a register. */
interface RegisterBits {
  readonly register: number;
  readonly bits: number;
}

/** Whether a write to `register` has any of the bits that `wanted` names there. */
export function hasBits(wanted: RegisterBits, register: number, value: number): boolean {
  return register === wanted.register && (value & wanted.bits) !== 0;
}
