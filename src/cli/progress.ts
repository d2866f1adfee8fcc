/** Whoever sees no progress is told of each piece of work that takes so long, once. */
const LONG_MS = 60_000;

/** Shows on a terminal what is being done; in a pipe and beside a JSON document only what is long. */
export class Progress {
  readonly #total: number;
  readonly #shown: boolean;
  #done = 0;

  constructor(total: number, quiet: boolean) {
    this.#total = total;
    this.#shown = !quiet && process.stderr.isTTY === true;
  }

  /** Something begins; to be called when it is over. */
  next(what: string): () => void {
    this.#done++;
    if (this.#shown) {
      process.stderr.write(`\r\u001b[K${this.#done}/${this.#total} ${what}`);
      return () => {};
    }
    const text = `baseboard: ${what} has been played for ${LONG_MS / 1_000} s, and goes on\n`;
    const timer = setTimeout(() => process.stderr.write(text), LONG_MS).unref();
    return () => clearTimeout(timer);
  }

  end(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K");
  }
}
