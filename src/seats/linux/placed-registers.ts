import { type RegisterLocation, registersSpan } from "../../wire/location.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { ConfigSpace } from "./config-space.ts";
import type { PciFunction } from "./transport/pci.ts";

/** No driver of Linux takes it: QEMU's vendor, a device of its range for prototypes, no class. */
const IDENTITY = { vendor: 0x1af4, device: 0x10f1, classCode: 0xff_0000, bar: 0, pin: 0 } as const;
/** The smallest windows that a function has; of memory, a page. @see PCI Local Bus 3.0 §6.2.5.1 */
const WINDOW_BYTES_MIN = { io: 4, mem: 4_096 } as const;
const FLOATING = 0xff;

/** The window of I/O space or memory that the registers lie in, and nothing else of a machine. */
interface Window {
  readonly base: number;
  readonly bytes: number;
}

/** The smallest one that PCI can have there. */
function windowOf(place: RegisterLocation): Window {
  const { at, base } = place;
  const end = base + registersSpan(place);
  let bytes: number = WINDOW_BYTES_MIN[at];
  while (end > base - (base % bytes) + bytes) bytes *= 2;
  return { base: base - (base % bytes), bytes };
}

/** Offsets in the configuration header, and of the BAR the bit that says I/O space. @see PCI Local Bus 3.0 §6.1 */
const Config = { Command: 0x04, Bar0: 0x10, BarIsIo: 0x1 } as const;
const COMMAND = { io: 0x1, mem: 0x2 } as const;

/** What puts the function there, written to its configuration in words of 32 bits. */
export function placingWrites(
  place: RegisterLocation,
): readonly { readonly offset: number; readonly value: number }[] {
  const bar = windowOf(place).base + (place.at === "io" ? Config.BarIsIo : 0);
  return [
    { offset: Config.Bar0, value: bar },
    { offset: Config.Command, value: COMMAND[place.at] },
  ];
}

/**
 * Registers wherever in I/O space or memory somebody looks for them: a PCI function, which the guest itself puts
 * there. Firmware would put it where it likes.
 */
export class PlacedRegisters implements PciFunction {
  readonly bar = IDENTITY.bar;
  readonly pin = IDENTITY.pin;
  readonly barBytes: number;
  readonly #skipped: number;
  readonly #port: RegisterPort;
  readonly #config: ConfigSpace;

  constructor(place: RegisterLocation, port: RegisterPort) {
    const { base, bytes } = windowOf(place);
    this.barBytes = bytes;
    this.#skipped = place.base - base;
    this.#port = port;
    const space = place.at === "io" ? "io" : "memory";
    this.#config = new ConfigSpace({ ...IDENTITY, space, barBytes: bytes });
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
