import {
  closeSync,
  fchmodSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { failureAt } from "./environment.ts";
import { Exit, Failure } from "./failure.ts";

/** A file that takes its name only when it is whole: nobody ever sees a part of it. */
export class WholeFile {
  /** The option and the name that it was given, for messages. */
  readonly #what: string;
  readonly #path: string;
  readonly #partial: string;
  readonly #fd: number;
  #open = true;
  #whole = false;

  /** Opens at once, so that a name which cannot be written is refused before any work is done. */
  constructor(option: string, path: string) {
    this.#what = `${option} ${path}: cannot be written`;
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory() === true) {
        throw new Failure(Exit.WrongCommand, `${this.#what}: it is a folder`);
      }
      this.#path = found === undefined ? path : realpathSync(path);
      // A pipe or a device stays what it is; only a plain file can be replaced.
      const replaced = found === undefined || found.isFile();
      this.#partial = replaced ? `${this.#path}.partial-${process.pid}` : this.#path;
      // A link that somebody else has put there is taken away, not followed.
      if (replaced) rmSync(this.#partial, { force: true });
      this.#fd = openSync(this.#partial, replaced ? "wx" : "w");
    } catch (error) {
      throw failureAt(this.#what, error);
    }
  }

  /** Who may read, write and run it, whatever the user's mask is. */
  allow(mode: number): void {
    try {
      fchmodSync(this.#fd, mode);
    } catch (error) {
      throw failureAt(this.#what, error);
    }
  }

  write(contents: string | Uint8Array): void {
    const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      throw failureAt(this.#what, error);
    }
  }

  /** All is written. */
  finish(): void {
    try {
      this.#close();
      if (this.#partial !== this.#path) renameSync(this.#partial, this.#path);
      this.#whole = true;
    } catch (error) {
      throw failureAt(this.#what, error);
    }
  }

  /** Leaves nothing behind, unless the file was finished. */
  discard(): void {
    if (this.#whole) return;
    if (this.#open) this.#close();
    if (this.#partial !== this.#path) rmSync(this.#partial, { force: true });
  }

  #close(): void {
    this.#open = false;
    closeSync(this.#fd);
  }
}
