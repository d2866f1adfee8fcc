/** What a FIFO reads as behind its end. */
const EMPTY = 0xff;

/**
 * One direction's FIFO: memory with a write pointer and a read pointer, each of which moves only by
 * its own side's doing. So whoever reads on reads what an earlier frame left behind, and what is
 * written behind the end is lost. @see IPMI 2.0 §11.6.2, §11.6.3
 */
export class Fifo {
  private readonly _bytes: Uint8Array;
  private _writeAt = 0;
  private _readAt = 0;

  constructor(bytes: number) {
    this._bytes = new Uint8Array(bytes);
  }

  write(value: number): void {
    if (this._writeAt < this._bytes.length) this._bytes[this._writeAt++] = value;
  }

  read(): number {
    return this._readAt < this._bytes.length ? (this._bytes[this._readAt++] ?? EMPTY) : EMPTY;
  }

  clearWritePointer(): void {
    this._writeAt = 0;
  }

  clearReadPointer(): void {
    this._readAt = 0;
  }
}
