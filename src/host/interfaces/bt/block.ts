import { BtControl, BtInterruptMask, BtRegister } from "../../../wire/bt/protocol.ts";
import type { RegisterSpacing } from "../../../wire/interface.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";
import type { Signals } from "../machine.ts";

/**
 * The registers of a BT block by their names, as its driver uses them, and its latches for attention and
 * interrupt. @see IPMI 2.0 §11.6
 */
export class BtBlock implements Signals {
  private readonly _port: RegisterPort;
  private readonly _fifo: number;
  private readonly _mask: number;
  private _interrupts = false;
  /** INTMASK is to be written. */
  private _maskDue = false;
  /** SMS_ATN as BT_CTRL showed it last, of a BMC that can be asked. */
  private _attention = false;
  /** SMS_ATN is to be cleared with the next request. */
  private _clearsAttention = false;

  constructor(port: RegisterPort, spacing: RegisterSpacing) {
    this._port = port;
    this._fifo = BtRegister.Fifo * spacing;
    this._mask = BtRegister.InterruptMask * spacing;
  }

  /** BT_CTRL. An interrupt is taken back before it is read, so that none gets lost. */
  control(): number {
    if (this._maskDue) {
      const enable = this._interrupts ? BtInterruptMask.Enable : 0;
      this._port.write(this._mask, enable | BtInterruptMask.Interrupt);
      this._maskDue = false;
    }
    const control = this._port.read(BtRegister.Control);
    // A BMC that takes no request cannot be asked what it wants: all ones look like attention, too.
    const both = BtControl.BBusy | BtControl.SmsAtn;
    this._attention = (control & both) === BtControl.SmsAtn;
    return control;
  }

  /** Lets each 1 in BT_CTRL act. */
  act(bits: number): void {
    this._port.write(BtRegister.Control, bits);
  }

  /** A request comes: SMS_ATN is cleared together with the write pointer. */
  beginWrite(): void {
    this.act(BtControl.ClearWritePointer | (this._clearsAttention ? BtControl.SmsAtn : 0));
    this._clearsAttention = false;
  }

  /** The next byte of a response. */
  take(): number {
    return this._port.read(this._fifo);
  }

  /** The next byte of a request. */
  put(value: number): void {
    this._port.write(this._fifo, value);
  }

  attention(): boolean {
    return this._attention;
  }

  takeAttention(): void {
    this._clearsAttention = true;
  }

  setInterrupts(enabled: boolean): void {
    this._interrupts = enabled;
    this._maskDue = true;
  }

  /** At once; a block that never interrupted is not touched. */
  withdraw(): void {
    if (this._interrupts) this._port.write(this._mask, BtInterruptMask.Interrupt);
    this._interrupts = false;
  }

  /** The block interrupted. */
  interrupted(): void {
    if (this._interrupts) this._maskDue = true;
  }
}
