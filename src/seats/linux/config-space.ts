import { readLittleEndian, writeLittleEndian } from "./transport/pci.ts";

/** What a PCI function says of itself. @see PCI Local Bus 3.0 §6.1, §6.2 */
export interface PciIdentity {
  readonly vendor: number;
  readonly device: number;
  /** Base class, subclass and programming interface: 3 bytes. */
  readonly classCode: number;
  /** The number of the function's only BAR, its size, and what it is in; I/O space when left out. */
  readonly bar: 0 | 4;
  readonly space?: "io" | "memory";
  readonly barBytes: number;
  readonly pin: 0 | 1;
}

/** Offsets in the configuration header. @see PCI Local Bus 3.0 §6.1 */
const Config = { Command: 0x04, Bar0: 0x10, InterruptLine: 0x3c, InterruptPin: 0x3d } as const;
const CONFIG_BYTES = 0x100;
const BAR_BYTES = 4;
const BAR_IS_IO = 0x1;
/** I/O space, memory space, bus master, interrupt disable: the bits that a driver may set. */
const COMMAND_WRITABLE = 0x0407;

/** The configuration header of a function with one BAR. */
export class ConfigSpace {
  readonly #bytes = new Uint8Array(CONFIG_BYTES);
  readonly #barAt: number;
  readonly #barBytes: number;
  /** What the BAR's lowest bits say. */
  readonly #barKind: number;

  constructor(identity: PciIdentity) {
    this.#barAt = Config.Bar0 + identity.bar * BAR_BYTES;
    this.#barBytes = identity.barBytes;
    this.#barKind = identity.space === "memory" ? 0 : BAR_IS_IO;
    this.set(0x00, 2, identity.vendor);
    this.set(0x02, 2, identity.device);
    this.set(0x09, 3, identity.classCode);
    this.set(this.#barAt, 4, this.#barKind);
    this.set(Config.InterruptPin, 1, identity.pin);
  }

  read(offset: number, size: number): number {
    return readLittleEndian(this.#bytes, offset, size);
  }

  /** As the kernel writes it: what it may not change stays. */
  write(offset: number, size: number, value: number): void {
    if (offset === Config.Command) this.set(offset, 2, value & COMMAND_WRITABLE);
    else if (offset === this.#barAt && size === 4) {
      this.set(offset, 4, ((value & ~(this.#barBytes - 1)) | this.#barKind) >>> 0);
    } else if (offset === Config.InterruptLine) this.set(offset, 1, value & 0xff);
  }

  /** As the device itself sets it. */
  set(offset: number, size: number, value: number): void {
    writeLittleEndian(this.#bytes, offset, size, value);
  }
}
