import { expect, test } from "vitest";
import { Control } from "../../src/assembler/operands.ts";
import { type MappedDevice, PagedMemory } from "../../src/lab/crash/paged-memory.ts";

const TABLE_BYTES = 4_096;
const VIRTUAL = 0x4020_1000;
const DEVICE: MappedDevice = {
  ...{ base: 0xfeb0_1000, length: 8 },
  read: (offset, bytes) => BigInt(16 * bytes + offset),
  write: () => {},
};

/** Memory with tables in which `VIRTUAL`'s large page has an entry, and the tables before it theirs. */
function memory(
  entry: bigint,
  { levels = 4, upper = 0x3n }: { levels?: 4 | 5; upper?: bigint } = {},
) {
  const paged = new PagedMemory({ levels, physicalBits: 40 }, DEVICE);
  const first = paged.map((levels - 1) * TABLE_BYTES, false);
  const indices = [...(levels === 5 ? [0] : []), 0, 1, 1];
  const tables = indices.map((index, at) => ({ at: first + at * TABLE_BYTES, index }));
  for (const [at, { at: table, index }] of tables.entries()) {
    const next = tables[at + 1];
    paged.write(table + 8 * index, 8, next === undefined ? entry : BigInt(next.at) | upper);
  }
  paged.setControl(Control.Tables, BigInt(first));
  return paged;
}

const UNCACHED = 0xfea0_009bn;

// Goal: what the executor's tables must have a processor asks for, so that a run tells of what is missing.
test.each([4, 5] as const)("an address is what %i levels of tables say", (levels) => {
  const paged = memory(0xfea0_009bn, { levels });
  expect(paged.read(VIRTUAL + 0x10_0004, 4)).toBe(0x44n);
  expect(paged.read(VIRTUAL + 0x10_0000, 8)).toBe(0x80n);
  expect(() => paged.read(VIRTUAL + 0x20_0000, 4)).toThrow("not present");
  expect(() => paged.read(2 ** (levels === 4 ? 47 : 56), 1)).toThrow("no such address");
});

test.each([
  ["is not there", UNCACHED & ~1n, {}, "not present"],
  ["is not to be written", UNCACHED & ~2n, {}, "not writable"],
  ["in tables that are not there", UNCACHED, { upper: 0x2n }, "not present"],
  ["has more address bits than the processor", UNCACHED | (1n << 40n), {}, "a reserved bit"],
  ["is large, and lies between two of them", UNCACHED | 0x1_0000n, {}, "a large page where"],
  ["has a device, and is cached", UNCACHED & ~0x10n, {}, "a cached page"],
])("a page faults that %s", (_, entry, facts, why) => {
  expect(() => memory(entry, facts).read(VIRTUAL + 0x10_0000, 4)).toThrow(why);
});

test("the tables that it is given map no device, and are given back", () => {
  const paged = memory(UNCACHED);
  const given = new PagedMemory({ levels: 4, physicalBits: 40 }, DEVICE).control(Control.Tables);
  expect(paged.isAsGiven).toBe(false);
  paged.setControl(Control.Tables, given);
  expect(paged.isAsGiven).toBe(true);
  expect(() => paged.read(DEVICE.base, 4)).toThrow("segmentation fault");
});
