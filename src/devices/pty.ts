import { closeSync, constants, openSync, symlinkSync, unlinkSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { StreamEnd } from "../wire/stream/line.ts";
import { DeviceError } from "./errors.ts";
import { buffer, type Libc, loadLibc } from "./libc.ts";

const MULTIPLEXER = "/dev/ptmx";
/** Linux's calls: unlock the other end, learn its number, read and write how a terminal behaves. */
const Call = {
  SetLock: 0x4004_5431,
  PtyNumber: 0x8004_5430,
  ReadSettings: 0x5401,
  WriteSettings: 0x5402,
} as const;

/**
 * A terminal's settings, as those calls have them on the platforms that `loadLibc` knows: flags for input,
 * output, control and the local user (4 bytes each), the line discipline (1), control characters (19).
 */
const SETTINGS = { input: 0, output: 4, control: 8, local: 12, characters: 17, bytes: 36 } as const;
/** Control characters 5 and 6: how long a read waits, and for how many bytes. */
const WAIT_AT = SETTINGS.characters + 5;
const LEAST_AT = SETTINGS.characters + 6;
const CONTROL = { sizeAndParity: 0o460, eightBits: 0o60 } as const;

/**
 * A pseudo-terminal whose far end is a file that programs open as a serial port. It is raw, and stays
 * there while nobody has it open.
 */
export class Pty implements StreamEnd {
  /** The far end, such as `/dev/pts/3`. */
  readonly path: string;
  readonly #near: ReadStream;
  /** Held open by us, too: without anybody there the near end would fail. */
  readonly #far: number;
  readonly #link: string | undefined;

  /** `link`: a name for the far end, which goes with it. Throws `DeviceError`, and what `symlink` throws. */
  constructor(link?: string) {
    const libc = loadLibc();
    const near = opened(MULTIPLEXER);
    const number = buffer(4);
    called(libc, near, Call.SetLock, buffer(4));
    called(libc, near, Call.PtyNumber, number);
    this.path = `/dev/pts/${number.readUInt32LE()}`;
    this.#far = opened(this.path);
    makeRaw(libc, this.#far);
    this.#near = new ReadStream(near);
    if (link !== undefined) symlinkSync(this.path, link);
    this.#link = link;
  }

  receive(taken: (bytes: Uint8Array) => void): void {
    this.#near.on("data", taken);
  }

  write(bytes: Uint8Array): void {
    this.#near.write(bytes);
  }

  close(): void {
    if (this.#link !== undefined) unlinkSync(this.#link);
    this.#near.destroy();
    closeSync(this.#far);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DeviceError("NO_DEVICE", `${path}: there is no pseudo-terminal (${why})`);
  }
}

function called(libc: Libc, fd: number, call: number, argument: Buffer): void {
  const result = libc.ioctl(fd, call, argument);
  if (typeof result === "number") return;
  throw new DeviceError("DEVICE_FAILS", `${MULTIPLEXER}: no pseudo-terminal (${result})`);
}

/** Each byte goes through as it is, and at once. Node's own raw mode makes CR LF of a LF. */
function makeRaw(libc: Libc, fd: number): void {
  const settings = buffer(SETTINGS.bytes);
  called(libc, fd, Call.ReadSettings, settings);
  const control = settings.readUInt32LE(SETTINGS.control);
  settings.writeUInt32LE(0, SETTINGS.input);
  settings.writeUInt32LE(0, SETTINGS.output);
  settings.writeUInt32LE((control & ~CONTROL.sizeAndParity) | CONTROL.eightBits, SETTINGS.control);
  settings.writeUInt32LE(0, SETTINGS.local);
  settings.writeUInt8(0, WAIT_AT);
  settings.writeUInt8(1, LEAST_AT);
  called(libc, fd, Call.WriteSettings, settings);
}
