import type { TraceGiven } from "../questions.ts";

type Pieces = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The trace's bytes, as they come. Throws where the address has none. */
export async function piecesOf(given: TraceGiven): Promise<Pieces> {
  if ("bytes" in given) return new Blob([given.bytes]).stream();
  const { ok, status, body } = await fetch(given.address);
  if (!ok || body === null) throw new Error(`${given.address} was answered with status ${status}`);
  return body;
}

/** Unpacked, if they begin as gzip does. @see RFC 1952, §2.3.1 */
export async function unpacked(pieces: Pieces): Promise<Pieces> {
  const reader = pieces.getReader();
  let beginning = new Uint8Array(0);
  while (beginning.length < 2) {
    const { done, value } = await reader.read();
    if (done) break;
    beginning = joined(beginning, value);
  }
  const whole: Pieces = new ReadableStream({
    start: (to) => to.enqueue(beginning),
    pull: async (to) => {
      const { done, value } = await reader.read();
      if (done) to.close();
      else to.enqueue(value);
    },
    cancel: (why) => reader.cancel(why),
  });
  const isPacked = beginning[0] === 0x1f && beginning[1] === 0x8b;
  return isPacked ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
