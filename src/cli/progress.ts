/** Shows on a terminal what is being done; silent in a pipe and beside a JSON document. */
export class Progress {
  readonly #total: number;
  readonly #shown: boolean;
  #done = 0;

  constructor(total: number, quiet: boolean) {
    this.#total = total;
    this.#shown = !quiet && process.stderr.isTTY === true;
  }

  next(what: string): void {
    this.#done++;
    if (this.#shown) process.stderr.write(`\r\u001b[K${this.#done}/${this.#total} ${what}`);
  }

  end(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K");
  }
}
