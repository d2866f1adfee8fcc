import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { AccessWidth } from "../wire/location.ts";
import type { RegisterPort } from "../wire/registers/port.ts";
import { DeviceError } from "./errors.ts";
import { accessError } from "./kernel-errors.ts";
import type { Libc } from "./libc.ts";

/** Registers that can be read and written until they are let go of. */
export interface OpenRegisters extends RegisterPort {
  close(): void;
}

/** Where registers lie in a file of the kernel's, and how they are accessed. */
export interface RegisterPlace {
  readonly path: string;
  /** Of the first register, in bytes from the file's begin. */
  readonly base: number;
  readonly spacing: number;
  readonly width: AccessWidth;
}

/**
 * Registers in I/O space by a file whose every read and write is an access of that many bytes:
 * `/dev/port`, which makes accesses of one byte, or the file of a PCI function's BAR.
 */
export class PortFile implements OpenRegisters {
  readonly #place: RegisterPlace;
  readonly #fd: number;
  readonly #value: Buffer;

  /** Throws `DeviceError`. */
  constructor(place: RegisterPlace) {
    this.#place = place;
    this.#value = Buffer.alloc(place.width / 8);
    this.#fd = opened(place.path);
  }

  read(register: number): number {
    const value = this.#value;
    this.#whole(() => readSync(this.#fd, value, 0, value.length, this.#at(register)));
    return value.readUInt8();
  }

  write(register: number, byte: number): void {
    const value = this.#value;
    value.fill(0);
    value.writeUInt8(byte);
    this.#whole(() => writeSync(this.#fd, value, 0, value.length, this.#at(register)));
  }

  close(): void {
    closeSync(this.#fd);
  }

  #at(register: number): number {
    return this.#place.base + register * this.#place.spacing;
  }

  /** A kernel under lockdown has the file of a BAR opened and read, and refuses each write. */
  #whole(access: () => number): void {
    const { path } = this.#place;
    if (bytesOf(path, access) === this.#value.length) return;
    throw new DeviceError("DEVICE_FAILS", `${path}: an access was cut short`);
  }
}

function bytesOf(path: string, access: () => number): number {
  try {
    return access();
  } catch (error) {
    throw accessError(path, error);
  }
}

/** So many bytes the kernel maps at least. */
export const PAGE_BYTES = 4_096;

/** Of memory: elements as wide as an access. */
type Elements = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Registers in memory, mapped into this process: `/dev/mem`, or the file of a PCI function's BAR. */
export class MappedFile implements OpenRegisters {
  readonly #elements: Elements;
  readonly #first: number;
  readonly #step: number;

  /** Throws `DeviceError`. `span` is from the first register's first byte to the last one's last. */
  constructor(place: RegisterPlace, span: number, libc: Libc) {
    const { path, base, spacing, width } = place;
    const bytes = width / 8;
    if (base % bytes !== 0 || spacing % bytes !== 0) {
      const text = `${path}: registers of ${width} bits in memory lie at multiples of ${bytes} bytes`;
      throw new DeviceError("REFUSED", text);
    }
    const page = base - (base % PAGE_BYTES);
    const length = Math.ceil((base - page + span) / PAGE_BYTES) * PAGE_BYTES;
    const fd = opened(path, "rs+");
    try {
      const memory = libc.map(fd, page, length);
      if (typeof memory === "string") throw accessError(path, memory);
      this.#elements = elementsOf(memory, width);
    } finally {
      closeSync(fd);
    }
    this.#first = (base - page) / bytes;
    this.#step = spacing / bytes;
  }

  read(register: number): number {
    return Number(this.#elements[this.#at(register)]) & 0xff;
  }

  write(register: number, byte: number): void {
    const elements = this.#elements;
    if (elements instanceof BigUint64Array) elements[this.#at(register)] = BigInt(byte);
    else elements[this.#at(register)] = byte;
  }

  /** The mapping stays until the process ends: nobody may have it who still holds the memory. */
  close(): void {}

  #at(register: number): number {
    return this.#first + register * this.#step;
  }
}

function elementsOf(memory: ArrayBuffer, width: AccessWidth): Elements {
  switch (width) {
    case 8:
      return new Uint8Array(memory);
    case 16:
      return new Uint16Array(memory);
    case 32:
      return new Uint32Array(memory);
    case 64:
      return new BigUint64Array(memory);
  }
}

function opened(path: string, flags = "r+"): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw accessError(path, error);
  }
}
