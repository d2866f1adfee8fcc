import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { LineReader } from "../../programs/lines.ts";

const PIECE_BYTES = 1 << 14;

/**
 * The guest's console, which QEMU writes to a file. A socket would make the guest wait whenever
 * this process is slow to read, and the guest's time would be another in each run; and what comes
 * in a stream of its own comes now before, now after what the registers tell. The file is read
 * while the guest waits for us, so that each line has its place.
 */
export class ConsoleFile {
  readonly #path: string;
  readonly #lines: LineReader;
  readonly #piece = new Uint8Array(PIECE_BYTES);
  #fd: number | undefined;

  constructor(path: string, take: (line: string) => void) {
    this.#path = path;
    this.#lines = new LineReader(take);
  }

  /** Takes what the guest has said since. */
  read(): void {
    // QEMU makes the file before the guest runs.
    this.#fd ??= openSync(this.#path, "r");
    for (let bytes = PIECE_BYTES; bytes === PIECE_BYTES; ) {
      bytes = readSync(this.#fd, this.#piece);
      this.#lines.feed(this.#piece.subarray(0, bytes));
    }
  }

  /** The guest is gone: takes the rest, and a last line that has no end. */
  end(): void {
    if (this.#fd === undefined && !existsSync(this.#path)) return;
    this.read();
    this.#lines.end();
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}
