import type { RegisterPort, TransactionTags } from "../registers/port.ts";
import { type KcsGeometry, Status } from "./protocol.ts";

/**
 * The BMC's face of a KCS channel: input data (IDR), output data (ODR) and status (STR) registers,
 * as a BMC chip's LPC or eSPI bridge has them.
 */
export interface KcsController {
  /** The channel's status register. */
  readStatus(): number;
  /** Takes the byte that the host wrote; clears IBF. C/D# tells which register it went to. */
  readInput(): number;
  /** Gives the host a byte; sets OBF. */
  writeOutput(value: number): void;
  /** Sets the status bits under `mask` to `bits`. IBF, OBF and C/D# belong to the hardware. */
  updateStatus(mask: number, bits: number): void;
  /** The input interrupt: called after each host write that sets IBF. */
  onInput(run: () => void): void;
  /** Connects OBF to the host's interrupt line, or not. */
  enableInterrupt(enabled: boolean): void;
  readonly tags: TransactionTags;
}

/** Status bits that the BMC's software may write. */
const BMC_WRITABLE = Status.State | Status.Oem1 | Status.Oem2 | Status.SmsAtn;

/**
 * A KCS register block as hardware: what the host's accesses and the BMC's accesses do to it, and
 * nothing of the protocol. What it does not decode reads FFh. @see IPMI 2.0 §9.5-9.9
 */
export class KcsRegisters implements RegisterPort, KcsController {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  private readonly _data: number;
  private readonly _control: number;
  private _input = 0;
  private _output = 0;
  private _status = 0;
  private _interruptEnabled = false;
  private _line = false;
  private _inputInterrupt: () => void = () => {};
  private _lineChanged: (level: boolean) => void = () => {};

  constructor({ base = 0, spacing = 1 }: Partial<KcsGeometry> = {}) {
    this._data = base;
    this._control = base + spacing;
  }

  read(offset: number): number {
    if (offset === this._control) return this._status;
    if (offset !== this._data) return 0xff;
    this._status &= ~Status.Obf;
    this.#updateLine();
    return this._output;
  }

  write(offset: number, value: number): void {
    if (offset !== this._data && offset !== this._control) return;
    this._input = value;
    this._status |= Status.Ibf;
    if (offset === this._data) this._status &= ~Status.Cd;
    else this._status |= Status.Cd;
    this._inputInterrupt();
  }

  readStatus(): number {
    return this._status;
  }

  readInput(): number {
    this._status &= ~Status.Ibf;
    return this._input;
  }

  writeOutput(value: number): void {
    this._output = value;
    this._status |= Status.Obf;
    this.#updateLine();
  }

  updateStatus(mask: number, bits: number): void {
    const writable = mask & BMC_WRITABLE;
    this._status = (this._status & ~writable) | (bits & writable);
  }

  onInput(run: () => void): void {
    this._inputInterrupt = run;
  }

  enableInterrupt(enabled: boolean): void {
    this._interruptEnabled = enabled;
    this.#updateLine();
  }

  /** The host's end of the interrupt line: called on each change of level. */
  onLine(changed: (level: boolean) => void): void {
    this._lineChanged = changed;
  }

  /** The level of the interrupt line. */
  get line(): boolean {
    return this._line;
  }

  #updateLine(): void {
    const level = this._interruptEnabled && (this._status & Status.Obf) !== 0;
    if (level === this._line) return;
    this._line = level;
    this._lineChanged(level);
  }
}
