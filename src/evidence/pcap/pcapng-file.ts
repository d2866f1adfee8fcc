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
    const section = numbers([BYTE_ORDER, VERSION_MAJOR, UNKNOWN_LENGTH, UNKNOWN_LENGTH]);
    put(block(PCAPNG, section));
    const options = [option(Option.InterfaceName, text(name)), option(Option.Resolution, NANO)];
    put(block(Block.Interface, numbers([IPMI_TRACE, 0]), ...options, END));
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
    const head = numbers([0, high, low, packet.length, packet.length]);
    const options = comments.map((each) => option(Option.Comment, text(each)));
    const end = options.length === 0 ? [] : [END];
    this.#put(block(Block.EnhancedPacket, head, padded(packet), ...options, ...end));
  }
}

/** What is said of a message besides its bytes. */
export interface About {
  readonly toBmc: boolean;
  readonly comments: readonly string[];
}

const NANO = Uint8Array.of(NANOSECONDS);
const END = new Uint8Array(4);

function block(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.reduce((sum, { length }) => sum + length, 0);
  const length = content + 12;
  return joined([numbers([type, length]), ...parts, numbers([length])]);
}

function option(code: number, value: Uint8Array): Uint8Array {
  const head = new Uint8Array(4);
  const view = new DataView(head.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  return joined([head, padded(value)]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value).subarray(0, COMMENT_MAX);
}

function padded(bytes: Uint8Array): Uint8Array {
  return joined([bytes, new Uint8Array(-bytes.length & 3)]);
}

/** In 32 bits each, the least significant byte first. */
function numbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value, true);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
