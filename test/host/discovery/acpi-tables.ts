/** ACPI tables as a compiler of ASL writes them, made from what a test wants in them. */

type Bytes = readonly number[];

/** A table of that signature; its checksum is right. */
export function acpiTable(signature: string, body: Bytes): Uint8Array {
  const bytes = new Uint8Array(36 + body.length);
  bytes.set(ascii(signature));
  new DataView(bytes.buffer).setUint32(4, bytes.length, true);
  bytes.set(body, 36);
  bytes[9] = -bytes.reduce((all, byte) => all + byte, 0) & 0xff;
  return bytes;
}

/** An SPMI: kind, address space, address, bits of a register. */
export function spmi(kind: number, space: number, address: number, bits = 8, pci = 0): Uint8Array {
  const little = [0, 8, 16, 24].map((shift) => (address >>> shift) & 0xff);
  const head = [kind, 1, 0x00, 0x02, 0, 0, 0, pci, 0, 0, 0, 0];
  return acpiTable("SPMI", [...head, space, bits, 0, 0, ...little, 0, 0, 0, 0, 0, 0, 2, 0, 0]);
}

export function device(name: string, ...inner: readonly Bytes[]): Bytes {
  return [0x5b, 0x82, ...packed([...ascii(name), ...inner.flat()])];
}

export function named(name: string, value: Bytes): Bytes {
  return [0x08, ...ascii(name), ...value];
}

export function method(name: string, body: Bytes): Bytes {
  return [0x14, ...packed([...ascii(name), 0, ...body])];
}

export function word(value: number): Bytes {
  return [0x0b, value & 0xff, value >> 8];
}

export function byte(value: number): Bytes {
  return [0x0a, value];
}

export function text(characters: string): Bytes {
  return [0x0d, ...ascii(characters), 0];
}

/** IPI0001 as ASL's EISAID has it. */
export const EISA_ID: Bytes = [0x0c, 0x26, 0x09, 0x00, 0x01];

export function template(...descriptors: readonly Bytes[]): Bytes {
  const all = [...descriptors.flat(), 0x79, 0];
  return [0x11, ...packed([0x0a, all.length, ...all])];
}

export function io(base: number, length: number): Bytes {
  const two = [base & 0xff, base >> 8];
  return [0x47, 1, ...two, ...two, 1, length];
}

export function memory(base: number, length: number): Bytes {
  const four = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  return [0x86, 9, 0, 1, ...four(base), ...four(length)];
}

export function i2c(address: number): Bytes {
  return [0x8e, 15, 0, 1, 0, 1, 0, 0, 0, 1, 6, 0, 0, 0, 0, 0, address, 0];
}

/** With the length before it, which counts itself. */
export function packed(body: Bytes): Bytes {
  const short = body.length + 1;
  if (short < 0x40) return [short, ...body];
  const all = body.length + 2;
  return [0x40 | (all & 15), all >> 4, ...body];
}

function ascii(characters: string): Bytes {
  return [...characters].map((each) => each.charCodeAt(0));
}
