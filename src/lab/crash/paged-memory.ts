import { AddressSpace } from "../../assembler/address-space.ts";
import { Control } from "../../assembler/operands.ts";
import type { SystemRegisters } from "../../assembler/processor.ts";

/** Registers in memory, by their distance from the first one's first byte. */
export interface MappedDevice {
  readonly base: number;
  readonly length: number;
  read(offset: number, bytes: number): bigint;
  write(offset: number, bytes: number, value: bigint): void;
}

/** What a processor has that differs from one to the next. */
export interface Paging {
  readonly levels: 4 | 5;
  readonly physicalBits: number;
}

/** Bits of a table's entry. @see Intel SDM volume 3, 4.5.4 */
const Entry = { Present: 0x01n, Writable: 0x02n, Uncached: 0x10n, Large: 0x80n };
const ADDRESS = 0x000f_ffff_ffff_f000n;
const PAGE_SHIFT = 12;
const LEVEL_SHIFT = 9;
const ENTRIES = 512;
const ENTRY_BYTES = 8;
/** CR3 of the kernel that crashed: its tables map memory as it lies, and no device. */
const GIVEN = 0x5000n;
const FIVE_LEVELS = 0x1000n;
const PAE = 0x20n;
const ADDRESS_SIZES = 0x8000_0008;
const VIRTUAL_BITS = { 4: 48, 5: 57 } as const;

/** A page as it was found: where it lies, and how it is reached. */
interface Translation {
  readonly base: number;
  readonly length: number;
  readonly to: number;
  readonly cached: boolean;
}

/**
 * Memory as a processor reaches it through its page tables. The tables that it is given map memory, and
 * nothing else; others it walks as it finds them. What they do not map throws: a page fault.
 */
export class PagedMemory extends AddressSpace implements SystemRegisters {
  readonly #paging: Paging;
  readonly #device: MappedDevice | undefined;
  #tables = GIVEN;
  #known: Translation[] = [];

  constructor(paging: Paging, device: MappedDevice | undefined) {
    super();
    this.#paging = paging;
    this.#device = device;
  }

  /** The tables that it was given are in use. */
  get isAsGiven(): boolean {
    return this.#tables === GIVEN;
  }

  control(register: number): bigint {
    if (register === Control.Tables) return this.#tables;
    return PAE | (this.#paging.levels === 5 ? FIVE_LEVELS : 0n);
  }

  setControl(register: number, value: bigint): void {
    if (register !== Control.Tables) throw new Error(`CR${register} is not written`);
    this.#tables = value;
    this.#known = [];
  }

  identify(leaf: number): readonly [bigint, bigint, bigint, bigint] {
    if (leaf !== ADDRESS_SIZES) throw new Error(`leaf ${leaf.toString(16)} is not asked for`);
    const { levels, physicalBits } = this.#paging;
    return [BigInt(physicalBits | (VIRTUAL_BITS[levels] << 8)), 1n, 2n, 3n];
  }

  override readSmall(address: number, length: number): number {
    if (this.isAsGiven) return super.readSmall(address, length);
    const { at, device } = this.#reach(address, length);
    if (device !== undefined) return Number(device.read(at - device.base, length));
    return super.readSmall(at, length);
  }

  override read(address: number, length: number): bigint {
    const { at, device } = this.#reach(address, length);
    return device === undefined
      ? super.read(address, length)
      : device.read(at - device.base, length);
  }

  override write(address: number, length: number, value: bigint): void {
    const { at, device } = this.#reach(address, length);
    if (device === undefined) super.write(at, length, value);
    else device.write(at - device.base, length, BigInt.asUintN(8 * length, value));
  }

  /** Where an access goes. */
  #reach(
    address: number,
    length: number,
  ): { readonly at: number; readonly device?: MappedDevice | undefined } {
    if (this.isAsGiven) return { at: address };
    const { base, to, cached } = this.#page(address, length);
    const at = to + address - base;
    const device = this.#device;
    const isDevice = device !== undefined && at >= device.base && at < device.base + device.length;
    if (isDevice && cached) throw new Error("a device is reached through a cached page");
    return { at, device: isDevice ? device : undefined };
  }

  #page(address: number, length: number): Translation {
    const within = ({ base, length: bytes }: Translation) => {
      return address >= base && address + length <= base + bytes;
    };
    const known = this.#known.find(within);
    if (known !== undefined) return known;
    const found = this.#walk(address);
    if (!within(found)) throw new Error("an access over a page's end");
    this.#known = [...this.#known, found];
    return found;
  }

  #walk(address: number): Translation {
    const { levels, physicalBits } = this.#paging;
    const fault = (why: string) => new Error(`page fault at ${address.toString(16)}: ${why}`);
    if (address >= 2 ** (VIRTUAL_BITS[levels] - 1)) throw fault("no such address");
    let table = Number(this.#tables & ADDRESS);
    for (let level = levels - 1; level >= 0; level--) {
      const shift = PAGE_SHIFT + LEVEL_SHIFT * level;
      const index = Math.floor(address / 2 ** shift) % ENTRIES;
      const bytes = super.bytes(table + ENTRY_BYTES * index, ENTRY_BYTES);
      const entry = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
      if ((entry & Entry.Present) === 0n) throw fault("not present");
      if ((entry & Entry.Writable) === 0n) throw fault("not writable");
      if (entry >= 1n << BigInt(physicalBits)) throw fault("a reserved bit is set");
      const to = Number(entry & ADDRESS);
      const isPage = level === 0 || (entry & Entry.Large) !== 0n;
      if (!isPage) {
        table = to;
        continue;
      }
      const length = 2 ** shift;
      if (level > 2 || to % length !== 0) throw fault("a large page where there is none");
      const cached = (entry & Entry.Uncached) === 0n;
      return { base: address - (address % length), length, to, cached };
    }
    throw fault("the tables have no end");
  }
}
