/** Writes a match down as a file of packets: what its BMC's application read and gave. */
import type { Match } from "./writers.ts";

/** How the file is written. */
export interface Written {
  readonly kind: "pcap" | "pcapng";
  readonly little: boolean;
  /** Nanoseconds in place of µs. */
  readonly nanoseconds: boolean;
}

const LINK_TYPE = 260;
const KCS = 5;
const CHANNEL = 0x0f;

/** The messages of a trace as pcap or pcapng of link type 260. */
export function asPackets({ events }: Match, written: Written): Uint8Array {
  const packets = events.flatMap((event) => {
    if (event.e !== "bmc.request" && event.e !== "bmc.response") return [];
    const flags = event.e === "bmc.request" ? 0x80 : 0;
    const head = [CHANNEL, 0, 0, 0, 0, 0, 0, KCS, flags, 0, event.message.length];
    return [{ atUs: event.t, bytes: [...head, ...event.message] }];
  });
  const write = written.kind === "pcap" ? pcap : pcapng;
  return Uint8Array.from(write(packets, written));
}

interface Packet {
  readonly atUs: number;
  readonly bytes: readonly number[];
}

function pcap(packets: readonly Packet[], { little, nanoseconds }: Written): number[] {
  const u32 = (value: number) => number(value, 4, little);
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const head = [...u32(magic), ...number(2, 2, little), ...number(4, 2, little)];
  const body = packets.flatMap(({ atUs, bytes }) => {
    const part = (atUs % 1_000_000) * (nanoseconds ? 1_000 : 1);
    const length = u32(bytes.length);
    return [...u32(Math.floor(atUs / 1_000_000)), ...u32(part), ...length, ...length, ...bytes];
  });
  return [...head, ...u32(0), ...u32(0), ...u32(65_535), ...u32(LINK_TYPE), ...body];
}

function pcapng(packets: readonly Packet[], { little, nanoseconds }: Written): number[] {
  const u16 = (value: number) => number(value, 2, little);
  const u32 = (value: number) => number(value, 4, little);
  const block = (type: number, body: readonly number[]) => {
    const padded = [...body, ...Array(-body.length & 3).fill(0)];
    const length = u32(padded.length + 12);
    return [...u32(type), ...length, ...padded, ...length];
  };
  const resolution = nanoseconds ? [...u16(9), ...u16(1), 9, 0, 0, 0, ...u32(0)] : [];
  const section = block(0x0a0d0d0a, [
    ...u32(0x1a2b3c4d),
    ...u16(1),
    ...u16(0),
    ...Array(8).fill(0xff),
  ]);
  const its = block(1, [...u16(LINK_TYPE), ...u16(0), ...u32(0), ...resolution]);
  const body = packets.flatMap(({ atUs, bytes }) => {
    const units = BigInt(atUs) * (nanoseconds ? 1_000n : 1n);
    const time = [...u32(Number(units >> 32n)), ...u32(Number(units & 0xffff_ffffn))];
    return block(6, [...u32(0), ...time, ...u32(bytes.length), ...u32(bytes.length), ...bytes]);
  });
  return [...section, ...its, ...body];
}

function number(value: number, bytes: number, little: boolean): number[] {
  const all = Array.from({ length: bytes }, (_, at) => Math.floor(value / 2 ** (8 * at)) & 0xff);
  return little ? all : all.reverse();
}
