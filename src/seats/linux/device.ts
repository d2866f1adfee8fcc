import type { RegisterPort } from "../../wire/port.ts";
import type { Mailbox } from "./mailbox.ts";
import { type PciFunction, readLittleEndian, writeLittleEndian } from "./transport/pci.ts";

/** Where things lie in BAR 0: the registers of the system interface, then the mailbox. */
const BAR_BYTES = 64;
const MAILBOX_OFFSET = 0x20;

/** The identity of the function: QEMU's vendor, a device number of its range for prototypes. */
const VENDOR = 0x1af4;
const DEVICE = 0x10f0;
/** Serial bus controller, IPMI, KCS. @see IPMI 2.0 Appendix C1-3, PCI class codes */
const CLASS_IPMI_KCS = 0x0c_0701;

/** Offsets in the configuration header. @see PCI Local Bus 3.0 §6.1 */
const Config = { Command: 0x04, Bar0: 0x10, InterruptLine: 0x3c, InterruptPin: 0x3d } as const;
const CONFIG_BYTES = 0x100;
const BAR_IS_IO = 0x1;
/** I/O space, memory space, bus master, interrupt disable: the bits that a driver may set. */
const COMMAND_WRITABLE = 0x0407;

/**
 * The PCI function which `ipmi_si` finds by its class: BAR 0 is I/O space with the KCS registers,
 * byte for byte what `port` says, and the mailbox of the guest's agent behind them.
 */
export class IpmiFunction implements PciFunction {
  readonly barBytes = BAR_BYTES;
  readonly pin: 0 | 1;
  readonly #port: RegisterPort;
  readonly #mailbox: Mailbox;
  readonly #config = new Uint8Array(CONFIG_BYTES);

  constructor(port: RegisterPort, mailbox: Mailbox, pin: 0 | 1) {
    this.#port = port;
    this.#mailbox = mailbox;
    this.pin = pin;
    writeLittleEndian(this.#config, 0x00, 2, VENDOR);
    writeLittleEndian(this.#config, 0x02, 2, DEVICE);
    writeLittleEndian(this.#config, 0x09, 3, CLASS_IPMI_KCS);
    writeLittleEndian(this.#config, Config.Bar0, 4, BAR_IS_IO);
    writeLittleEndian(this.#config, Config.InterruptPin, 1, pin);
  }

  configRead(offset: number, size: number): number {
    return readLittleEndian(this.#config, offset, size);
  }

  configWrite(offset: number, size: number, value: number): void {
    if (offset === Config.Command) this.#writeMasked(offset, 2, value, COMMAND_WRITABLE);
    else if (offset === Config.Bar0 && size === 4) {
      const base = (value & ~(BAR_BYTES - 1)) | BAR_IS_IO;
      writeLittleEndian(this.#config, offset, 4, base >>> 0);
    } else if (offset === Config.InterruptLine) this.#writeMasked(offset, 1, value, 0xff);
  }

  /** An access wider than a byte reaches byte-wide registers as bytes, lowest address first. */
  barRead(offset: number, size: number): number {
    if (offset >= MAILBOX_OFFSET) return this.#mailbox.read(offset - MAILBOX_OFFSET, size);
    let value = 0;
    for (let at = 0; at < size; at++) value += this.#port.read(offset + at) * 0x100 ** at;
    return value;
  }

  barWrite(offset: number, size: number, value: number): void {
    if (offset >= MAILBOX_OFFSET) {
      this.#mailbox.write(offset - MAILBOX_OFFSET, size, value);
      return;
    }
    for (let at = 0; at < size; at++) this.#port.write(offset + at, (value >>> (8 * at)) & 0xff);
  }

  #writeMasked(offset: number, size: number, value: number, mask: number): void {
    writeLittleEndian(this.#config, offset, size, value & mask);
  }
}
