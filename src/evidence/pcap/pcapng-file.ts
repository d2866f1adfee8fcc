import { IPMI_TRACE, messagePacket, textPacket } from "./hpm2.ts";
import { Block, BYTE_ORDER, Option, PCAPNG } from "./packets.ts";

const VERSION_MAJOR = 1;
const UNKNOWN_LENGTH = 0xffff_ffff;
/** Times are in ns: 10 to the power of minus this. */
const NANOSECONDS = 9;
const COMMENT_MAX = 0xfff0;

/**
 * A pcapng file of IPMI messages, made in pieces: a section with one interface, then packets. Several of
 * them, one behind the other, are one file, too.
 */
export class PcapngFile {
  readonly #put: (piece: Uint8Array) => void;

  /** `name`: what the interface is called. */
  constructor(name: string, put: (piece: Uint8Array) => void) {
    this.#put = put;
    put(block(PCAPNG, [BYTE_ORDER, VERSION_MAJOR, UNKNOWN_LENGTH, UNKNOWN_LENGTH]));
    const options = [option(Option.InterfaceName, text(name)), option(Option.Resolution, NANO)];
    put(block(Block.Interface, [IPMI_TRACE, 0], ...options, END));
  }

  /** A message, NetFn and LUN first, with whatever is to be said of it. */
  message(message: Uint8Array, atUs: number, { toBmc, comments }: About): void {
    const packet = messagePacket(message, atUs, toBmc);
    if (packet !== undefined) this.#packet(packet, atUs, comments);
    else
      this.text(`a message of ${message.length} bytes, too long for this format`, atUs, comments);
  }

  /** A line of text. */
  text(line: string, atUs: number, comments: readonly string[] = []): void {
    this.#packet(textPacket(line, atUs), atUs, comments);
  }

  #packet(packet: Uint8Array, atUs: number, comments: readonly string[]): void {
    const ns = BigInt(atUs) * 1_000n;
    const [high, low] = [Number(ns >> 32n), Number(ns & 0xffff_ffffn)];
    const head = [0, high, low, packet.length, packet.length];
    const options = comments.map((each) => option(Option.Comment, text(each)));
    if (options.length > 0) options.push(END);
    this.#put(block(Block.EnhancedPacket, head, packet, ...options));
  }
}

/** What is said of a message besides its bytes. */
export interface About {
  readonly toBmc: boolean;
  readonly comments: readonly string[];
}

const NANO = Uint8Array.of(NANOSECONDS);
const END = new Uint8Array(4);

/** Two words before a block's content, its type and length, and the length again behind it. */
const BLOCK_ENDS = 12;
const WORD_BYTES = 4;

/** Words of 32 bits, then pieces that are each filled up to whole words; the least significant byte comes first. */
function block(type: number, words: readonly number[], ...pieces: readonly Uint8Array[]) {
  let length = BLOCK_ENDS + WORD_BYTES * words.length;
  for (const piece of pieces) length += padded(piece.length);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const word of [type, length, ...words]) {
    view.setUint32(at, word, true);
    at += WORD_BYTES;
  }
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += padded(piece.length);
  }
  view.setUint32(at, length, true);
  return bytes;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(WORD_BYTES + padded(value.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, WORD_BYTES);
  return bytes;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value).subarray(0, COMMENT_MAX);
}

function padded(length: number): number {
  return length + (-length & 3);
}
