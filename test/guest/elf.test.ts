import { expect, test } from "vitest";
import { staticElf } from "../../src/guest/elf.ts";
import { loaderElf } from "../../src/guest/loader.ts";

// Goal: the kernel takes the file. Method: what its loader checks in the header.
test.each([
  ["some code", staticElf(Uint8Array.of(0x90, 0xc3))],
  ["the loader", loaderElf()],
])("%s is an executable of one segment that holds its entry point", (_name, image) => {
  const view = new DataView(image.buffer);
  expect([...image.subarray(0, 8)]).toEqual([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  expect({ type: view.getUint16(16, true), machine: view.getUint16(18, true) }).toEqual({
    type: 2,
    machine: 62,
  });
  const headers = Number(view.getBigUint64(32, true));
  expect(headers).toBe(view.getUint16(52, true));
  expect([view.getUint16(54, true), view.getUint16(56, true)]).toEqual([56, 1]);
  const entry = view.getBigUint64(24, true);
  const segment = new DataView(image.buffer, headers, 56);
  expect([segment.getUint32(0, true), segment.getUint32(4, true)]).toEqual([1, 7]);
  const [offset, address, , inFile, inMemory, alignment] = [8, 16, 24, 32, 40, 48].map((at) =>
    segment.getBigUint64(at, true),
  );
  expect(inFile).toBe(BigInt(image.length));
  expect(inMemory).toBe(inFile);
  expect(((address ?? 0n) - (offset ?? 0n)) % (alignment ?? 1n)).toBe(0n);
  expect(entry - (address ?? 0n)).toBe(BigInt(headers + 56));
});

test("the code is in the file as it was given", () => {
  const code = Uint8Array.of(1, 2, 3, 4, 5);
  expect([...staticElf(code).subarray(120)]).toEqual([...code]);
});

test("the loader fits into a page", () => {
  expect(loaderElf().length).toBeLessThan(4_096);
});
