import {
  at,
  Control,
  If,
  Label,
  r14,
  rax,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
} from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import { assert } from "../assert.ts";
import { type RegisterLocation, registersSpan } from "../wire/location.ts";
import { BOOT_PARAMS_BYTES } from "./results.ts";

/** Bits of a page table's entry. @see Intel SDM volume 3, tables 4-15 to 4-19 */
const Page = { Present: 0x01, Writable: 0x02, WriteThrough: 0x08, Uncached: 0x10, Large: 0x80 };
const TABLE = Page.Present | Page.Writable;
const LARGE = TABLE | Page.Large;
const DEVICE = LARGE | Page.WriteThrough | Page.Uncached;

const TABLE_BYTES = 4_096;
const ENTRY_BYTES = 8;
const ENTRIES = TABLE_BYTES / ENTRY_BYTES;
/** What an entry of the lowest level but one maps at once, and of which places the entry is one. */
const LARGE_BYTES = 2 ** 21;
const LARGE_SHIFT = 21;
const UPPER_SHIFTS = [39, 30] as const;
/** Of CR4: five levels of tables. @see Intel SDM volume 3, 2.5 */
const FIVE_LEVELS = 0x1000;
/**
 * Where the registers are to be seen: below the end of what four levels reach, and above all memory that a
 * machine with four levels can have.
 */
const WINDOW = 2 ** 47 - 2 ** 39;
/** One at the top, one for five levels, two for the window; two paths for each end of two areas. */
const TABLES = 12;
/** No executor is longer, its tables with it. */
export const EXTENT_BYTES = 0x1_0000;
/** CPUID's leaf that has the number of physical address bits in its lowest byte. */
const ADDRESS_SIZES = 0x8000_0008;

/** Where a register is seen, once the tables are in use. */
export function seenAt({ base }: RegisterLocation): number {
  return WINDOW + (base % LARGE_BYTES);
}

/** Page tables of the executor's own, and those that were given. */
export interface OwnTables {
  readonly pool: Label;
  /** Takes CR3 as it was given. */
  readonly given: Label;
}

/** What is to be mapped: the executor from `start` on, and the registers. */
interface Mapping {
  readonly location: RegisterLocation;
  readonly start: Label;
  readonly tables: OwnTables;
}

export function ownTables(a: Assembler): OwnTables {
  return { pool: a.space(TABLES * TABLE_BYTES + TABLE_BYTES - 1), given: a.space(ENTRY_BYTES) };
}

/**
 * Builds tables of the executor's own in the image and uses them: they map the executor, the boot
 * parameters (`r14`) as they lie, and the registers, not cached, in a window. The tables that were given
 * need not map the registers, and are neither read nor changed: nobody promises that they are mapped
 * themselves, and a fault would reset the machine. Spoils all but `r8` to `r15`.
 */
export function emitOwnTables(a: Assembler, { location, start, tables }: Mapping): void {
  const map = new Label("map");
  const built = new Label("built");
  const four = new Label("four levels");
  a.lea(rdi, tables.pool);
  a.add(rdi, TABLE_BYTES - 1);
  a.and(rdi, -TABLE_BYTES);
  a.mov(rbx, rdi);
  a.add(rdi, TABLE_BYTES);
  for (const [index, page] of devicePages(location).entries()) {
    a.mov(rax, WINDOW + index * LARGE_BYTES);
    a.mov(rsi, page + DEVICE);
    a.call(map);
  }
  const areas = [
    { first: () => a.lea(rax, start), bytes: EXTENT_BYTES },
    { first: () => a.mov(rax, r14), bytes: BOOT_PARAMS_BYTES },
  ];
  for (const { first, bytes } of areas) {
    for (const distance of [0, bytes - 1]) {
      first();
      a.add(rax, distance);
      a.mov(rsi, rax);
      a.and(rsi, -LARGE_BYTES);
      a.or(rsi, LARGE);
      a.call(map);
    }
  }
  a.jmp(built);
  emitMap(a, map);
  a.bind(built);
  a.loadControl(rax, Control.Extensions);
  a.and(rax, FIVE_LEVELS);
  a.jcc(If.Equal, four);
  a.lea(rax, at(rbx, TABLE));
  a.store(at(rdi), rax);
  a.mov(rbx, rdi);
  a.bind(four);
  a.loadControl(rax, Control.Tables);
  a.store(tables.given, rax);
  a.storeControl(Control.Tables, rbx);
}

/** The large pages that the registers lie in, by their physical addresses. */
function devicePages(location: RegisterLocation): readonly number[] {
  const first = location.base - (location.base % LARGE_BYTES);
  const end = location.base + registersSpan(location);
  return end > first + LARGE_BYTES ? [first, first + LARGE_BYTES] : [first];
}

/** Maps the page of `rax` by the entry in `rsi`, from the table `rbx` on; `rdi` is the next free one. */
function emitMap(a: Assembler, map: Label): void {
  a.bind(map);
  a.mov(rdx, rbx);
  for (const shift of UPPER_SHIFTS) {
    const there = new Label("there");
    emitEntryPlace(a, shift);
    a.load(rcx, at(rdx));
    a.test(rcx, rcx);
    a.jcc(If.NotEqual, there);
    a.lea(rcx, at(rdi, TABLE));
    a.store(at(rdx), rcx);
    a.add(rdi, TABLE_BYTES);
    a.bind(there);
    a.and(rcx, -TABLE_BYTES);
    a.mov(rdx, rcx);
  }
  emitEntryPlace(a, LARGE_SHIFT);
  a.store(at(rdx), rsi);
  a.ret();
}

/** `rdx`, a table, becomes the place of the entry for `rax` in it. Spoils `rcx`. */
function emitEntryPlace(a: Assembler, shift: number): void {
  a.mov(rcx, rax);
  a.shr(rcx, shift);
  a.and(rcx, ENTRIES - 1);
  a.shl(rcx, Math.log2(ENTRY_BYTES));
  a.add(rdx, rcx);
}

/** Gives the tables back. Spoils `rax`. */
export function emitGivenTables(a: Assembler, { given }: OwnTables): void {
  a.load(rax, given);
  a.storeControl(Control.Tables, rax);
}

/**
 * Goes to `within` where this processor has such a physical address, and on where it has not: an access
 * would fault, and a fault resets the machine. Spoils `rax`, `rbx`, `rcx` and `rdx`.
 */
export function emitAddressCheck(a: Assembler, location: RegisterLocation, within: Label): void {
  a.mov(rax, ADDRESS_SIZES);
  a.cpuid();
  a.and(rax, 0xff);
  a.cmp(rax, addressBits(location.base + registersSpan(location) - 1));
  a.jcc(If.AboveOrEqual, within);
}

function addressBits(address: number): number {
  const bits = BigInt(address).toString(2).length;
  assert(bits <= 52, "a physical address has 52 bits at the most");
  return bits;
}
