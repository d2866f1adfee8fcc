import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join, sep } from "node:path";
import { failureAt, isSystemError, sentence } from "./environment.ts";
import { Exit, Failure } from "./failure.ts";

/** A file that is there and could not be read. */
export interface Unread {
  readonly path: string;
  readonly why: string;
  /** Whether root could read it. */
  readonly denied: boolean;
}

/** More than any table has. */
const FILE_BYTES_MAX = 4 << 20;
const NAMES_MAX = 4_096;
const ABSENT: readonly string[] = ["ENOENT", "ENOTDIR", "ENODEV"];
const DENIED: readonly string[] = ["EACCES", "EPERM"];

/**
 * The files of a machine under `/`, or under a folder that has another's at the same paths. What is
 * missing is missing; what cannot be read is kept in `unread`. Nothing outside of the folder is read,
 * wherever its links lead.
 */
export class MachineFiles {
  readonly unread: Unread[] = [];
  readonly #root: string;

  constructor(root: string) {
    try {
      if (!statSync(root).isDirectory())
        throw new Failure(Exit.WrongCommand, `--from ${root}: a folder is right`);
      this.#root = realpathSync(root);
    } catch (error) {
      throw failureAt(`--from ${root}`, error);
    }
  }

  /** The bytes of a file; undefined when there are none to be had. */
  bytes(path: string): Uint8Array | undefined {
    return this.#tried(path, () => this.#read(this.#real(path), path));
  }

  /** A file of text, whatever its bytes are. */
  text(path: string): string | undefined {
    const bytes = this.bytes(path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** The names in a folder, in order; none when it is not there. */
  names(path: string): readonly string[] {
    const names = this.#tried(path, () => readdirSync(this.#real(path)));
    return (names ?? []).sort().slice(0, NAMES_MAX);
  }

  /** The name of what a link leads to in the end. */
  target(path: string): string | undefined {
    return this.#tried(path, () => this.#real(path).split(sep).at(-1));
  }

  /** Whether a path leads to a folder itself: through no link, which may lead round in a circle. */
  isFolder(path: string): boolean {
    return this.#tried(path, () => lstatSync(join(this.#root, path)).isDirectory()) ?? false;
  }

  /** Whether anybody may read the file: what root alone can only write to is not asked for. */
  isReadable(path: string): boolean {
    return this.#tried(path, () => (statSync(this.#real(path)).mode & 0o444) !== 0) ?? false;
  }

  #read(real: string, path: string): Uint8Array | undefined {
    // A pipe would wait for a writer: it is not opened.
    if (!statSync(real).isFile()) return this.#keep(path, "it is no plain file");
    const fd = openSync(real, "r");
    try {
      // What the kernel makes on the spot says 0 bytes, and what it says may be more than there is.
      const pieces: Uint8Array[] = [];
      const size = Math.max(4_096, Math.min(fstatSync(fd).size, FILE_BYTES_MAX));
      for (let all = 0; all < FILE_BYTES_MAX; ) {
        const piece = new Uint8Array(size);
        const length = readSync(fd, piece);
        if (length === 0) break;
        pieces.push(piece.subarray(0, length));
        all += length;
      }
      const all = Buffer.concat(pieces);
      if (all.length >= FILE_BYTES_MAX) this.#keep(path, "only its first 4 MiB are read");
      return Uint8Array.from(all.subarray(0, FILE_BYTES_MAX));
    } finally {
      closeSync(fd);
    }
  }

  #real(path: string): string {
    const real = realpathSync(join(this.#root, path));
    const inside = this.#root === sep || real === this.#root || real.startsWith(this.#root + sep);
    if (!inside) throw new Outside();
    return real;
  }

  #tried<T>(path: string, work: () => T | undefined): T | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof Outside) return this.#keep(path, "its link leads out of the folder");
      if (!isSystemError(error)) throw error;
      if (ABSENT.includes(error.code)) return undefined;
      return this.#keep(path, sentence(error), DENIED.includes(error.code));
    }
  }

  #keep(path: string, why: string, denied = false): undefined {
    this.unread.push({ path, why, denied });
  }
}

class Outside extends Error {}
