import { assert } from "../../../src/assert.ts";
import type { RegisterWindow } from "../../../src/bmc/chips/register-window.ts";
import { BtRegisters } from "../../../src/wire/bt/registers.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";

const BASE = 0x140;
const Offset = { cr0: 0x00, cr1: 0x04, cr2: 0x08, control: 0x10, fifo: 0x14, mask: 0x18 } as const;
const ENABLE = 0x01;
const H2B_ATN = { control: 0x04, interrupt: 0x01 } as const;
const H_BUSY = { control: 0x40, interrupt: 0x40 } as const;
const NOBODY = 0xff;

/**
 * ASPEED's BT block, which QEMU does not model: our own register block behind the chip's registers as
 * far as they are known. Its host face is the host's I/O space.
 */
export class IbtModel implements RegisterWindow, RegisterPort {
  onInterrupt: () => void = () => {};
  readonly #block = new BtRegisters();
  #cr0 = 0;
  #cr1 = 0;
  #cr2 = 0;

  readl(offset: number): number {
    switch (offset - BASE) {
      case Offset.cr0:
        return this.#cr0;
      case Offset.cr2:
        return this.#cr2;
      case Offset.control:
        return this.#block.readControl();
      case Offset.fifo:
        return this.#block.readFifo();
    }
    throw new Error(`no driver reads offset ${offset}`);
  }

  writel(offset: number, value: number): void {
    switch (offset - BASE) {
      case Offset.cr0:
        this.#cr0 = value;
        return;
      case Offset.cr1:
        this.#cr1 = value;
        return this.#interrupt();
      case Offset.cr2:
        this.#cr2 &= ~value;
        return;
      case Offset.control:
        return this.#block.writeControl(value);
      case Offset.fifo:
        return this.#block.writeFifo(value);
    }
    throw new Error(`no driver writes offset ${offset}`);
  }

  /** The number of the host's interrupt. */
  get serial(): number {
    return (this.#cr0 >> 12) & 0xf;
  }

  read(port: number): number {
    return this.#decodes(port) ? this.#block.read(port - this.#address) : NOBODY;
  }

  write(port: number, value: number): void {
    if (!this.#decodes(port)) return;
    const before = this.#block.readControl();
    this.#block.write(port - this.#address, value);
    const after = this.#block.readControl();
    if ((after & ~before & H2B_ATN.control) !== 0) this.#cr2 |= H2B_ATN.interrupt;
    if ((before & ~after & H_BUSY.control) !== 0) this.#cr2 |= H_BUSY.interrupt;
    this.#interrupt();
  }

  get #address(): number {
    return this.#cr0 >>> 16;
  }

  #decodes(port: number): boolean {
    const offset = port - this.#address;
    return (this.#cr0 & ENABLE) !== 0 && offset >= 0 && offset <= 2;
  }

  #interrupt(): void {
    if ((this.#cr1 & this.#cr2) === 0) return;
    this.onInterrupt();
    assert((this.#cr1 & this.#cr2) === 0, "the handler clears what it was called for");
  }
}
