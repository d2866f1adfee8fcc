import { assert } from "../../assert.ts";
import type { RegisterPort, TransactionTags } from "../registers/port.ts";
import { Fifo } from "./fifo.ts";
import {
  afterBmcsWrite,
  BT_FIFO_BYTES_MIN,
  BT_FRAME_BYTES_MAX,
  BtControl,
  type BtGeometry,
  BtInterruptMask,
  BtRegister,
  HOST_CLEARS,
  HOST_SETS,
} from "./protocol.ts";

/** The BMC's face of a BT block, as a BMC chip (ASPEED's iBT) offers it. */
export interface BtController {
  /** BT_CTRL. */
  readControl(): number;
  /** Writes BT_CTRL: each 1 acts, each 0 does nothing. @see IPMI 2.0 §11.6.4 */
  writeControl(bits: number): void;
  /** The next byte of HOST2BMC. */
  readFifo(): number;
  /** The next byte of BMC2HOST. */
  writeFifo(value: number): void;
  /** The block as a reset of the chip leaves it: B_BUSY set, all else clear. @see IPMI 2.0 §11.9 */
  reset(): void;
  /** The interrupt: the host set H2B_ATN, or is done with a response (cleared B2H_ATN or H_BUSY). */
  onInput(run: () => void): void;
  /** The host wrote BMC_HWRST, if the block has it. */
  onHardwareReset(run: () => void): void;
  /** Connects B2H_IRQ to the host's interrupt line, or not. */
  enableInterrupt(enabled: boolean): void;
  readonly tags: TransactionTags;
}

const INTERRUPTS = BtControl.B2hAtn | BtControl.SmsAtn;

export interface BtBlockOptions extends BtGeometry {
  /** Of each FIFO; 64 or more. */
  readonly fifoBytes: number;
  /** Whether there is a BMC_HWRST bit. */
  readonly hardwareReset: boolean;
}

/**
 * A BT register block as hardware: what the host's accesses and the BMC's accesses do to it, and
 * nothing of the protocol. What it does not decode reads FFh. @see IPMI 2.0 §11.5, §11.6
 */
export class BtRegisters implements RegisterPort, BtController {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  private readonly _base: number;
  private readonly _spacing: number;
  private readonly _hasHardwareReset: boolean;
  private readonly _toBmc: Fifo;
  private readonly _toHost: Fifo;
  private _control: number = BtControl.BBusy;
  private _mask = 0;
  private _connected = false;
  private _line = false;
  private _input: () => void = () => {};
  private _hardwareReset: () => void = () => {};
  private _lineChanged: (level: boolean) => void = () => {};

  constructor(options: Partial<BtBlockOptions> = {}) {
    const { base = 0, spacing = 1, fifoBytes = BT_FRAME_BYTES_MAX, hardwareReset = true } = options;
    assert(fifoBytes >= BT_FIFO_BYTES_MIN, "a FIFO holds 64 bytes or more");
    this._base = base;
    this._spacing = spacing;
    this._hasHardwareReset = hardwareReset;
    this._toBmc = new Fifo(fifoBytes);
    this._toHost = new Fifo(fifoBytes);
  }

  read(offset: number): number {
    switch ((offset - this._base) / this._spacing) {
      case BtRegister.Control:
        return this._control;
      case BtRegister.Fifo:
        return this._toHost.read();
      case BtRegister.InterruptMask:
        return this._mask;
      default:
        return 0xff;
    }
  }

  write(offset: number, value: number): void {
    switch ((offset - this._base) / this._spacing) {
      case BtRegister.Control:
        return this.#hostControl(value);
      case BtRegister.Fifo:
        return this._toBmc.write(value);
      case BtRegister.InterruptMask:
        return this.#hostMask(value);
    }
  }

  readControl(): number {
    return this._control;
  }

  writeControl(bits: number): void {
    if ((bits & BtControl.ClearWritePointer) !== 0) this._toHost.clearWritePointer();
    if ((bits & BtControl.ClearReadPointer) !== 0) this._toBmc.clearReadPointer();
    const rising = bits & INTERRUPTS & ~this._control;
    this._control = afterBmcsWrite(this._control, bits);
    if (rising !== 0 && (this._mask & BtInterruptMask.Enable) !== 0) {
      this._mask |= BtInterruptMask.Interrupt;
    }
    this.#updateLine();
  }

  readFifo(): number {
    return this._toBmc.read();
  }

  writeFifo(value: number): void {
    this._toHost.write(value);
  }

  reset(): void {
    this._control = BtControl.BBusy;
    this._mask = 0;
    this.#updateLine();
  }

  onInput(run: () => void): void {
    this._input = run;
  }

  onHardwareReset(run: () => void): void {
    this._hardwareReset = run;
  }

  enableInterrupt(enabled: boolean): void {
    this._connected = enabled;
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

  #hostControl(bits: number): void {
    if ((bits & BtControl.ClearWritePointer) !== 0) this._toBmc.clearWritePointer();
    if ((bits & BtControl.ClearReadPointer) !== 0) this._toHost.clearReadPointer();
    const before = this._control;
    this._control = (before & ~(bits & HOST_CLEARS)) | (bits & HOST_SETS);
    this._control ^= bits & BtControl.HBusy;
    const rose = this._control & ~before;
    const fell = before & ~this._control;
    const news = (rose & BtControl.H2bAtn) | (fell & (BtControl.B2hAtn | BtControl.HBusy));
    if (news !== 0) this._input();
  }

  #hostMask(value: number): void {
    this._mask = (this._mask & ~BtInterruptMask.Enable) | (value & BtInterruptMask.Enable);
    this._mask &= ~(value & BtInterruptMask.Interrupt);
    this.#updateLine();
    const resets = (value & BtInterruptMask.HardwareReset) !== 0 && this._hasHardwareReset;
    if (resets) this._hardwareReset();
  }

  #updateLine(): void {
    const active = BtInterruptMask.Enable | BtInterruptMask.Interrupt;
    const level = this._connected && (this._mask & active) === active;
    if (level === this._line) return;
    this._line = level;
    this._lineChanged(level);
  }
}
