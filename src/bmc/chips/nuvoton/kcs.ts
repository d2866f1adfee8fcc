import { Status } from "../../../wire/kcs/protocol.ts";
import type { KcsController } from "../../../wire/kcs/registers.ts";
import { NUVOTON_KCS } from "../../../wire/registers/chips.ts";
import type { TransactionTags } from "../../../wire/registers/port.ts";
import type { ByteWindow } from "../register-window.ts";

/** A channel's registers, in bytes from the KCS module's base. */
const CHANNELS = {
  1: { ...NUVOTON_KCS[1], control: 0x18, hostInterrupt: 0x1c },
  2: { ...NUVOTON_KCS[2], control: 0x2a, hostInterrupt: 0x2e },
  3: { ...NUVOTON_KCS[3], control: 0x3c, hostInterrupt: 0x40 },
} as const;

/** KCSnCTL: interrupts the BMC while IBF is set, and while OBF is clear. */
const Control = { InputFull: 0x01, OutputEmpty: 0x02 } as const;
/** KCSnIE: interrupts the host while OBF is set, by the hardware's own doing. */
const HostInterrupt = { Enable: 0x01, Hardware: 0x08 } as const;

const HARDWARE_BITS = Status.Ibf | Status.Obf | Status.Cd;

/**
 * A KCS channel of the Nuvoton NPCM7xx. Where the host finds it, its own configuration says. As with
 * ASPEED's, the interrupt is masked while its cause waits to be dealt with; other than there, the
 * chip says itself when the host has taken a byte.
 */
export class NuvotonKcs implements KcsController {
  readonly tags: TransactionTags;
  private readonly _window: ByteWindow;
  private readonly _registers: (typeof CHANNELS)[keyof typeof CHANNELS];
  private _input: () => void = () => {};
  private _outputTaken: (() => void) | undefined;

  constructor(
    window: ByteWindow,
    channel: keyof typeof CHANNELS,
    tags: TransactionTags = { request: 0, response: 0 },
  ) {
    this._window = window;
    this._registers = CHANNELS[channel];
    this.tags = tags;
  }

  /** Takes the channel into service. */
  open(): void {
    this.enableInterrupt(false);
    this._window.writeb(this._registers.control, Control.InputFull);
  }

  /** Takes it out of service: it interrupts nobody. */
  close(): void {
    this._outputTaken = undefined;
    this._window.writeb(this._registers.control, 0);
    this.enableInterrupt(false);
  }

  /** The chip's interrupt came. True when this channel has something to do with it. */
  interrupt(): boolean {
    const status = this.readStatus();
    const input = (status & Status.Ibf) !== 0;
    const taken = (status & Status.Obf) === 0 ? this._outputTaken : undefined;
    if (input) this.#unmask(Control.InputFull, false);
    if (taken !== undefined) {
      this._outputTaken = undefined;
      this.#unmask(Control.OutputEmpty, false);
    }
    if (input) this._input();
    taken?.();
    return input || taken !== undefined;
  }

  /** Calls `taken` once, from `interrupt`, when the host has taken the byte in the output register. */
  onOutputTaken(taken: () => void): void {
    this._outputTaken = taken;
    this.#unmask(Control.OutputEmpty, true);
  }

  readStatus(): number {
    return this._window.readb(this._registers.status);
  }

  readInput(): number {
    const value = this._window.readb(this._registers.input);
    this.#unmask(Control.InputFull, true);
    return value;
  }

  writeOutput(value: number): void {
    this._window.writeb(this._registers.output, value);
  }

  updateStatus(mask: number, bits: number): void {
    this.#update(this._registers.status, mask & ~HARDWARE_BITS, bits);
  }

  onInput(run: () => void): void {
    this._input = run;
  }

  enableInterrupt(enabled: boolean): void {
    const both = HostInterrupt.Enable | HostInterrupt.Hardware;
    this.#update(this._registers.hostInterrupt, both, enabled ? both : 0);
  }

  #unmask(interrupt: number, on: boolean): void {
    this.#update(this._registers.control, interrupt, on ? interrupt : 0);
  }

  #update(register: number, mask: number, bits: number): void {
    this._window.writeb(register, (this._window.readb(register) & ~mask) | (bits & mask));
  }
}
