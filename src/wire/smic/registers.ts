import type { RegisterPort, TransactionTags } from "../registers/port.ts";
import { SmicError, SmicFlag, type SmicGeometry, SmicRegister, SmicStatus } from "./protocol.ts";

/**
 * The BMC's face of a SMIC block. What a BMC chip offers for it: two mailbox registers that both
 * sides write, and a flags register of which each side owns some bits.
 */
export interface SmicController {
  /** The whole flags register. */
  readFlags(): number;
  /** The control code that the host wrote before it set BUSY. */
  readControl(): number;
  /** The byte that the host wrote with it. */
  readData(): number;
  /** Puts the status code where the control code was. */
  writeStatusCode(code: number): void;
  writeData(value: number): void;
  /** Sets the flags under `mask` to `bits`. BUSY is not among them. */
  updateFlags(mask: number, bits: number): void;
  /** Gives the registers back to the host, and interrupts it. */
  clearBusy(): void;
  /** Called each time that the host sets BUSY. */
  onBusy(run: () => void): void;
  /** Connects the block to the host's interrupt line, or not. */
  enableInterrupt(enabled: boolean): void;
  /** Interrupts the host for SMS_ATN. */
  interrupt(): void;
  readonly tags: TransactionTags;
}

/** Flags that the BMC's software may write. */
const BMC_WRITABLE =
  SmicFlag.RxDataRdy | SmicFlag.TxDataRdy | SmicFlag.Smi | SmicFlag.EvtAtn | SmicFlag.SmsAtn;

/**
 * A SMIC register block as hardware: what the host's accesses and the BMC's accesses do to it, and
 * nothing of the protocol. Data and control/status are one register each for both directions, so
 * that whoever interrupts a transfer can save what is in them and put it back. What the block does
 * not decode reads FFh. @see IPMI 2.0 §10.2, §10.3, §10.6
 *
 * The interrupt line goes up as BUSY falls, and for SMS_ATN. The specification does not say what
 * ends the interrupt: here the host's next access to Flags does, without which no host goes on.
 */
export class SmicRegisters implements RegisterPort, SmicController {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  private readonly _base: number;
  private readonly _spacing: number;
  private _data: number = SmicError.None;
  private _control: number = SmicStatus.Ready;
  private _flags = 0;
  private _interruptEnabled = false;
  private _line = false;
  private _busySet: () => void = () => {};
  private _lineChanged: (level: boolean) => void = () => {};

  constructor({ base = 0, spacing = 1 }: Partial<SmicGeometry> = {}) {
    this._base = base;
    this._spacing = spacing;
  }

  read(offset: number): number {
    switch ((offset - this._base) / this._spacing) {
      case SmicRegister.Data:
        return this._data;
      case SmicRegister.Control:
        return this._control;
      case SmicRegister.Flags:
        this.#setLine(false);
        return this._flags;
      default:
        return 0xff;
    }
  }

  write(offset: number, value: number): void {
    switch ((offset - this._base) / this._spacing) {
      case SmicRegister.Data:
        this._data = value;
        return;
      case SmicRegister.Control:
        this._control = value;
        return;
      case SmicRegister.Flags:
        return this.#writeFlags(value);
    }
  }

  readFlags(): number {
    return this._flags;
  }

  readControl(): number {
    return this._control;
  }

  readData(): number {
    return this._data;
  }

  writeStatusCode(code: number): void {
    this._control = code;
  }

  writeData(value: number): void {
    this._data = value;
  }

  updateFlags(mask: number, bits: number): void {
    const writable = mask & BMC_WRITABLE;
    this._flags = (this._flags & ~writable) | (bits & writable);
  }

  clearBusy(): void {
    if ((this._flags & SmicFlag.Busy) === 0) return;
    this._flags &= ~SmicFlag.Busy;
    this.interrupt();
  }

  onBusy(run: () => void): void {
    this._busySet = run;
  }

  enableInterrupt(enabled: boolean): void {
    this._interruptEnabled = enabled;
    if (!enabled) this.#setLine(false);
  }

  interrupt(): void {
    if (this._interruptEnabled) this.#setLine(true);
  }

  /** The host's end of the interrupt line: called on each change of level. */
  onLine(changed: (level: boolean) => void): void {
    this._lineChanged = changed;
  }

  /** The level of the interrupt line. */
  get line(): boolean {
    return this._line;
  }

  /** The host can set BUSY, and nothing else. */
  #writeFlags(value: number): void {
    this.#setLine(false);
    const sets = (value & ~this._flags & SmicFlag.Busy) !== 0;
    if (!sets) return;
    this._flags |= SmicFlag.Busy;
    this._busySet();
  }

  #setLine(level: boolean): void {
    if (level === this._line) return;
    this._line = level;
    this._lineChanged(level);
  }
}
