import { ConfigSpace } from "../../../seats/linux/config-space.ts";
import type { PciFunction } from "../../../seats/linux/transport/pci.ts";

/** No driver of Linux takes it: QEMU's vendor, a device of its range for prototypes, no class. */
const IDENTITY = { vendor: 0x1af4, device: 0x10f2, classCode: 0xff_0000, bar: 0, pin: 0 } as const;
/** The smallest window of I/O space that a function has. @see PCI Local Bus 3.0 §6.2.5.1 */
const WINDOW_BYTES = 4;

/** What the guest says beside the wire, a byte at a time, wherever in I/O space it is. */
export class Ear implements PciFunction {
  readonly bar = IDENTITY.bar;
  readonly pin = IDENTITY.pin;
  readonly barBytes = WINDOW_BYTES;
  readonly #hear: (byte: number) => void;
  readonly #config = new ConfigSpace({ ...IDENTITY, barBytes: WINDOW_BYTES });

  constructor(hear: (byte: number) => void) {
    this.#hear = hear;
  }

  configRead(offset: number, size: number): number {
    return this.#config.read(offset, size);
  }

  configWrite(offset: number, size: number, value: number): void {
    this.#config.write(offset, size, value);
  }

  barRead(_offset: number, size: number): number {
    return 0x100 ** size - 1;
  }

  barWrite(offset: number, _size: number, value: number): void {
    if (offset === 0) this.#hear(value & 0xff);
  }
}
