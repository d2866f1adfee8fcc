interface Region {
  readonly start: number;
  readonly bytes: Uint8Array;
  /** Seen by all processes after a fork. */
  readonly shared: boolean;
}

const FIRST_ADDRESS = 0x1000_0000;
const PAGE_BYTES = 0x1000;
/** More than a page between regions, so that a run off an end is noticed. */
const GAP_BYTES = 0x10_0000;

/** A process's memory. An access to what is not there throws: a segmentation fault. */
export class AddressSpace {
  #regions: readonly Region[] = [];
  #next = FIRST_ADDRESS;

  /** Adds memory of whole pages; gives its address. */
  map(length: number, shared: boolean): number {
    const start = this.#next;
    const bytes = new Uint8Array(Math.ceil(length / PAGE_BYTES) * PAGE_BYTES);
    this.#next += bytes.length + GAP_BYTES;
    this.#regions = [...this.#regions, { start, bytes, shared }];
    return start;
  }

  /** The memory of a new process: its own copy of what is not shared. */
  fork(): AddressSpace {
    const copy = new AddressSpace();
    copy.#next = this.#next;
    copy.#regions = this.#regions.map((region) =>
      region.shared ? region : { ...region, bytes: region.bytes.slice() },
    );
    return copy;
  }

  /** The bytes themselves, to be read or written. */
  bytes(address: number, length: number): Uint8Array {
    for (const { start, bytes } of this.#regions) {
      const offset = address - start;
      if (offset >= 0 && offset + length <= bytes.length) {
        return bytes.subarray(offset, offset + length);
      }
    }
    throw new Error(`segmentation fault at ${address.toString(16)}`);
  }

  read(address: number, length: number): bigint {
    const bytes = this.bytes(address, length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index--) {
      value = (value << 8n) | BigInt(bytes[index] ?? 0);
    }
    return value;
  }

  write(address: number, length: number, value: bigint): void {
    const bytes = this.bytes(address, length);
    for (let index = 0; index < length; index++) {
      bytes[index] = Number((value >> BigInt(8 * index)) & 0xffn);
    }
  }

  /** The C string at an address. */
  text(address: number): string {
    let text = "";
    for (let at = address; ; at++) {
      const byte = this.bytes(at, 1)[0] ?? 0;
      if (byte === 0) return text;
      text += String.fromCharCode(byte);
    }
  }
}
