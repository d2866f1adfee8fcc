import type { RegisterWire } from "../../wire/interface.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { ConfigSpace } from "./config-space.ts";
import type { Mailbox } from "./mailbox.ts";
import type { PciFunction } from "./transport/pci.ts";

/** Where things lie in BAR 0: the registers of the system interface, then the mailbox. */
const BAR_BYTES = 64;
/** A program maps whole pages. */
const MEMORY_BAR_BYTES = 4_096;
const MAILBOX_OFFSET = 0x20;

/** The identity of the function: QEMU's vendor, a device number of its range for prototypes. */
const VENDOR = 0x1af4;
const DEVICE = 0x10f0;
/**
 * Serial bus controller, IPMI, and the protocol as the programming interface: by these the driver
 * finds the function and knows what its registers are. @see IPMI 2.0 Appendix C1-3
 */
const CLASS = { smic: 0x0c_0700, kcs: 0x0c_0701, bt: 0x0c_0702 } as const;

/**
 * The PCI function which `ipmi_si` finds by its class: BAR 0 is I/O space, or memory, with the interface's
 * registers, byte for byte what `port` says, and the mailbox of the guest's agent behind them.
 */
export class IpmiFunction implements PciFunction {
  readonly bar = 0;
  readonly barBytes: number;
  readonly pin: 0 | 1;
  readonly #port: RegisterPort;
  /** The agent has one in the guest's first function only. */
  readonly #mailbox: Mailbox | undefined;
  readonly #config: ConfigSpace;

  constructor(
    port: RegisterPort,
    mailbox: Mailbox | undefined,
    facts: {
      readonly kind: RegisterWire["kind"];
      readonly pin: 0 | 1;
      readonly space?: "io" | "memory";
    },
  ) {
    const { kind, pin, space = "io" } = facts;
    this.barBytes = space === "io" ? BAR_BYTES : MEMORY_BAR_BYTES;
    this.#port = port;
    this.#mailbox = mailbox;
    this.pin = pin;
    const identity = {
      vendor: VENDOR,
      device: DEVICE,
      classCode: CLASS[kind],
      bar: 0,
      space,
    } as const;
    this.#config = new ConfigSpace({ ...identity, barBytes: this.barBytes, pin });
  }

  configRead(offset: number, size: number): number {
    return this.#config.read(offset, size);
  }

  configWrite(offset: number, size: number, value: number): void {
    this.#config.write(offset, size, value);
  }

  /** An access wider than a byte reaches byte-wide registers as bytes, lowest address first. */
  barRead(offset: number, size: number): number {
    if (offset >= MAILBOX_OFFSET) {
      return this.#mailbox?.read(offset - MAILBOX_OFFSET, size) ?? 0x100 ** size - 1;
    }
    let value = 0;
    for (let at = 0; at < size; at++) value += this.#port.read(offset + at) * 0x100 ** at;
    return value;
  }

  barWrite(offset: number, size: number, value: number): void {
    if (offset >= MAILBOX_OFFSET) {
      this.#mailbox?.write(offset - MAILBOX_OFFSET, size, value);
      return;
    }
    for (let at = 0; at < size; at++) this.#port.write(offset + at, (value >>> (8 * at)) & 0xff);
  }
}
