import { mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder, and those above it that are missing, and says which it made, the outermost first.
 * Node's own `recursive` goes round for ever where the system says "no such folder" of one that
 * cannot be made, as it does in /proc. When one cannot be made, none is left.
 */
export function makeFolders(path: string): readonly string[] {
  const missing: string[] = [];
  for (let at = resolve(path); !isThere(at); at = dirname(at)) missing.unshift(at);
  const made: string[] = [];
  for (const folder of missing) {
    try {
      mkdirSync(folder);
      made.push(folder);
    } catch (error) {
      // Another process may have made it in between.
      if (isThere(folder)) continue;
      removeEmpty(made);
      throw error;
    }
  }
  return made;
}

/** Takes folders that were made away again, as far as nobody has put something into them. */
export function removeEmpty(made: readonly string[]): void {
  for (const folder of made.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      // Somebody uses it, or has removed it: either way it is no longer ours.
      return;
    }
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
