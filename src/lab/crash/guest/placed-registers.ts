import { ConfigSpace } from "../../../seats/linux/config-space.ts";
import type { PciFunction } from "../../../seats/linux/transport/pci.ts";
import { registersSpan } from "../../../wire/location.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";
import type { RegisterPlace } from "./parts.ts";

/** No driver of Linux takes it: QEMU's vendor, a device of its range for prototypes, no class. */
const IDENTITY = { vendor: 0x1af4, classCode: 0xff_0000, bar: 0, pin: 0 } as const;
const DEVICE = { registers: 0x10f1, ear: 0x10f2 } as const;
/** The smallest windows that a function has; of memory, a page. @see PCI Local Bus 3.0 §6.2.5.1 */
const WINDOW_BYTES_MIN = { io: 4, mem: 4_096 } as const;
const FLOATING = 0xff;

/** Where in memory a guest can have registers: behind its own memory, and before the machine's own devices. */
export const DEVICE_MEMORY = { first: 0x2000_0000, end: 0xfec0_0000 } as const;

/** Whether a guest can have registers there: in I/O space anywhere. */
export function hasRegistersAt(place: RegisterPlace): boolean {
  const { first, end } = DEVICE_MEMORY;
  return place.at === "io" || (place.base >= first && place.base + registersSpan(place) <= end);
}

/** The window of I/O space or memory that the registers lie in, and nothing else of a machine. */
export interface Window {
  readonly base: number;
  readonly bytes: number;
}

/** The smallest one that PCI can have there. */
export function windowOf(place: RegisterPlace): Window {
  const { at, base } = place;
  const end = base + registersSpan(place);
  let bytes: number = WINDOW_BYTES_MIN[at];
  while (end > base - (base % bytes) + bytes) bytes *= 2;
  return { base: base - (base % bytes), bytes };
}

/**
 * Registers wherever in I/O space or memory an image wants them: a PCI function, which the guest itself puts
 * there. Firmware would put it where it likes.
 */
export class PlacedRegisters implements PciFunction {
  readonly bar = IDENTITY.bar;
  readonly pin = IDENTITY.pin;
  readonly barBytes: number;
  readonly #skipped: number;
  readonly #port: RegisterPort;
  readonly #config: ConfigSpace;

  constructor(place: RegisterPlace, port: RegisterPort) {
    const { base, bytes } = windowOf(place);
    this.barBytes = bytes;
    this.#skipped = place.base - base;
    this.#port = port;
    const space = place.at === "io" ? "io" : "memory";
    const identity = { ...IDENTITY, device: DEVICE.registers, space } as const;
    this.#config = new ConfigSpace({ ...identity, barBytes: bytes });
  }

  configRead(offset: number, size: number): number {
    return this.#config.read(offset, size);
  }

  configWrite(offset: number, size: number, value: number): void {
    this.#config.write(offset, size, value);
  }

  /** An access wider than a byte reaches byte-wide registers as bytes, lowest address first. */
  barRead(offset: number, size: number): number {
    let value = 0;
    for (let at = 0; at < size; at++) value += this.#read(offset + at) * 0x100 ** at;
    return value;
  }

  barWrite(offset: number, size: number, value: number): void {
    for (let at = 0; at < size; at++) {
      const register = offset + at - this.#skipped;
      if (register >= 0) this.#port.write(register, (value >>> (8 * at)) & 0xff);
    }
  }

  #read(offset: number): number {
    return offset < this.#skipped ? FLOATING : this.#port.read(offset - this.#skipped);
  }
}

/** What the guest says beside the wire, a byte at a time, wherever in I/O space it is. */
export class Ear implements PciFunction {
  readonly bar = IDENTITY.bar;
  readonly pin = IDENTITY.pin;
  readonly barBytes = WINDOW_BYTES_MIN.io;
  readonly #hear: (byte: number) => void;
  readonly #config = new ConfigSpace({
    ...IDENTITY,
    device: DEVICE.ear,
    barBytes: WINDOW_BYTES_MIN.io,
  });

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
