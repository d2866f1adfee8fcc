import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { failureAt } from "./environment.ts";

/** What stands for standard input. */
export const STANDARD_INPUT = "-";

const PIECE = 1 << 18;
const GZIP = [0x1f, 0x8b] as const;

/**
 * The bytes of a file, or of standard input, as they come; unpacked if they are gzip's. Packed ones that
 * break off are given as far as they go, and `brokenOff` is told why.
 */
export async function* bytesOf(
  file: string,
  brokenOff: (why: string) => void,
): AsyncGenerator<Uint8Array> {
  const pieces = piecesOf(file);
  let first: Buffer = Buffer.alloc(0);
  while (first.length < GZIP.length) {
    const next = await pieces.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  const all = joined(first, pieces);
  if (first[0] === GZIP[0] && first[1] === GZIP[1]) yield* unpacked(all, brokenOff);
  else yield* all;
}

async function* piecesOf(file: string): AsyncGenerator<Buffer> {
  const source =
    file === STANDARD_INPUT ? process.stdin : createReadStream(file, { highWaterMark: PIECE });
  try {
    for await (const piece of source) yield Buffer.from(piece);
  } catch (error) {
    throw failureAt(file, error);
  }
}

async function* joined(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* rest;
}

async function* unpacked(
  packed: AsyncGenerator<Buffer>,
  brokenOff: (why: string) => void,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(packed);
  const gunzip = createGunzip();
  source.on("error", (error) => gunzip.destroy(error));
  try {
    for await (const piece of source.pipe(gunzip)) yield Buffer.from(piece);
  } catch (error) {
    const ofGzip = error instanceof Error && "code" in error && /^Z_/.test(String(error.code));
    if (!ofGzip) throw error;
    brokenOff(error.message);
  }
}
