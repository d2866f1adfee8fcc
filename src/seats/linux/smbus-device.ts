import type { RegisterPort } from "../../wire/registers/port.ts";
import { ConfigSpace } from "./config-space.ts";
import type { Mailbox } from "./mailbox.ts";
import type { PciFunction } from "./transport/pci.ts";

/** Where things lie in the BAR: the controller's 32 registers, then the mailbox. */
const BAR_BYTES = 64;
const MAILBOX_OFFSET = 0x20;
/** The BAR in which the driver looks for the registers. */
const BAR = 4;

/** Intel ICH9's SMBus controller: a serial bus controller, SMBus. */
const IDENTITY = { vendor: 0x8086, device: 0x2930, classCode: 0x0c_0500 } as const;
/** The host configuration: bit 0 enables the controller. @see Intel ICH9 datasheet, HOSTC */
const HOST_CONFIGURATION = 0x40;
const HOST_ENABLED = 0x01;

/**
 * The PCI function which `i2c-i801` finds: an SMBus controller with our registers, and the mailbox of
 * the guest's agent behind them. It has no interrupt: the driver polls.
 */
export class SmbusFunction implements PciFunction {
  readonly bar = BAR;
  readonly barBytes = BAR_BYTES;
  readonly pin = 0;
  readonly #controller: RegisterPort;
  readonly #mailbox: Mailbox;
  readonly #config = new ConfigSpace({ ...IDENTITY, bar: BAR, barBytes: BAR_BYTES, pin: 0 });

  constructor(controller: RegisterPort, mailbox: Mailbox) {
    this.#controller = controller;
    this.#mailbox = mailbox;
    this.#config.set(HOST_CONFIGURATION, 1, HOST_ENABLED);
  }

  configRead(offset: number, size: number): number {
    return this.#config.read(offset, size);
  }

  configWrite(offset: number, size: number, value: number): void {
    this.#config.write(offset, size, value);
  }

  /** The controller's registers are byte-wide, and their driver reads and writes bytes. */
  barRead(offset: number, size: number): number {
    if (offset >= MAILBOX_OFFSET) return this.#mailbox.read(offset - MAILBOX_OFFSET, size);
    return this.#controller.read(offset);
  }

  barWrite(offset: number, size: number, value: number): void {
    if (offset >= MAILBOX_OFFSET) this.#mailbox.write(offset - MAILBOX_OFFSET, size, value);
    else this.#controller.write(offset, value & 0xff);
  }
}
