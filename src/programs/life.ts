import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SeatError } from "./errors.ts";
import { makeFolders } from "./folders.ts";

/** Something outside this process that must not outlive it: a child, a folder. */
export interface Living {
  /** Ends it at once and synchronously; harmless when repeated. */
  kill(): void;
  /** Settles when nothing of it is left. */
  readonly gone: Promise<unknown>;
}

/** Nothing that a folder is made for takes so long. */
const SWEEP_AGE_MS = 3_600_000;

const living = new Set<Living>();
let watching = false;

/** Keeps an eye on something until it is released, so that `stopAll` and the exit can end it. */
export function watchOver(thing: Living): void {
  living.add(thing);
  if (watching) return;
  watching = true;
  process.on("exit", () => {
    for (const each of living) each.kill();
  });
}

export function release(thing: Living): void {
  living.delete(thing);
}

/** Ends every guest, tool and folder of this seat. For the caller's signal handlers. */
export async function stopAll(): Promise<void> {
  const all = [...living];
  for (const each of all) each.kill();
  await Promise.allSettled(all.map((each) => each.gone));
}

/** A folder of our own which goes when it is removed, or when the process ends. */
export class TemporaryFolder implements Living {
  readonly path: string;
  readonly gone: Promise<void>;
  #removed = false;
  #resolve: () => void = () => {};

  constructor(parent: string, prefix: string) {
    makeFolders(parent);
    sweep(parent, prefix);
    this.path = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
    this.gone = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    watchOver(this);
  }

  /** Throws when it was removed by somebody else in the middle of our work. */
  check(): void {
    if (this.#removed) throw new SeatError("INTERRUPTED", "interrupted");
  }

  kill(): void {
    this.#removed = true;
    rmSync(this.path, { recursive: true, force: true });
    release(this);
    this.#resolve();
  }
}

/**
 * Removes the folders of processes that were killed: this user's own, and no links. Their age is
 * looked at too, because a process in another container, which we don't see, may share the parent
 * with us. It is a favour: what cannot be swept is left, whatever the reason.
 */
function sweep(parent: string, prefix: string): void {
  for (const name of namesIn(parent)) {
    const pid = name.startsWith(prefix) ? /^\d+(?=-)/.exec(name.slice(prefix.length)) : null;
    if (pid === null || existsSync(`/proc/${pid[0]}`)) continue;
    try {
      const path = join(parent, name);
      const found = lstatSync(path);
      const own = found.isDirectory() && found.uid === process.getuid?.();
      if (!own || Date.now() - found.mtimeMs < SWEEP_AGE_MS) continue;
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else sweeps too, or may not let us.
    }
  }
}

/** A folder may be for writing only. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
