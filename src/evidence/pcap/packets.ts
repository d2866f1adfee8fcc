import { EvidenceError } from "../evidence-error.ts";

/** One packet of a file, and of which link type its interface is. */
export interface Packet {
  readonly linkType: number;
  readonly atUs: number;
  readonly bytes: Uint8Array;
  /** It was longer on the wire than what is kept of it. */
  readonly cut: boolean;
}

/** Takes packets out of a file that comes in pieces; whole blocks of it, one after the other. */
export interface PacketFile {
  /** How many bytes the next block has, by its first `HEAD` ones. Throws for what cannot be one. */
  length(head: DataView): number;
  /** Reads a whole block; undefined when it is no packet, or one without a time. */
  packet(block: DataView): Packet | undefined;
}

/** So many bytes of a block say how long it is. */
export const HEAD = 12;
/** No packet of any link type is longer. */
const PACKET_MAX = 1 << 18;
const BLOCK_MAX = 1 << 20;

const PCAP_US = 0xa1b2c3d4;
const PCAP_NS = 0xa1b23c4d;
/** A section's block, the same in either byte order; and what tells the order. */
export const PCAPNG = 0x0a0d0d0a;
export const BYTE_ORDER = 0x1a2b3c4d;

/** Whether a file that begins with these bytes is one of packets. */
export function isPcap(begin: Uint8Array): boolean {
  if (begin.length < 4) return false;
  const view = viewOf(begin);
  return [true, false].some((little) => {
    return [PCAP_US, PCAP_NS, PCAPNG].includes(view.getUint32(0, little));
  });
}

/** The file that begins so; `isPcap` has said that it is one. */
export function packetFile(begin: Uint8Array): PacketFile {
  const magic = viewOf(begin).getUint32(0, false);
  return magic === PCAPNG ? new Pcapng() : new Pcap();
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function broken(why: string): EvidenceError {
  return new EvidenceError("BROKEN_FILE", `a file of packets that is broken: ${why}`);
}

const PCAP_HEADER = 24;
const PCAP_RECORD = 16;
/** Above it are bits that say something else. */
const LINK_TYPE_BITS = 0x0fff_ffff;

class Pcap implements PacketFile {
  #little: boolean | undefined;
  #nanoseconds = false;
  #linkType = 0;

  length(head: DataView): number {
    if (this.#little === undefined) return PCAP_HEADER;
    const bytes = head.getUint32(8, this.#little);
    if (bytes > PACKET_MAX) throw broken(`a packet of ${bytes} bytes`);
    return PCAP_RECORD + bytes;
  }

  packet(block: DataView): Packet | undefined {
    const little = this.#little;
    if (little === undefined) {
      this.#begins(block);
      return undefined;
    }
    const part = block.getUint32(4, little);
    const us = this.#nanoseconds ? Math.floor(part / 1_000) : part;
    const bytes = new Uint8Array(
      block.buffer,
      block.byteOffset + PCAP_RECORD,
      block.byteLength - PCAP_RECORD,
    );
    return {
      linkType: this.#linkType,
      atUs: block.getUint32(0, little) * 1_000_000 + us,
      bytes,
      cut: block.getUint32(12, little) > bytes.length,
    };
  }

  #begins(header: DataView): void {
    const magic = header.getUint32(0, true);
    const little = magic === PCAP_US || magic === PCAP_NS;
    this.#little = little;
    this.#nanoseconds = header.getUint32(0, little) === PCAP_NS;
    this.#linkType = header.getUint32(20, little) & LINK_TYPE_BITS;
  }
}

/** Types of pcapng's blocks. */
export const Block = { Interface: 1, EnhancedPacket: 6 } as const;
/** What an option says: of any block, and of an interface. */
export const Option = { Comment: 1, InterfaceName: 2, Resolution: 9 } as const;
const BLOCK_MIN = 12;
/** Bytes before a block's packet, and before its options. */
const ENHANCED_PACKET = 28;
const INTERFACE = 16;
const INTERFACES_MAX = 256;

interface Interface {
  readonly linkType: number;
  /** Units of its times in a second. */
  readonly perSecond: bigint;
}

class Pcapng implements PacketFile {
  #little = true;
  #interfaces: Interface[] = [];

  length(head: DataView): number {
    if (head.getUint32(0, false) === PCAPNG) {
      this.#little = head.getUint32(8, true) === BYTE_ORDER;
      if (head.getUint32(8, this.#little) !== BYTE_ORDER)
        throw broken("a section of no byte order");
    }
    const bytes = head.getUint32(4, this.#little);
    if (bytes < BLOCK_MIN || bytes > BLOCK_MAX || bytes % 4 !== 0) {
      throw broken(`a block of ${bytes} bytes`);
    }
    return bytes;
  }

  packet(block: DataView): Packet | undefined {
    const type = block.getUint32(0, this.#little);
    if (type === PCAPNG) this.#interfaces = [];
    if (type === Block.Interface && block.byteLength > INTERFACE) this.#interface(block);
    return type === Block.EnhancedPacket ? this.#packet(block) : undefined;
  }

  #interface(block: DataView): void {
    if (this.#interfaces.length >= INTERFACES_MAX) throw broken("too many interfaces");
    const linkType = block.getUint16(8, this.#little);
    this.#interfaces.push({ linkType, perSecond: this.#resolution(block) });
  }

  #resolution(block: DataView): bigint {
    const end = block.byteLength - 4;
    for (let at = INTERFACE; at + 4 < end; ) {
      const length = block.getUint16(at + 2, this.#little);
      if (block.getUint16(at, this.#little) === Option.Resolution && length === 1) {
        const value = block.getUint8(at + 4);
        return (value & 0x80) === 0 ? 10n ** BigInt(value) : 2n ** BigInt(value & 0x7f);
      }
      at += 4 + Math.ceil(length / 4) * 4;
    }
    return 1_000_000n;
  }

  #packet(block: DataView): Packet {
    const little = this.#little;
    if (block.byteLength < ENHANCED_PACKET + 4) throw broken("a packet without its head");
    const its = this.#interfaces[block.getUint32(8, little)];
    if (its === undefined) throw broken("a packet of no interface");
    const kept = block.getUint32(20, little);
    if (ENHANCED_PACKET + kept + 4 > block.byteLength) throw broken("a packet beyond its block");
    const units =
      (BigInt(block.getUint32(12, little)) << 32n) | BigInt(block.getUint32(16, little));
    return {
      linkType: its.linkType,
      atUs: Number((units * 1_000_000n) / its.perSecond),
      bytes: new Uint8Array(block.buffer, block.byteOffset + ENHANCED_PACKET, kept),
      cut: block.getUint32(24, little) > kept,
    };
  }
}
