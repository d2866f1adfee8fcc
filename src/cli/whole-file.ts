import {
  closeSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { Exit, Failure } from "./failure.ts";

/** A file that takes its name only when it is whole: nobody ever sees a part of it. */
export class WholeFile {
  readonly #path: string;
  readonly #partial: string;
  readonly #fd: number;
  #open = true;

  /** Opens at once, so that a name which cannot be written is refused before any work is done. */
  constructor(option: string, path: string) {
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory() === true) throw new Error("it is a folder");
      this.#path = found === undefined ? path : realpathSync(path);
      // A pipe or a device stays what it is; only a plain file can be replaced.
      const replaced = found === undefined || found.isFile();
      this.#partial = replaced ? `${this.#path}.partial-${process.pid}` : this.#path;
      this.#fd = openSync(this.#partial, "w");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Failure(Exit.WrongCommand, `${option} ${path}: cannot be written: ${why}`);
    }
  }

  write(text: string): void {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
  }

  /** All is written. */
  finish(): void {
    this.#close();
    if (this.#partial !== this.#path) renameSync(this.#partial, this.#path);
  }

  /** Leaves nothing behind, unless the file was finished. */
  discard(): void {
    if (!this.#open) return;
    this.#close();
    if (this.#partial !== this.#path) rmSync(this.#partial, { force: true });
  }

  #close(): void {
    this.#open = false;
    closeSync(this.#fd);
  }
}
