import type { Duplex } from "node:stream";
import type { TransportKind } from "../../../programs/qemu-probe.ts";

/**
 * A PCI function as QEMU asks for it, whatever the transport: accesses of 1, 2 or 4 bytes to the
 * configuration space and to its one BAR, answered before the call returns.
 */
export interface PciFunction {
  /** The BAR's number, and its size. */
  readonly bar: 0 | 4;
  readonly barBytes: number;
  readonly pin: 0 | 1;
  configRead(offset: number, size: number): number;
  configWrite(offset: number, size: number, value: number): void;
  barRead(offset: number, size: number): number;
  barWrite(offset: number, size: number, value: number): void;
}

/** The properties of a QEMU device, as `-device` and `device_add` take them in JSON. */
export type DeviceProperties = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** A protocol by which QEMU hands the accesses of a guest to another process. */
export interface PciTransport {
  readonly kind: TransportKind;
  /** True when the child inherits one end of a socket pair, which `connect` gets the other of. */
  readonly inherits: boolean;
  /** Makes ready to be connected to. Called before QEMU starts. */
  open(): Promise<void>;
  /** Takes our end of the inherited socket pair. */
  connect(stream: Duplex): void;
  /** The device for QEMU; `inheritedFd` is the child's number of its end of the socket pair. */
  device(inheritedFd: number): DeviceProperties;
  /** Ends the conversation; harmless when repeated. */
  close(): void;
}

/** Takes the bytes of one direction in any pieces, and says the bytes of the other. */
export interface PciProtocol {
  receive(bytes: Uint8Array): void;
}

/** Reads `size` bytes at `offset` as a little-endian number. */
export function readLittleEndian(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let at = size - 1; at >= 0; at--) value = value * 0x100 + (bytes[offset + at] ?? 0);
  return value;
}

/** Writes the low `size` bytes of `value` at `offset`, little-endian. */
export function writeLittleEndian(
  bytes: Uint8Array,
  offset: number,
  size: number,
  value: number,
): void {
  for (let at = 0; at < size; at++) bytes[offset + at] = Math.floor(value / 0x100 ** at) & 0xff;
}
