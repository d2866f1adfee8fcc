/** Cuts a byte stream into lines, without their ends. */
export class LineReader {
  readonly #take: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #pending = "";

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  feed(bytes: Uint8Array): void {
    const lines = (this.#pending + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#pending = lines.pop() ?? "";
    for (const line of lines) this.#take(line.replaceAll("\r", ""));
  }

  /** What came after the last line end, if anything did. */
  end(): void {
    if (this.#pending !== "") this.#take(this.#pending.replaceAll("\r", ""));
    this.#pending = "";
  }
}
