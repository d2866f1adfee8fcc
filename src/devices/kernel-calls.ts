import { buffer, type Libc } from "./libc.ts";

/**
 * What `/dev/ipmiN` is called with, as Linux has it for programs on its 64-bit little-endian platforms.
 * Pointers, `long` and what is behind them have 8 bytes.
 *
 *     message   0 NetFn, 1 command, 2 length of the data (2), 8 their address (8)        16 bytes
 *     request   0 address's address (8), 8 its length (4), 16 id (8), 24 message          40 bytes
 *     received  0 what (4), 8 address's address (8), 16 its length (4), 24 id (8), 32 message   48 bytes
 */
const MESSAGE = { netFn: 0, cmd: 1, length: 2, data: 8 } as const;
const REQUEST = {
  address: 0,
  addressLength: 8,
  id: 16,
  message: 24,
  retries: 40,
  bytes: 40,
} as const;
const RECEIVED = {
  what: 0,
  address: 8,
  addressLength: 16,
  id: 24,
  message: 32,
  bytes: 48,
} as const;
const TIMING = { retries: 0, retryTimeMs: 4, bytes: 8 } as const;

/** The direction, the size and the number of a call, as Linux packs them. */
function call(number: number, bytes: number, direction: number): number {
  return direction * 2 ** 30 + bytes * 2 ** 16 + MAGIC * 2 ** 8 + number;
}
const MAGIC = 0x69;
const WRITE = 1;
const READ = 2;

/** The calls, by number and size. */
export const Call = {
  ReceiveTruncated: call(11, RECEIVED.bytes, READ | WRITE),
  Send: call(13, REQUEST.bytes, READ),
  SetGetsEvents: call(16, 4, READ),
  SendTimed: call(21, REQUEST.bytes + TIMING.bytes, READ),
  SetTiming: call(22, TIMING.bytes, READ),
  GetTiming: call(23, TIMING.bytes, READ),
  SetChannelAddress: call(24, 4, READ),
  GetChannelAddress: call(25, 4, READ),
  SetChannelLun: call(26, 4, READ),
  GetChannelLun: call(27, 4, READ),
  Register: call(28, 12, READ),
  Unregister: call(29, 12, READ),
  GetMaintenance: call(30, 4, READ),
  SetMaintenance: call(31, 4, WRITE),
} as const;
export type Call = (typeof Call)[keyof typeof Call];

/** What a received message is. */
export const Received = {
  Response: 1,
  Event: 2,
  Command: 3,
  /** Whether the BMC took a response of ours. */
  ResponseSent: 4,
  Oem: 5,
} as const;

/** The kernel's longest message, of the data alone. */
const DATA_MAX = 272;
const LENGTH_MAX = 0xffff;

/** Where a message goes, or comes from. */
export type KernelAddress =
  | { readonly kind: "system-interface"; readonly lun: number }
  | {
      readonly kind: "ipmb";
      readonly channel: number;
      readonly address: number;
      readonly lun: number;
      readonly broadcast: boolean;
    }
  /** Of a kind that is not sent to from here: its bytes, to send back what came. */
  | { readonly kind: "other"; readonly bytes: Uint8Array };

const AddressType = { SystemInterface: 0x0c, Ipmb: 0x01, IpmbBroadcast: 0x41 } as const;
/** 0 type (4), 4 channel (2), then what the type has. */
const ADDRESS = { type: 0, channel: 4, first: 6, second: 7, bytes: 8, max: 40 } as const;
/** The channel number that stands for the BMC's own interface. */
const BMC_CHANNEL = 0x0f;

/** An address as the kernel has it. */
export function encodeAddress(address: KernelAddress): Uint8Array {
  if (address.kind === "other") return address.bytes;
  const bytes = Buffer.alloc(ADDRESS.bytes);
  if (address.kind === "system-interface") {
    bytes.writeInt32LE(AddressType.SystemInterface, ADDRESS.type);
    bytes.writeInt16LE(BMC_CHANNEL, ADDRESS.channel);
    bytes[ADDRESS.first] = address.lun;
    return bytes;
  }
  const type = address.broadcast ? AddressType.IpmbBroadcast : AddressType.Ipmb;
  bytes.writeInt32LE(type, ADDRESS.type);
  bytes.writeInt16LE(address.channel, ADDRESS.channel);
  bytes[ADDRESS.first] = address.address;
  bytes[ADDRESS.second] = address.lun;
  return bytes;
}

/** Where a message came from. */
export function decodeAddress(given: Uint8Array): KernelAddress {
  const bytes = Buffer.from(given);
  if (bytes.length < ADDRESS.bytes) return { kind: "other", bytes };
  const first = bytes.readUInt8(ADDRESS.first);
  const type = bytes.readInt32LE(ADDRESS.type);
  if (type === AddressType.SystemInterface) return { kind: "system-interface", lun: first };
  if (type !== AddressType.Ipmb && type !== AddressType.IpmbBroadcast) {
    return { kind: "other", bytes };
  }
  return {
    ...{ kind: "ipmb", channel: bytes.readInt16LE(ADDRESS.channel), address: first },
    ...{ lun: bytes.readUInt8(ADDRESS.second), broadcast: type === AddressType.IpmbBroadcast },
  };
}

/** A message that is sent: a request, or a response to a received command. */
export interface Outgoing {
  readonly address: KernelAddress;
  readonly id: number;
  readonly netFn: number;
  readonly cmd: number;
  readonly data: Uint8Array;
  /** How often it is sent again, and after what time, where the user says so. */
  readonly timing?: MessageTiming | undefined;
}

/** How the kernel's driver goes about messages that are not answered, beyond the BMC. */
export interface MessageTiming {
  readonly retries: number;
  readonly retryTimeMs: number;
}

/** What came, of any kind. */
export interface Incoming {
  readonly what: number;
  readonly address: KernelAddress;
  readonly id: number;
  readonly netFn: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** Of a call: what it came to, or the error's name. */
type Made<T> = T | string;

/** The calls of one open device, with their memory. */
export class KernelCalls {
  readonly #libc: Libc;
  readonly #fd: number;
  /** What pointers lead to is kept for as long as the calls are. */
  readonly #request = buffer(REQUEST.bytes + TIMING.bytes);
  readonly #to = buffer(ADDRESS.max);
  readonly #sent = buffer(DATA_MAX);
  readonly #received = buffer(RECEIVED.bytes);
  readonly #from = buffer(ADDRESS.max);
  readonly #data = buffer(DATA_MAX);

  constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.#fd = fd;
  }

  /** The error's name when the driver does not take it. Data that are too long are its to refuse. */
  send(outgoing: Outgoing): string | undefined {
    const { timing, data } = outgoing;
    const address = encodeAddress(outgoing.address);
    this.#to.set(address);
    this.#sent.set(data.subarray(0, DATA_MAX));
    const request = this.#request;
    request.writeBigUInt64LE(this.#libc.addressOf(this.#to), REQUEST.address);
    request.writeUInt32LE(address.length, REQUEST.addressLength);
    request.writeBigInt64LE(BigInt(outgoing.id), REQUEST.id);
    const message = request.subarray(REQUEST.message);
    message.writeUInt8(outgoing.netFn, MESSAGE.netFn);
    message.writeUInt8(outgoing.cmd, MESSAGE.cmd);
    message.writeUInt16LE(Math.min(data.length, LENGTH_MAX), MESSAGE.length);
    message.writeBigUInt64LE(this.#libc.addressOf(this.#sent), MESSAGE.data);
    if (timing !== undefined) writeTiming(request.subarray(REQUEST.retries), timing);
    const made = this.#make(timing === undefined ? Call.Send : Call.SendTimed, request);
    return typeof made === "string" ? made : undefined;
  }

  /** What came, cut at `DATA_MAX`; the error's name, `EAGAIN` when nothing did. */
  receive(): Made<Incoming> {
    const received = this.#received;
    const message = received.subarray(RECEIVED.message);
    received.writeBigUInt64LE(this.#libc.addressOf(this.#from), RECEIVED.address);
    received.writeUInt32LE(ADDRESS.max, RECEIVED.addressLength);
    message.writeUInt16LE(DATA_MAX, MESSAGE.length);
    message.writeBigUInt64LE(this.#libc.addressOf(this.#data), MESSAGE.data);
    const made = this.#make(Call.ReceiveTruncated, received);
    if (typeof made === "string") return made;
    const length = Math.min(message.readUInt16LE(MESSAGE.length), DATA_MAX);
    const from = Math.min(received.readUInt32LE(RECEIVED.addressLength), ADDRESS.max);
    return {
      what: received.readInt32LE(RECEIVED.what),
      address: decodeAddress(this.#from.subarray(0, from)),
      id: Number(received.readBigInt64LE(RECEIVED.id)),
      netFn: message.readUInt8(MESSAGE.netFn),
      cmd: message.readUInt8(MESSAGE.cmd),
      data: Uint8Array.from(this.#data.subarray(0, length)),
    };
  }

  /** A call with one number of 32 bits, which comes back. */
  number(which: Call, value = 0): Made<number> {
    const argument = buffer(4);
    argument.writeInt32LE(value);
    const made = this.#make(which, argument);
    return typeof made === "string" ? made : argument.readInt32LE();
  }

  /** Our own address or LUN on a channel. */
  channelValue(which: Call, channel: number, value = 0): Made<number> {
    const argument = buffer(4);
    argument.writeUInt16LE(channel);
    argument.writeUInt8(value, 2);
    const made = this.#make(which, argument);
    return typeof made === "string" ? made : argument.readUInt8(2);
  }

  timing(which: Call, timing: MessageTiming = { retries: 0, retryTimeMs: 0 }): Made<MessageTiming> {
    const argument = buffer(TIMING.bytes);
    writeTiming(argument, timing);
    const made = this.#make(which, argument);
    if (typeof made === "string") return made;
    const retryTimeMs = argument.readUInt32LE(TIMING.retryTimeMs);
    return { retries: argument.readInt32LE(TIMING.retries), retryTimeMs };
  }

  /** Takes incoming commands, or ceases to; `channels` has a bit for each. */
  commands(which: Call, spec: { netFn: number; cmd: number; channels: number }): Made<number> {
    const argument = buffer(12);
    argument.writeUInt32LE(spec.netFn);
    argument.writeUInt32LE(spec.cmd, 4);
    argument.writeUInt32LE(spec.channels, 8);
    return this.#make(which, argument);
  }

  #make(which: Call, argument: Buffer): Made<number> {
    return this.#libc.ioctl(this.#fd, which, argument);
  }
}

function writeTiming(at: Buffer, { retries, retryTimeMs }: MessageTiming): void {
  at.writeInt32LE(retries, TIMING.retries);
  at.writeUInt32LE(retryTimeMs, TIMING.retryTimeMs);
}
