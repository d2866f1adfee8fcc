import { assert } from "../../../assert.ts";
import type { Scheduler } from "../../../time/scheduler.ts";
import { Status } from "../../../wire/kcs/protocol.ts";
import type { KcsController } from "../../../wire/kcs/registers.ts";
import { ASPEED_KCS } from "../../../wire/registers/chips.ts";
import type { TransactionTags } from "../../../wire/registers/port.ts";
import { OutputWatch } from "../output-watch.ts";
import { type RegisterWindow, update } from "../register-window.ts";
import { Hicr0, Hicr2, Hicr4, Hicr5, HicrB, HicrC, Lpc, Sirqcr0 } from "./registers.ts";

/** Which KCS channel of an ASPEED chip, and where the host finds it. */
export interface AspeedKcsOptions {
  readonly channel: 1 | 2 | 3 | 4;
  /** Of the data register in the host's I/O space; command and status lie right behind it. */
  readonly address: number;
  /** The host's interrupt; none when left out. Channel 1 has 1 and 12 only, active high. */
  readonly hostInterrupt?: { readonly number: number; readonly active: "high" | "low" } | undefined;
}

const ADDRESS_MAX = 0xfffe;
const INTERRUPT_NUMBER_MAX = 15;
/** Channel 3 decodes the low four bits of its address itself. */
const CHANNEL_3_LOW_BITS = 0xf;
const CHANNEL_3_LOW = 0x2;

/**
 * A KCS channel of the AST2400, AST2500 or AST2600. The chip interrupts as long as a byte waits, and
 * its line may be shared: `interrupt` masks the channel until the byte is taken, so that a byte which
 * nobody takes is no storm.
 */
export class AspeedKcs implements KcsController {
  readonly tags: TransactionTags;
  private readonly _window: RegisterWindow;
  private readonly _options: AspeedKcsOptions;
  private readonly _outputWatch: OutputWatch;
  private _input: () => void = () => {};
  private _interruptsHost = false;

  constructor(
    window: RegisterWindow,
    scheduler: Scheduler,
    options: AspeedKcsOptions,
    tags: TransactionTags = { request: 0, response: 0 },
  ) {
    const { channel, address, hostInterrupt } = options;
    assert(address >= 0 && address <= ADDRESS_MAX, "the registers lie in I/O space");
    const low = address & CHANNEL_3_LOW_BITS;
    assert(channel !== 3 || low === CHANNEL_3_LOW, "channel 3 lies at an address that ends with 2");
    checkHostInterrupt(channel, hostInterrupt);
    this._window = window;
    this._options = options;
    this.tags = tags;
    this._outputWatch = new OutputWatch(scheduler, () => (this.readStatus() & Status.Obf) !== 0);
  }

  /**
   * Takes the channel into service. A chip that was reset alone, without the host, may still be set up
   * and have a byte waiting: nothing interrupts before all else is right.
   */
  open(): void {
    this.#unmask(false);
    this.#place();
    this.#chooseHostInterrupt();
    this.#decode(true);
    this.#unmask(true);
  }

  /** Takes it out of service. What the host then writes is nobody's, and interrupts nobody. */
  close(): void {
    this._outputWatch.cancel();
    this.#unmask(false);
    this.#decode(false);
  }

  /** The chip's interrupt came. True when this channel has something to do with it. */
  interrupt(): boolean {
    if ((this.readStatus() & Status.Ibf) === 0) return false;
    this.#unmask(false);
    this._input();
    return true;
  }

  /**
   * Calls `taken` once, when the host has taken the byte in the output register. The chip has no
   * interrupt for it: it is looked for.
   */
  onOutputTaken(taken: () => void): void {
    this._outputWatch.start(taken);
  }

  readStatus(): number {
    return this._window.readl(this.#registers.status) & 0xff;
  }

  readInput(): number {
    const value = this._window.readl(this.#registers.input) & 0xff;
    this.#unmask(true);
    return value;
  }

  writeOutput(value: number): void {
    this._window.writel(this.#registers.output, value);
    if (this._interruptsHost) this.#raise();
  }

  /** IBF and C/D# are not the BMC's to write, and OBF is only cleared by writing 0 to it. */
  updateStatus(mask: number, bits: number): void {
    update(this._window, this.#registers.status, mask & ~HARDWARE_BITS, bits);
  }

  onInput(run: () => void): void {
    this._input = run;
  }

  enableInterrupt(enabled: boolean): void {
    this._interruptsHost = enabled && this._options.hostInterrupt !== undefined;
  }

  get #registers() {
    return ASPEED_KCS[this._options.channel];
  }

  /** Where the host finds the channel. */
  #place(): void {
    const window = this._window;
    const { channel, address } = this._options;
    const status = address + 1;
    switch (channel) {
      case 1:
        update(window, Lpc.Hicr4, Hicr4.Ladr12IsChannel2, 0);
        this.#writeAddress(Lpc.Ladr12High, Lpc.Ladr12Low);
        update(window, Lpc.Lsadr12, 0xffff, status);
        return update(window, Lpc.HicrB, HicrB.OwnStatusAddress1, HicrB.OwnStatusAddress1);
      case 2:
        update(window, Lpc.Hicr4, Hicr4.Ladr12IsChannel2, Hicr4.Ladr12IsChannel2);
        this.#writeAddress(Lpc.Ladr12High, Lpc.Ladr12Low);
        update(window, Lpc.Lsadr12, 0xffff_0000, status << 16);
        return update(window, Lpc.HicrB, HicrB.OwnStatusAddress2, HicrB.OwnStatusAddress2);
      case 3:
        return this.#writeAddress(Lpc.Ladr3High, Lpc.Ladr3Low);
      case 4:
        return window.writel(Lpc.Ladr4, ((status << 16) | address) >>> 0);
    }
  }

  #writeAddress(high: number, low: number): void {
    this._window.writel(high, this._options.address >> 8);
    this._window.writel(low, this._options.address & 0xff);
  }

  /** Which of the host's interrupts is raised, and at which level. Channel 1 has no choice. */
  #chooseHostInterrupt(): void {
    const { channel, hostInterrupt } = this._options;
    if (hostInterrupt === undefined || channel === 1) return;
    const { register, numberMask, high, keepsOnRead } = HOST_INTERRUPTS[channel];
    const number = (hostInterrupt.number * lowestBit(numberMask)) & numberMask;
    const level = hostInterrupt.active === "high" ? high : 0;
    update(this._window, register, numberMask | high | keepsOnRead, number | level);
  }

  /** Raised once for each byte: the host's read of the byte lowers it, and clears the bit. */
  #raise(): void {
    const { channel, hostInterrupt } = this._options;
    if (channel === 1) {
      const bit = hostInterrupt?.number === 1 ? Sirqcr0.Raise1 : Sirqcr0.Raise12;
      return update(this._window, Lpc.Sirqcr0, bit, bit);
    }
    const { register, raise } = HOST_INTERRUPTS[channel];
    update(this._window, register, raise, raise);
  }

  /** The channel answers the host's accesses, or not. */
  #decode(on: boolean): void {
    for (const { register, bit } of DECODES[this._options.channel]) {
      update(this._window, register, bit, on ? bit : 0);
    }
  }

  #unmask(on: boolean): void {
    const { register, bit } = INPUT_INTERRUPTS[this._options.channel];
    update(this._window, register, bit, on ? bit : 0);
  }
}

const HARDWARE_BITS = Status.Ibf | Status.Obf | Status.Cd;

/** What enables a channel, in the order in which it is set. */
const DECODES = {
  1: [{ register: Lpc.Hicr0, bit: Hicr0.Lpc1 }],
  2: [{ register: Lpc.Hicr0, bit: Hicr0.Lpc2 }],
  3: [
    { register: Lpc.Hicr0, bit: Hicr0.Lpc3 },
    { register: Lpc.Hicr4, bit: Hicr4.Kcs },
  ],
  4: [{ register: Lpc.HicrB, bit: HicrB.Lpc4 }],
} as const;

const INPUT_INTERRUPTS = {
  1: { register: Lpc.Hicr2, bit: Hicr2.Ibf1 },
  2: { register: Lpc.Hicr2, bit: Hicr2.Ibf2 },
  3: { register: Lpc.Hicr2, bit: Hicr2.Ibf3 },
  4: { register: Lpc.HicrB, bit: HicrB.Ibf4 },
} as const;

const HOST_INTERRUPTS = {
  2: {
    register: Lpc.Hicr5,
    numberMask: Hicr5.Number2,
    high: Hicr5.High2,
    raise: Hicr5.Raise2,
    keepsOnRead: 0,
  },
  3: {
    register: Lpc.Hicr5,
    numberMask: Hicr5.Number3,
    high: Hicr5.High3,
    raise: Hicr5.Raise3,
    keepsOnRead: 0,
  },
  4: {
    register: Lpc.HicrC,
    numberMask: HicrC.Number4,
    high: HicrC.High4,
    raise: HicrC.Raise4,
    keepsOnRead: HicrC.KeepsOnRead4,
  },
} as const;

function checkHostInterrupt(channel: number, wanted: AspeedKcsOptions["hostInterrupt"]): void {
  if (wanted === undefined) return;
  const { number, active } = wanted;
  assert(number >= 1 && number <= INTERRUPT_NUMBER_MAX, "the host has interrupts 1 to 15");
  const fixed = (number === 1 || number === 12) && active === "high";
  assert(channel !== 1 || fixed, "channel 1 interrupts by 1 or 12, active high");
}

function lowestBit(mask: number): number {
  return mask & -mask;
}
