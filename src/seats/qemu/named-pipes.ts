import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { SeatError } from "../../programs/errors.ts";
import { optionValue } from "../../programs/qemu-option.ts";
import { runToolOk } from "../../programs/tool.ts";

/** Lines to another process and back. Both calls return when they are done: nothing is awaited. */
export interface LineChannel {
  /** Sends a line, without its end. */
  send(line: string): void;
  /** Waits for the next line. Throws when the other process is gone. */
  receive(): string;
}

const POLL_MS = 2;
const CHUNK_BYTES = 4_096;
const NO_READER = "ENXIO";

/**
 * QEMU's `pipe` character device as a channel of lines. Our interface machines make a register access
 * as a plain call, so the answer has to be there when the call returns; a socket of the platform's
 * would give it to a later turn of the event loop. Reading a named pipe waits, and ends with the
 * process at its other end: how long that may live is the limit of every wait here.
 */
export class NamedPipes implements LineChannel {
  readonly #path: string;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  #reader: number | undefined;
  /** The reading end once more, for who will not wait. */
  #looker: number | undefined;
  #writer: number | undefined;
  #pending = "";

  private constructor(path: string) {
    this.#path = path;
  }

  /** Makes the two pipes in a folder, which goes with them. */
  static async create(folder: string, name: string): Promise<NamedPipes> {
    const path = join(folder, name);
    await runToolOk("mkfifo", [`${path}.in`, `${path}.out`], { remedy: "install coreutils" });
    return new NamedPipes(path);
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    if (this.#writer === undefined) throw gone();
    try {
      writeSync(this.#writer, bytes);
    } catch (error) {
      throw errorCode(error) === "EPIPE" ? gone() : error;
    }
  }

  /** Waits for bytes, however many come. Throws when the other process is gone. */
  receiveBytes(): Uint8Array {
    return Uint8Array.from(this.#take());
  }

  /** The bytes that are there; undefined when none are. Throws when the other process is gone. */
  bytesThere(): Uint8Array | undefined {
    if (this.#looker === undefined) throw gone();
    try {
      const bytes = readSync(this.#looker, this.#chunk, 0, CHUNK_BYTES, null);
      if (bytes === 0) throw gone();
      return Uint8Array.from(this.#chunk.subarray(0, bytes));
    } catch (error) {
      if (errorCode(error) === "EAGAIN") return undefined;
      throw error;
    }
  }

  /** QEMU's arguments for its end, as the character device `id`. */
  chardev(id: string): readonly string[] {
    return ["-chardev", `pipe,id=${id},path=${optionValue(this.#path)}`];
  }

  /**
   * Opens our end as soon as QEMU has opened its own. A pipe that nobody reads refuses a writer who
   * will not wait, and QEMU opens this one last; while that writer holds it, our reader need not wait
   * either, and after it only QEMU's end is left, so that its death ends every wait.
   */
  async open(isGone: () => boolean): Promise<void> {
    const witness = await this.#witness(isGone);
    this.#reader = openSync(`${this.#path}.out`, constants.O_RDONLY);
    this.#looker = openSync(`${this.#path}.out`, constants.O_RDONLY | constants.O_NONBLOCK);
    this.#writer = openWriter(`${this.#path}.in`);
    closeSync(witness);
  }

  send(line: string): void {
    this.sendBytes(Buffer.from(`${line}\n`));
  }

  receive(): string {
    for (;;) {
      const end = this.#pending.indexOf("\n");
      if (end >= 0) {
        const line = this.#pending.slice(0, end);
        this.#pending = this.#pending.slice(end + 1);
        return line.endsWith("\r") ? line.slice(0, -1) : line;
      }
      this.#pending += this.#read();
    }
  }

  close(): void {
    if (this.#reader !== undefined) closeSync(this.#reader);
    if (this.#looker !== undefined) closeSync(this.#looker);
    if (this.#writer !== undefined) closeSync(this.#writer);
    this.#reader = undefined;
    this.#looker = undefined;
    this.#writer = undefined;
  }

  async #witness(isGone: () => boolean): Promise<number> {
    for (;;) {
      if (isGone()) throw gone();
      const writer = openWriter(`${this.#path}.out`);
      if (writer !== undefined) return writer;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #read(): string {
    return this.#take().toString("utf8");
  }

  #take(): Buffer {
    if (this.#reader === undefined) throw gone();
    const bytes = readSync(this.#reader, this.#chunk, 0, CHUNK_BYTES, null);
    if (bytes === 0) throw gone();
    return this.#chunk.subarray(0, bytes);
  }
}

/** Undefined when nobody has the pipe open for reading. */
function openWriter(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === NO_READER) return undefined;
    throw error;
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function gone(): SeatError {
  return new SeatError("QEMU_FAILED", "QEMU is gone");
}
