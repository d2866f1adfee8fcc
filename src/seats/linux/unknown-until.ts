import { ConfigSpace } from "./config-space.ts";
import type { PciFunction } from "./transport/pci.ts";

/** Vendor, device and class that no driver of Linux takes: QEMU's range for prototypes, no class. */
const IDENTITY = { vendor: 0x1af4, device: 0x10f0, classCode: 0xff_0000 } as const;
/** The registers that say what a function is. @see PCI Local Bus 3.0 §6.1 */
const IDENTITY_AT = [0x00, 0x08] as const;
const REGISTER_BYTES = 4;

/**
 * A function that says it is something which no driver knows, until `known` says otherwise. A driver
 * that is part of a kernel would else take the function at once when the kernel finds it, and a
 * guest's agent, which tells the time, comes from the function's own mailbox. The kernel keeps what it
 * once read, so it has to forget the function, and find it again.
 */
export class UnknownUntil implements PciFunction {
  readonly bar: PciFunction["bar"];
  readonly barBytes: number;
  readonly pin: PciFunction["pin"];
  readonly #inner: PciFunction;
  readonly #known: () => boolean;
  readonly #stranger: ConfigSpace;

  constructor(inner: PciFunction, known: () => boolean) {
    const { bar, barBytes, pin } = inner;
    this.bar = bar;
    this.barBytes = barBytes;
    this.pin = pin;
    this.#inner = inner;
    this.#known = known;
    this.#stranger = new ConfigSpace({ ...IDENTITY, bar, barBytes, pin });
  }

  configRead(offset: number, size: number): number {
    const says = IDENTITY_AT.some((at) => offset >= at && offset < at + REGISTER_BYTES);
    if (says && !this.#known()) return this.#stranger.read(offset, size);
    return this.#inner.configRead(offset, size);
  }

  configWrite(offset: number, size: number, value: number): void {
    this.#inner.configWrite(offset, size, value);
  }

  barRead(offset: number, size: number): number {
    return this.#inner.barRead(offset, size);
  }

  barWrite(offset: number, size: number, value: number): void {
    this.#inner.barWrite(offset, size, value);
  }
}
