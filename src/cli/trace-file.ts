import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import type { TraceHead } from "../trace/head.ts";
import { JsonLinesSink } from "../trace/jsonl.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { Exit, Failure } from "./failure.ts";

/** Text is gathered to pieces of this size before it is written. */
const CHUNK = 1 << 16;

/** A trace on its way into a file: it takes its name only when it is whole. */
export class TraceFile {
  readonly #path: string;
  readonly #partial: string;
  readonly #fd: number;
  #pending = "";
  #open = true;

  constructor(path: string) {
    this.#path = path;
    this.#partial = `${path}.partial-${process.pid}`;
    try {
      this.#fd = openSync(this.#partial, "w");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Failure(Exit.WrongCommand, `--trace ${path}: cannot be written: ${why}`);
    }
  }

  begin(head: TraceHead): TraceSink {
    return new JsonLinesSink(head, (text) => this.#write(text));
  }

  /** The trace is whole. */
  finish(): void {
    this.#flush();
    this.#close();
    renameSync(this.#partial, this.#path);
  }

  /** Leaves nothing behind, unless the trace was finished. */
  discard(): void {
    if (!this.#open) return;
    this.#close();
    rmSync(this.#partial, { force: true });
  }

  #write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= CHUNK) this.#flush();
  }

  #flush(): void {
    const bytes = new TextEncoder().encode(this.#pending);
    this.#pending = "";
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
  }

  #close(): void {
    this.#open = false;
    closeSync(this.#fd);
  }
}
