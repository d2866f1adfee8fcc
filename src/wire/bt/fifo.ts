/** What a FIFO reads as behind its end. */
const EMPTY = 0xff;

/**
 * One direction's FIFO: memory with a write pointer and a read pointer, each of which moves only by
 * its own side's doing. So whoever reads on reads what an earlier frame left behind, and what is
 * written behind the end is lost. @see IPMI 2.0 §11.6.2, §11.6.3
 */
export class Fifo {
  readonly #bytes: Uint8Array;
  #writeAt = 0;
  #readAt = 0;

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes);
  }

  write(value: number): void {
    if (this.#writeAt < this.#bytes.length) this.#bytes[this.#writeAt++] = value;
  }

  read(): number {
    return this.#readAt < this.#bytes.length ? (this.#bytes[this.#readAt++] ?? EMPTY) : EMPTY;
  }

  clearWritePointer(): void {
    this.#writeAt = 0;
  }

  clearReadPointer(): void {
    this.#readAt = 0;
  }
}
