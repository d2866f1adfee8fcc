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
const SMALL_BYTES = 4;

/** A process's memory. An access to what is not there throws: a segmentation fault. */
export class AddressSpace {
  #regions: readonly Region[] = [];
  #next = FIRST_ADDRESS;
  #last: Region | undefined;

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
    const { start, bytes } = this.#regionOf(address, length);
    return bytes.subarray(address - start, address - start + length);
  }

  read(address: number, length: number): bigint {
    if (length <= SMALL_BYTES) return BigInt(this.readSmall(address, length));
    const high = this.readSmall(address + SMALL_BYTES, length - SMALL_BYTES);
    return (BigInt(high) << 32n) | BigInt(this.readSmall(address, SMALL_BYTES));
  }

  /** Up to four bytes. Most of what a processor reads is that, and no bigint is made for it. */
  readSmall(address: number, length: number): number {
    const { start, bytes } = this.#regionOf(address, length);
    let value = 0;
    for (let at = address - start + length - 1; at >= address - start; at--) {
      value = value * 0x100 + (bytes[at] ?? 0);
    }
    return value;
  }

  write(address: number, length: number, value: bigint): void {
    const { start, bytes } = this.#regionOf(address, length);
    for (let index = 0; index < length; index++) {
      bytes[address - start + index] = Number((value >> BigInt(8 * index)) & 0xffn);
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

  /** An access is likely where the last one was. */
  #regionOf(address: number, length: number): Region {
    if (this.#last !== undefined && isWithin(this.#last, address, length)) return this.#last;
    this.#last = this.#regions.find((region) => isWithin(region, address, length));
    if (this.#last !== undefined) return this.#last;
    throw new Error(`segmentation fault at ${address.toString(16)}`);
  }
}

function isWithin({ start, bytes }: Region, address: number, length: number): boolean {
  return address >= start && address + length <= start + bytes.length;
}
