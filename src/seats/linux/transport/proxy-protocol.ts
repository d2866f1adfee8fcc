import { assert } from "../../../assert.ts";
import { FrameReader } from "./frames.ts";
import type { PciFunction, PciProtocol } from "./pci.ts";

/** The messages of QEMU's multi-process PCI proxy, `x-pci-proxy-dev`. */
const Message = {
  Return: 1,
  ConfigWrite: 2,
  ConfigRead: 3,
  BarWrite: 4,
  BarRead: 5,
  DeviceReset: 7,
} as const;

/** Every message has a header of 16 bytes: the command (32 bits) and, at 8, its length (64 bits). */
const HEADER_BYTES = 16;

/**
 * The remote end of `x-pci-proxy-dev`. QEMU waits for a Return after each access, so the guest's
 * processor stands still until the register model has answered. Memory maps and interrupt file
 * descriptors are taken without an answer: the registers do no DMA.
 */
export class ProxyProtocol implements PciProtocol {
  readonly #target: PciFunction;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #frames = new FrameReader({
    headerBytes: HEADER_BYTES,
    lengthAt: 8,
    countsHeader: false,
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
    const value = this.#result(view);
    if (value !== undefined) this.#answer(value);
  }

  /** What the Return says; undefined for a message that has none. */
  #result(view: DataView): number | undefined {
    switch (view.getUint32(0, true)) {
      case Message.ConfigWrite:
        this.#target.configWrite(word(view, 0), size(view, 8), word(view, 4));
        return 0;
      case Message.ConfigRead:
        return this.#target.configRead(word(view, 0), size(view, 8));
      case Message.BarWrite:
        this.#target.barWrite(this.#offset(view), size(view, 16), word(view, 8));
        return 0;
      case Message.BarRead:
        return this.#target.barRead(this.#offset(view), size(view, 16));
      case Message.DeviceReset:
        return 0;
      default:
        return undefined;
    }
  }

  /** QEMU gives the guest's own address; a BAR is aligned to its size, so the low bits do. */
  #offset(view: DataView): number {
    return word(view, 0) & (this.#target.barBytes - 1);
  }

  #answer(value: number): void {
    const reply = new Uint8Array(HEADER_BYTES + 8);
    const view = new DataView(reply.buffer);
    view.setUint32(0, Message.Return, true);
    view.setUint32(8, 8, true);
    view.setUint32(HEADER_BYTES, value, true);
    this.#send(reply);
  }
}

/** The 32-bit word at `offset` of the message's body. */
function word(view: DataView, offset: number): number {
  const at = HEADER_BYTES + offset;
  assert(at + 4 <= view.byteLength, "a message has all the words of its command");
  return view.getUint32(at, true);
}

/** How many bytes an access has. Whatever QEMU says costs us no more than an access of a guest's. */
function size(view: DataView, offset: number): number {
  const bytes = word(view, offset);
  assert(bytes === 1 || bytes === 2 || bytes === 4, "an access has 1, 2 or 4 bytes");
  return bytes;
}
