/** SMBIOS tables as firmware lays them out, made from what a test wants in them. */

/** A record of type 38 of so many bytes; what is not given is as a right firmware has it. */
export function record38({
  length = 18,
  handle = 0x26,
  type = 1,
  version = 0x20,
  slave = 0x20,
  base = 0xca3n,
  modifier = 0,
  interrupt = 0,
}: Partial<{
  readonly length: number;
  readonly handle: number;
  readonly type: number;
  readonly version: number;
  readonly slave: number;
  readonly base: bigint;
  readonly modifier: number;
  readonly interrupt: number;
}> = {}): Uint8Array {
  const bytes = new Uint8Array(18);
  const view = new DataView(bytes.buffer);
  bytes.set([38, length, handle & 0xff, handle >> 8, type, version, slave, 0xff]);
  view.setBigUint64(8, base, true);
  bytes.set([modifier, interrupt], 16);
  return bytes.subarray(0, length);
}

/** Structures one behind the other, each with its strings, and the one that ends them. */
export function structures(...all: readonly Uint8Array[]): Uint8Array {
  const system = Uint8Array.from([1, 8, 1, 0, 1, 2, 0, 0, ...text("Maker\0Board")]);
  const end = Uint8Array.from([127, 4, 0xff, 0xfe]);
  return joined(...[system, ...all, end].flatMap((each) => [each, new Uint8Array(2)]));
}

/** A 32-bit entry point (2.8) or a 64-bit one (3.5) for structures. */
export function entryPoint(form: "_SM_" | "_SM3_", table: Uint8Array, count = 0xffff): Uint8Array {
  const bytes = new Uint8Array(form === "_SM_" ? 0x1f : 0x18);
  const view = new DataView(bytes.buffer);
  bytes.set(text(form));
  if (form === "_SM_") {
    bytes.set([0, bytes.length, 2, 8], 4);
    view.setUint16(0x16, table.length, true);
    view.setUint16(0x1c, count, true);
  } else {
    bytes.set([0, bytes.length, 3, 5], 5);
    view.setUint32(0x0c, table.length, true);
  }
  const sum = bytes.reduce((all, byte) => all + byte, 0);
  bytes[form === "_SM_" ? 4 : 5] = -sum & 0xff;
  return bytes;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function text(characters: string): readonly number[] {
  return [...characters].map((each) => each.charCodeAt(0));
}
