import { BtControl, BtInterruptMask, BtRegister } from "../../../wire/bt/protocol.ts";
import type { RegisterSpacing } from "../../../wire/interface.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";
import type { Signals } from "../machine.ts";

/**
 * The registers of a BT block by their names, as its driver uses them, and its latches for attention and
 * interrupt. @see IPMI 2.0 §11.6
 */
export class BtBlock implements Signals {
  readonly #port: RegisterPort;
  readonly #fifo: number;
  readonly #mask: number;
  #interrupts = false;
  /** INTMASK is to be written. */
  #maskDue = false;
  /** SMS_ATN as BT_CTRL showed it last, of a BMC that can be asked. */
  #attention = false;
  /** SMS_ATN is to be cleared with the next request. */
  #clearsAttention = false;

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
    const control = this.#port.read(BtRegister.Control);
    // A BMC that takes no request cannot be asked what it wants: all ones look like attention, too.
    const both = BtControl.BBusy | BtControl.SmsAtn;
    this.#attention = (control & both) === BtControl.SmsAtn;
    return control;
  }

  /** Lets each 1 in BT_CTRL act. */
  act(bits: number): void {
    this.#port.write(BtRegister.Control, bits);
  }

  /** A request comes: SMS_ATN is cleared together with the write pointer. */
  beginWrite(): void {
    this.act(BtControl.ClearWritePointer | (this.#clearsAttention ? BtControl.SmsAtn : 0));
    this.#clearsAttention = false;
  }

  /** The next byte of a response. */
  take(): number {
    return this.#port.read(this.#fifo);
  }

  /** The next byte of a request. */
  put(value: number): void {
    this.#port.write(this.#fifo, value);
  }

  attention(): boolean {
    return this.#attention;
  }

  takeAttention(): void {
    this.#clearsAttention = true;
  }

  setInterrupts(enabled: boolean): void {
    this.#interrupts = enabled;
    this.#maskDue = true;
  }

  /** At once; a block that never interrupted is not touched. */
  withdraw(): void {
    if (this.#interrupts) this.#port.write(this.#mask, BtInterruptMask.Interrupt);
    this.#interrupts = false;
  }

  /** The block interrupted. */
  interrupted(): void {
    if (this.#interrupts) this.#maskDue = true;
  }
}
