import type { AddressSpace } from "./address-space.ts";

/** A register or memory that an instruction reads and writes. */
export interface Place {
  readonly address: number;
  read(bytes: number): bigint;
  write(bytes: number, value: bigint): void;
}

/** The sixteen registers of 64 bits. */
interface RegisterFile {
  get(register: number): bigint;
  set(register: number, value: bigint): void;
}

export function registerPlace(file: RegisterFile, register: number): Place {
  return {
    address: Number.NaN,
    read: (bytes) => BigInt.asUintN(8 * bytes, file.get(register)),
    write(bytes, value) {
      if (bytes < 4) throw new Error("a part of a register is not written");
      file.set(register, BigInt.asUintN(8 * bytes, value));
    },
  };
}

export function memoryPlace(memory: AddressSpace, address: number): Place {
  return {
    address,
    read: (bytes) => memory.read(address, bytes),
    write: (bytes, value) => memory.write(address, bytes, value),
  };
}
