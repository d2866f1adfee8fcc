import { mkdtempSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeFolders, removeEmpty } from "../programs/folders.ts";
import { failureAt } from "./environment.ts";
import { Exit, Failure } from "./failure.ts";

/** A folder for what a long search finds, tried before the search begins. */
export class OutFolder {
  /** The option by which it was given. */
  readonly option: string;
  readonly path: string;
  readonly #made: readonly string[];

  constructor(option: string, path: string) {
    this.option = option;
    this.path = path;
    const what = `${option} ${path}: cannot be written`;
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === false) {
      throw new Failure(Exit.WrongCommand, `${what}: it is not a folder`);
    }
    try {
      this.#made = makeFolders(path);
    } catch (error) {
      throw failureAt(what, error);
    }
    try {
      rmdirSync(mkdtempSync(join(path, ".baseboard-")));
    } catch (error) {
      removeEmpty(this.#made);
      throw failureAt(what, error);
    }
  }

  /** Leaves no folder behind that was made here and is still empty. */
  close(): void {
    removeEmpty(this.#made);
  }
}
