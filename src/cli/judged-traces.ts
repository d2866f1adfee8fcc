import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { TraceFile } from "./trace-file.ts";

/** Where what is judged is written down, too, as a trace of ours for each interface. */
export class JudgedTraces {
  readonly #path: string;
  readonly #files: TraceFile[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** The first interface's file has the name as it was given, the second's ends with `.2`. */
  begin(head: TraceHead): TraceSink {
    const number = this.#files.length + 1;
    const file = new TraceFile(number === 1 ? this.#path : `${this.#path}.${number}`);
    this.#files.push(file);
    return file.begin(head);
  }

  /** The traces are whole. */
  finish(): void {
    for (const file of this.#files) file.finish();
  }

  /** Leaves nothing behind, unless they were finished. */
  discard(): void {
    for (const file of this.#files) file.discard();
  }
}
