import type { PciFunction } from "../../../../src/seats/linux/transport/pci.ts";

/** A PCI function that keeps what it was asked, and answers with a number made from it. */
export class RecordingFunction implements PciFunction {
  readonly bar = 0;
  readonly barBytes = 64;
  readonly pin = 1;
  readonly calls: string[] = [];

  configRead(offset: number, size: number): number {
    this.calls.push(`config read ${offset}/${size}`);
    return offset + size;
  }

  configWrite(offset: number, size: number, value: number): void {
    this.calls.push(`config write ${offset}/${size}=${value.toString(16)}`);
  }

  barRead(offset: number, size: number): number {
    this.calls.push(`bar read ${offset}/${size}`);
    return 0xa0b0_c000 + offset;
  }

  barWrite(offset: number, size: number, value: number): void {
    this.calls.push(`bar write ${offset}/${size}=${value.toString(16)}`);
  }
}

/** Every way to hand over `bytes` in at most three pieces, and byte by byte. */
export function* deliveries(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      yield [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)];
    }
  }
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
}

export function hex(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString("hex");
}
