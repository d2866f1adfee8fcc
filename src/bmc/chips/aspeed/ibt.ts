import { BtControl } from "../../../wire/bt/protocol.ts";
import type { BtController } from "../../../wire/bt/registers.ts";
import { IBT_OFFSET, Ibt } from "../../../wire/registers/chips.ts";
import type { TransactionTags } from "../../../wire/registers/port.ts";
import { type RegisterWindow, update } from "../register-window.ts";
import { IBT_ADDRESS_SHIFT, IBT_INTERRUPT_SHIFT, IbtConfig, IbtInterrupt } from "./registers.ts";

/** Where the host finds the iBT of an ASPEED chip. */
export interface AspeedIbtOptions {
  /** Of BT_CTRL in the host's I/O space; FIFO and INTMASK lie behind it. */
  readonly address: number;
  /** The number of the host's interrupt, 1 to 15. */
  readonly hostInterrupt: number;
}

const INTERRUPTS = IbtInterrupt.H2bAtn | IbtInterrupt.HBusy;

/** The BT block of the AST2400, AST2500 or AST2600. */
export class AspeedIbt implements BtController {
  readonly tags: TransactionTags;
  private readonly _window: RegisterWindow;
  private readonly _options: AspeedIbtOptions;
  private _input: () => void = () => {};

  constructor(
    window: RegisterWindow,
    options: AspeedIbtOptions,
    tags: TransactionTags = { request: 0, response: 0 },
  ) {
    this._window = window;
    this._options = options;
    this.tags = tags;
  }

  /** Takes the block into service; B_BUSY stays as it is, set after a reset of the chip. */
  open(): void {
    this.#write(Ibt.InterruptEnable, 0);
    this.#write(Ibt.InterruptStatus, INTERRUPTS);
    const { address, hostInterrupt } = this._options;
    const place = (address << IBT_ADDRESS_SHIFT) | (hostInterrupt << IBT_INTERRUPT_SHIFT);
    const { Enable, ClearsReadPointer, ClearsWritePointer } = IbtConfig;
    this.#write(Ibt.Config, (place | ClearsReadPointer | ClearsWritePointer | Enable) >>> 0);
    this.#write(Ibt.InterruptEnable, INTERRUPTS);
  }

  /** Takes it out of service. */
  close(): void {
    this.#write(Ibt.InterruptEnable, 0);
    update(this._window, IBT_OFFSET + Ibt.Config, IbtConfig.Enable, 0);
  }

  /** The chip's interrupt came. True when this block has something to do with it. */
  interrupt(): boolean {
    const causes = this.#read(Ibt.InterruptStatus) & INTERRUPTS;
    if (causes === 0) return false;
    this.#write(Ibt.InterruptStatus, causes);
    this._input();
    return true;
  }

  readControl(): number {
    return this.#read(Ibt.Control);
  }

  writeControl(bits: number): void {
    this.#write(Ibt.Control, bits);
  }

  readFifo(): number {
    return this.#read(Ibt.Fifo);
  }

  writeFifo(value: number): void {
    this.#write(Ibt.Fifo, value);
  }

  /**
   * As far as the BMC's software can bring it about: what the host alone may clear stays, and the
   * host sees B_BUSY before all else.
   */
  reset(): void {
    const control = this.readControl();
    const { BBusy, H2bAtn, ClearReadPointer, ClearWritePointer } = BtControl;
    if ((control & BBusy) === 0) this.writeControl(BBusy);
    this.writeControl((control & H2bAtn) | ClearReadPointer | ClearWritePointer);
  }

  onInput(run: () => void): void {
    this._input = run;
  }

  /** The chip tells nobody that the host wrote BMC_HWRST. */
  onHardwareReset(): void {}

  /** The line is always connected: whether it is raised the host says, with B2H_IRQ_EN. */
  enableInterrupt(): void {}

  #read(register: number): number {
    return this._window.readl(IBT_OFFSET + register) & 0xff;
  }

  #write(register: number, value: number): void {
    this._window.writel(IBT_OFFSET + register, value);
  }
}
