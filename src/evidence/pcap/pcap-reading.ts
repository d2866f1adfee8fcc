import { EvidenceError } from "../evidence-error.ts";
import { UnreadCount } from "../reading.ts";
import type { Sighting } from "../sighting.ts";
import { IPMI_TRACE, messageIn } from "./hpm2.ts";
import { HEAD, isPcap, type Packet, type PacketFile, packetFile, viewOf } from "./packets.ts";

/** Reads messages out of a file of packets, pcap or pcapng, that comes in pieces of bytes. */
export class PcapReading {
  readonly format = { name: "pcap" };
  readonly unit = "packet";
  readonly #tell: (sighting: Sighting) => void;
  readonly #unread = new UnreadCount();
  #file: PacketFile | undefined;
  #pending: Uint8Array = new Uint8Array();
  #packets = 0;
  #strangers = 0;
  #firstUs: number | undefined;

  constructor(tell: (sighting: Sighting) => void) {
    this.#tell = tell;
  }

  /** The packets so far. */
  get lines(): number {
    return this.#packets;
  }

  get unread() {
    return this.#unread.all;
  }

  push(piece: Uint8Array): void {
    const bytes = new Uint8Array(this.#pending.length + piece.length);
    bytes.set(this.#pending);
    bytes.set(piece, this.#pending.length);
    let at = 0;
    while (bytes.length - at >= HEAD) {
      this.#file ??= fileOf(bytes);
      const length = this.#file.length(viewOf(bytes.subarray(at)));
      if (bytes.length - at < length) break;
      const packet = this.#file.packet(viewOf(bytes.subarray(at, at + length)));
      if (packet !== undefined) this.#take(packet);
      at += length;
    }
    this.#pending = bytes.slice(at);
  }

  /** The file is over. Throws when it has no packets of IPMI's link type. */
  end(): void {
    if (this.#pending.length > 0)
      this.#unread.add("the file breaks off inside a packet", this.#packets);
    if (this.#packets > 0 && this.#packets > this.#strangers) return;
    const why = `${this.#packets} packets, and none of link type ${IPMI_TRACE}, which is IPMI's`;
    throw new EvidenceError("NO_IPMI", why);
  }

  #take({ linkType, atUs, bytes, cut }: Packet): void {
    this.#packets++;
    if (linkType !== IPMI_TRACE) {
      this.#strangers++;
      return this.#unread.add("packets of other link types", this.#packets);
    }
    this.#firstUs ??= atUs;
    const us = Math.max(0, atUs - this.#firstUs);
    const found = cut ? "a packet of which a part is missing" : messageIn(bytes, us);
    if (found === undefined) return;
    if (typeof found !== "string") return this.#tell(found);
    this.#unread.add(found, this.#packets);
    this.#tell({ what: "gap", atUs: us, text: found });
  }
}

function fileOf(bytes: Uint8Array): PacketFile {
  if (isPcap(bytes)) return packetFile(bytes);
  throw new EvidenceError("UNKNOWN_FORMAT", "it is neither pcap nor pcapng");
}
