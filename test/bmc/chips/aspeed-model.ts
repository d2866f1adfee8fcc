import { assert } from "../../../src/assert.ts";
import type { RegisterWindow } from "../../../src/bmc/chips/register-window.ts";
import { Status } from "../../../src/wire/kcs/protocol.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";

/** Registers that only hold what was written: HICRs, addresses, SIRQCR0. */
const PLAIN = [
  ...[0x00, 0x08, 0x10, 0x14, 0x18, 0x1c, 0x20, 0x70, 0x80, 0x100, 0x104, 0x110, 0x120],
] as const;
const BMC_WRITABLE = 0xf4;
const NOBODY = 0xff;

interface Channel {
  readonly input: number;
  readonly output: number;
  readonly status: number;
  value: { input: number; output: number; status: number };
}

/**
 * The KCS channels of an ASPEED LPC controller, by what is known of the registers, and stricter than
 * hardware: an access that no driver should make fails. Its host face is the host's I/O space.
 */
export class AspeedModel implements RegisterWindow, RegisterPort {
  /** All that the BMC wrote, in order. */
  readonly writes: { offset: number; value: number }[] = [];
  /** The level of the chip's interrupt line to the BMC changed. */
  onInterrupt: (level: boolean) => void = () => {};
  /** The levels of the host's interrupts, those that were set up only. */
  onSerial: (number: number, level: boolean) => void = () => {};
  readonly #plain = new Map<number, number>(PLAIN.map((offset) => [offset, 0]));
  readonly #channels: readonly Channel[] = [
    channel(0x24, 0x30, 0x3c),
    channel(0x28, 0x34, 0x40),
    channel(0x2c, 0x38, 0x44),
    channel(0x114, 0x118, 0x11c),
  ];
  #line = false;

  readl(offset: number): number {
    const plain = this.#plain.get(offset);
    if (plain !== undefined) return plain;
    const at = this.#channelWith(offset);
    if (offset === at.status) return at.value.status;
    assert(offset === at.input, "the output register is not read back");
    assert((at.value.status & Status.Ibf) !== 0, "a byte waits to be read");
    at.value.status &= ~Status.Ibf;
    this.#update();
    return at.value.input;
  }

  writel(offset: number, value: number): void {
    assert(value >= 0 && value <= 0xffff_ffff, "a word is written");
    this.writes.push({ offset, value });
    if (this.#plain.has(offset)) {
      this.#plain.set(offset, value);
      return this.#update();
    }
    const at = this.#channelWith(offset);
    assert(offset !== at.input, "the input register is the host's");
    if (offset === at.output) {
      at.value.output = value;
      at.value.status |= Status.Obf;
      return;
    }
    const kept = at.value.status & ~BMC_WRITABLE;
    at.value.status = (value & BMC_WRITABLE) | kept;
    if ((value & Status.Obf) === 0) at.value.status &= ~Status.Obf;
  }

  read(port: number): number {
    const found = this.#decode(port);
    if (found === undefined) return NOBODY;
    const { at, isStatus } = found;
    if (isStatus) return at.value.status;
    at.value.status &= ~Status.Obf;
    this.#lower(this.#channels.indexOf(at) + 1);
    return at.value.output;
  }

  write(port: number, value: number): void {
    const found = this.#decode(port);
    if (found === undefined) return;
    const { at, isStatus } = found;
    at.value.input = value;
    at.value.status |= Status.Ibf;
    at.value.status = (at.value.status & ~Status.Cd) | (isStatus ? Status.Cd : 0);
    this.#update();
  }

  /** The level of the chip's interrupt line to the BMC. */
  get line(): boolean {
    return this.#line;
  }

  #channelWith(offset: number): Channel {
    const at = this.#channels.find((each) => {
      return offset === each.input || offset === each.output || offset === each.status;
    });
    assert(at !== undefined, "the register is known");
    return at;
  }

  #decode(port: number): { at: Channel; isStatus: boolean } | undefined {
    for (const [index, at] of this.#channels.entries()) {
      const place = this.#placeOf(index + 1);
      if (place === undefined) continue;
      if (port === place.data) return { at, isStatus: false };
      if (port === place.status) return { at, isStatus: true };
    }
    return undefined;
  }

  #bits(offset: number, mask: number): number {
    return (this.#plain.get(offset) ?? 0) & mask;
  }

  /** Where the host finds a channel; undefined when it is not enabled, or lies elsewhere. */
  #placeOf(number: number): { data: number; status: number } | undefined {
    const ladr12 = this.#bits(0x1c, 0xff) * 256 + this.#bits(0x20, 0xff);
    const second = this.#bits(0x10, 0x80) !== 0;
    if (number === 1 && this.#bits(0x00, 0x20) !== 0 && !second) {
      const status = this.#bits(0x100, 0x10) === 0 ? ladr12 + 4 : this.#bits(0x120, 0xffff);
      return { data: ladr12, status };
    }
    if (number === 2 && this.#bits(0x00, 0x40) !== 0 && second) {
      const status = this.#bits(0x100, 0x20) === 0 ? ladr12 + 4 : this.#bits(0x120, -1) >>> 16;
      return { data: ladr12, status };
    }
    if (number === 3 && this.#bits(0x00, 0x80) !== 0 && this.#bits(0x10, 0x04) !== 0) {
      const data = this.#bits(0x14, 0xff) * 256 + this.#bits(0x18, 0xff);
      return { data, status: data + 1 };
    }
    if (number === 4 && this.#bits(0x100, 0x01) !== 0) {
      const ladr4 = this.#plain.get(0x110) ?? 0;
      return { data: ladr4 & 0xffff, status: ladr4 >>> 16 };
    }
    return undefined;
  }

  #update(): void {
    const enables = this.#bits(0x08, 0x0e);
    const fourth = this.#bits(0x100, 0x02);
    const level = this.#channels.some((at, index) => {
      const enabled = index === 3 ? fourth !== 0 : (enables & (2 << index)) !== 0;
      return enabled && (at.value.status & Status.Ibf) !== 0;
    });
    if (level !== this.#line) {
      this.#line = level;
      this.onInterrupt(level);
    }
    for (const serial of this.#serials()) if (serial.raised) this.onSerial(serial.number, true);
  }

  /** The host took the byte: the chip clears the bit that raised its interrupt. */
  #lower(channelNumber: number): void {
    for (const serial of this.#serials()) {
      if (serial.channel !== channelNumber || !serial.raised) continue;
      const before = this.#plain.get(serial.register) ?? 0;
      this.#plain.set(serial.register, before & ~serial.bit);
      this.onSerial(serial.number, false);
    }
  }

  #serials() {
    const all = [
      { channel: 1, register: 0x70, bit: 0x01, number: 1 },
      { channel: 1, register: 0x70, bit: 0x02, number: 12 },
      { channel: 2, register: 0x80, bit: 0x1000, number: this.#bits(0x80, 0x0f_0000) >> 16 },
      { channel: 3, register: 0x80, bit: 0x4000, number: this.#bits(0x80, 0xf0_0000) >> 20 },
      { channel: 4, register: 0x104, bit: 0x01, number: this.#bits(0x104, 0xf0) >> 4 },
    ];
    return all.map((serial) => {
      return { ...serial, raised: this.#bits(serial.register, serial.bit) !== 0 };
    });
  }
}

function channel(input: number, output: number, status: number): Channel {
  return { input, output, status, value: { input: 0, output: 0, status: 0 } };
}
