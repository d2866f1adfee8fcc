import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { Written } from "./judged.ts";
import { TraceFile } from "./trace-file.ts";

/** Where what is judged is written down, too, as a trace of ours for each interface. */
export class JudgedTraces implements Written {
  readonly #path: string;
  readonly #files: TraceFile[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** The first interface's file has the name as it was given, the second's ends with `.2`. */
  begin(head: TraceHead): TraceSink {
    const file = new TraceFile(numbered(this.#path, this.#files.length));
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

/** The name of a file of which there are several: the first has it as it is, the second ends with `.2`. */
export function numbered(path: string, before: number): string {
  return before === 0 ? path : `${path}.${before + 1}`;
}
