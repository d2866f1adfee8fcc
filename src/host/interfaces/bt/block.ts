import { BtInterruptMask, BtRegister } from "../../../wire/bt/protocol.ts";
import type { RegisterSpacing } from "../../../wire/interface.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";

/** The registers of a BT block by their names, as its driver uses them. @see IPMI 2.0 §11.6 */
export class BtBlock {
  readonly #port: RegisterPort;
  readonly #fifo: number;
  readonly #mask: number;
  #interrupts = false;
  /** INTMASK is to be written. */
  #maskDue = false;

  constructor(port: RegisterPort, spacing: RegisterSpacing) {
    this.#port = port;
    this.#fifo = BtRegister.Fifo * spacing;
    this.#mask = BtRegister.InterruptMask * spacing;
  }

  /** BT_CTRL. An interrupt is taken back before it is read, so that none gets lost. */
  control(): number {
    if (this.#maskDue) {
      const enable = this.#interrupts ? BtInterruptMask.Enable : 0;
      this.#port.write(this.#mask, enable | BtInterruptMask.Interrupt);
      this.#maskDue = false;
    }
    return this.#port.read(BtRegister.Control);
  }

  /** Lets each 1 in BT_CTRL act. */
  act(bits: number): void {
    this.#port.write(BtRegister.Control, bits);
  }

  /** The next byte of a response. */
  take(): number {
    return this.#port.read(this.#fifo);
  }

  /** The next byte of a request. */
  put(value: number): void {
    this.#port.write(this.#fifo, value);
  }

  setInterrupts(enabled: boolean): void {
    this.#interrupts = enabled;
    this.#maskDue = true;
  }

  /** The block interrupted. */
  interrupted(): void {
    if (this.#interrupts) this.#maskDue = true;
  }
}
