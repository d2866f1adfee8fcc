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
  readonly #data: number;
  readonly #control: number;
  #input = 0;
  #output = 0;
  #status = 0;
  #interruptEnabled = false;
  #line = false;
  #inputInterrupt: () => void = () => {};
  #lineChanged: (level: boolean) => void = () => {};

  constructor({ base = 0, spacing = 1 }: Partial<KcsGeometry> = {}) {
    this.#data = base;
    this.#control = base + spacing;
  }

  read(offset: number): number {
    if (offset === this.#control) return this.#status;
    if (offset !== this.#data) return 0xff;
    this.#status &= ~Status.Obf;
    this.#updateLine();
    return this.#output;
  }

  write(offset: number, value: number): void {
    if (offset !== this.#data && offset !== this.#control) return;
    this.#input = value;
    this.#status |= Status.Ibf;
    if (offset === this.#data) this.#status &= ~Status.Cd;
    else this.#status |= Status.Cd;
    this.#inputInterrupt();
  }

  readStatus(): number {
    return this.#status;
  }

  readInput(): number {
    this.#status &= ~Status.Ibf;
    return this.#input;
  }

  writeOutput(value: number): void {
    this.#output = value;
    this.#status |= Status.Obf;
    this.#updateLine();
  }

  updateStatus(mask: number, bits: number): void {
    const writable = mask & BMC_WRITABLE;
    this.#status = (this.#status & ~writable) | (bits & writable);
  }

  onInput(run: () => void): void {
    this.#inputInterrupt = run;
  }

  enableInterrupt(enabled: boolean): void {
    this.#interruptEnabled = enabled;
    this.#updateLine();
  }

  /** The host's end of the interrupt line: called on each change of level. */
  onLine(changed: (level: boolean) => void): void {
    this.#lineChanged = changed;
  }

  /** The level of the interrupt line. */
  get line(): boolean {
    return this.#line;
  }

  #updateLine(): void {
    const level = this.#interruptEnabled && (this.#status & Status.Obf) !== 0;
    if (level === this.#line) return;
    this.#line = level;
    this.#lineChanged(level);
  }
}
