import type { TraceHead } from "../trace/head.ts";
import { JsonLinesSink } from "../trace/jsonl.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { WholeFile } from "./whole-file.ts";

/** Text is gathered to pieces of this size before it is written. */
const CHUNK = 1 << 16;

/** A trace on its way into a file: it takes its name only when it is whole. */
export class TraceFile {
  readonly #file: WholeFile;
  #pending = "";

  constructor(path: string) {
    this.#file = new WholeFile("--trace", path);
  }

  begin(head: TraceHead): TraceSink {
    return new JsonLinesSink(head, (text) => this.#write(text));
  }

  /** The trace is whole. */
  finish(): void {
    this.#flush();
    this.#file.finish();
  }

  /** Leaves nothing behind, unless the trace was finished. */
  discard(): void {
    this.#file.discard();
  }

  #write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= CHUNK) this.#flush();
  }

  #flush(): void {
    this.#file.write(this.#pending);
    this.#pending = "";
  }
}
