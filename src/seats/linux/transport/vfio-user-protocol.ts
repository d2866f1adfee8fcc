import { FrameReader } from "./frames.ts";
import { type PciFunction, type PciProtocol, readLittleEndian, writeLittleEndian } from "./pci.ts";

/** The commands of the vfio-user protocol that a client sends to a device. */
const Command = {
  Version: 1,
  DmaMap: 2,
  DmaUnmap: 3,
  DeviceInfo: 4,
  RegionInfo: 5,
  IrqInfo: 7,
  SetIrqs: 8,
  RegionRead: 9,
  RegionWrite: 10,
  DeviceReset: 13,
} as const;

/** The header: message id (16 bits), command (16), length with header, flags, error (32 each). */
const HEADER_BYTES = 16;
const FLAG_TYPE = 0x0f;
const FLAG_REPLY = 0x01;
const FLAG_NO_REPLY = 0x10;
const FLAG_ERROR = 0x20;
const ERROR_NOT_SUPPORTED = 95;

/** Regions 0..5 are the BARs, 7 is the configuration space; interrupt 0 is INTx. */
const Region = { Config: 7, Count: 9 } as const;
const Irq = { Intx: 0, Count: 5 } as const;
const CONFIG_BYTES = 0x100;
const REGION_READABLE_WRITABLE = 0x3;
const DEVICE_PCI_RESETTABLE = 0x3;
/** Event file descriptor, maskable, unmasked by the device's owner. */
const IRQ_INTX_FLAGS = 0x7;
/** Region accesses begin with offset (64 bits), region (32) and count (32). */
const ACCESS_BYTES = 16;

/** Protocol 0.0, with room for the descriptors that the client passes and that we don't use. */
const CAPABILITIES = '{"capabilities":{"max_msg_fds":8,"max_data_xfer_size":1048576}}\0';

/**
 * The device's end of vfio-user, as far as a function without DMA, MSI and migration needs it.
 * Each message that wants a reply gets one, in order.
 */
export class VfioUserProtocol implements PciProtocol {
  readonly #target: PciFunction;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #frames = new FrameReader({
    headerBytes: HEADER_BYTES,
    lengthAt: 4,
    countsHeader: true,
  });

  constructor(target: PciFunction, send: (bytes: Uint8Array) => void) {
    this.#target = target;
    this.#send = send;
  }

  receive(bytes: Uint8Array): void {
    this.#frames.feed(bytes, (frame) => this.#take(frame));
  }

  #take(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    const flags = view.getUint32(8, true);
    if ((flags & FLAG_TYPE) === FLAG_REPLY) return;
    const body = frame.subarray(HEADER_BYTES);
    const answer = this.#answer(view.getUint16(2, true), body);
    if ((flags & FLAG_NO_REPLY) !== 0) return;
    const reply = new Uint8Array(HEADER_BYTES + (answer?.length ?? 0));
    reply.set(frame.subarray(0, 4));
    writeLittleEndian(reply, 4, 4, reply.length);
    writeLittleEndian(reply, 8, 4, answer === undefined ? FLAG_REPLY | FLAG_ERROR : FLAG_REPLY);
    writeLittleEndian(reply, 12, 4, answer === undefined ? ERROR_NOT_SUPPORTED : 0);
    if (answer !== undefined) reply.set(answer, HEADER_BYTES);
    this.#send(reply);
  }

  /** The body of the reply; undefined when the command is not supported. */
  #answer(command: number, body: Uint8Array): Uint8Array | undefined {
    switch (command) {
      case Command.Version:
        return version(body);
      case Command.DmaUnmap:
        return body;
      case Command.DeviceInfo:
        return words(HEADER_BYTES, DEVICE_PCI_RESETTABLE, Region.Count, Irq.Count);
      case Command.RegionInfo:
        return this.#regionInfo(readLittleEndian(body, 8, 4));
      case Command.IrqInfo:
        return this.#irqInfo(readLittleEndian(body, 8, 4));
      case Command.RegionRead:
        return this.#read(body);
      case Command.RegionWrite:
        return this.#write(body);
      case Command.DmaMap:
      case Command.SetIrqs:
      case Command.DeviceReset:
        return new Uint8Array(0);
      default:
        return undefined;
    }
  }

  #regionInfo(region: number): Uint8Array {
    const bytes = this.#regionBytes(region);
    const flags = bytes === 0 ? 0 : REGION_READABLE_WRITABLE;
    return words(32, flags, region, 0, bytes, 0, 0, 0);
  }

  #regionBytes(region: number): number {
    if (region === Region.Config) return CONFIG_BYTES;
    return region === this.#target.bar ? this.#target.barBytes : 0;
  }

  #irqInfo(irq: number): Uint8Array {
    const present = irq === Irq.Intx && this.#target.pin !== 0;
    return words(16, present ? IRQ_INTX_FLAGS : 0, irq, present ? 1 : 0);
  }

  #read(body: Uint8Array): Uint8Array {
    const { offset, region, count } = access(body);
    const reply = new Uint8Array(ACCESS_BYTES + count);
    reply.set(body.subarray(0, ACCESS_BYTES));
    for (let at = 0; at < count; at += 4) {
      const size = Math.min(4, count - at);
      writeLittleEndian(reply, ACCESS_BYTES + at, size, this.#readWord(region, offset + at, size));
    }
    return reply;
  }

  #readWord(region: number, offset: number, size: number): number {
    if (region === this.#target.bar) return this.#target.barRead(offset, size);
    if (region === Region.Config) return this.#target.configRead(offset, size);
    return 0xffff_ffff;
  }

  #write(body: Uint8Array): Uint8Array {
    const { offset, region, count } = access(body);
    for (let at = 0; at < count; at += 4) {
      const size = Math.min(4, count - at);
      const value = readLittleEndian(body, ACCESS_BYTES + at, size);
      if (region === this.#target.bar) this.#target.barWrite(offset + at, size, value);
      if (region === Region.Config) this.#target.configWrite(offset + at, size, value);
    }
    return body.subarray(0, ACCESS_BYTES);
  }
}

function version(body: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(CAPABILITIES);
  const reply = new Uint8Array(4 + text.length);
  reply.set(body.subarray(2, 4), 2);
  reply.set(text, 4);
  return reply;
}

function access(body: Uint8Array): { offset: number; region: number; count: number } {
  return {
    offset: readLittleEndian(body, 0, 4),
    region: readLittleEndian(body, 8, 4),
    count: Math.min(readLittleEndian(body, 12, 4), CONFIG_BYTES),
  };
}

/** The 32-bit words in little-endian order. */
function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  for (const [index, value] of values.entries()) writeLittleEndian(bytes, index * 4, 4, value);
  return bytes;
}
