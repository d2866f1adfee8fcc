import { assert } from "../assert.ts";

/**
 * The protocol between a machine's emulator and a BMC outside of it, which OpenIPMI calls VM (QEMU's
 * `ipmi-bmc-extern`, ipmi_sim's `serial ... VM`): a stream of frames, each closed by
 * a mark. A mark within a frame is escaped: the byte after Escape has bit 4 set.
 */
const Mark = { Message: 0xa0, Operation: 0xa1, Escape: 0xaa } as const;
const ESCAPED = 0x10;

/** What is asked for by an operation. All but Capabilities and Version go from the BMC to QEMU. */
export const VmOperation = {
  ClearAttention: 0x00,
  SetAttention: 0x01,
  SetAttentionAndInterrupt: 0x02,
  PowerOff: 0x03,
  Reset: 0x04,
  EnableInterrupt: 0x05,
  DisableInterrupt: 0x06,
  Nmi: 0x07,
  Capabilities: 0x08,
  GracefulShutdown: 0x09,
  Version: 0xff,
} as const;
export type VmOperation = (typeof VmOperation)[keyof typeof VmOperation];

/** What QEMU's machine can have done to it, as bits of the byte after Capabilities. */
export const VmCapability = {
  Power: 0x01,
  Reset: 0x02,
  Interrupt: 0x04,
  Nmi: 0x08,
  Attention: 0x10,
  GracefulShutdown: 0x20,
} as const;

export const VM_PROTOCOL_VERSION = 1;

export type VmFrame =
  /** A whole request, or a whole response, without the sequence number and the checksum. */
  | { readonly kind: "message"; readonly sequence: number; readonly message: Uint8Array }
  | { readonly kind: "operation"; readonly operation: number; readonly data: Uint8Array };

/** QEMU's longest message is 300 bytes. */
const FRAME_BYTES_MAX = 1_024;
/** Sequence number, NetFn/LUN, Cmd and checksum. */
const MESSAGE_FRAME_BYTES_MIN = 4;

/** Cuts the stream into frames. What is damaged is dropped as a whole, and counted. */
export class VmReader {
  /** Frames that were dropped: too short, too long, or with a wrong checksum. */
  damaged = 0;
  readonly #bytes = new Uint8Array(FRAME_BYTES_MAX);
  #length = 0;
  #escape = false;

  /** What has come since the last mark is no frame already, whatever comes behind it. */
  get overlong(): boolean {
    return this.#length > FRAME_BYTES_MAX;
  }

  push(bytes: Uint8Array): readonly VmFrame[] {
    const frames: VmFrame[] = [];
    for (const byte of bytes) {
      const frame = this.#take(byte);
      if (frame !== undefined) frames.push(frame);
    }
    return frames;
  }

  #take(byte: number): VmFrame | undefined {
    if (byte === Mark.Message || byte === Mark.Operation) return this.#close(byte);
    if (byte === Mark.Escape) {
      this.#escape = true;
      return undefined;
    }
    // What is beyond the buffer counts, so that the frame is known to be too long.
    if (this.#length < FRAME_BYTES_MAX) {
      this.#bytes[this.#length] = this.#escape ? byte & ~ESCAPED : byte;
    }
    this.#length++;
    this.#escape = false;
    return undefined;
  }

  #close(mark: typeof Mark.Message | typeof Mark.Operation): VmFrame | undefined {
    const whole = !this.#escape && this.#length <= FRAME_BYTES_MAX;
    const body = this.#bytes.slice(0, whole ? this.#length : 0);
    this.#length = 0;
    this.#escape = false;
    const frame = mark === Mark.Message ? messageFrame(body) : operationFrame(body);
    if (frame === undefined) this.damaged++;
    return frame;
  }
}

/** A whole response, or request, as it goes over the stream. */
export function encodeVmMessage(sequence: number, message: Uint8Array): Uint8Array {
  const body = Uint8Array.of(sequence, ...message);
  return closed([...body, -sum(body) & 0xff], Mark.Message);
}

export function encodeVmOperation(operation: VmOperation, ...data: readonly number[]): Uint8Array {
  return closed([operation, ...data], Mark.Operation);
}

function messageFrame(body: Uint8Array): VmFrame | undefined {
  if (body.length < MESSAGE_FRAME_BYTES_MIN || sum(body) !== 0) return undefined;
  const [sequence] = body;
  assert(sequence !== undefined, "the frame has its least length");
  return { kind: "message", sequence, message: body.slice(1, -1) };
}

function operationFrame(body: Uint8Array): VmFrame | undefined {
  const [operation] = body;
  if (operation === undefined) return undefined;
  return { kind: "operation", operation, data: body.slice(1) };
}

function closed(body: readonly number[], mark: number): Uint8Array {
  const marks: readonly number[] = Object.values(Mark);
  const escaped = body.flatMap((byte) => {
    return marks.includes(byte) ? [Mark.Escape, byte | ESCAPED] : [byte];
  });
  return Uint8Array.from([...escaped, mark]);
}

/** Modulo 256. A message's bytes and its checksum add up to 0. */
function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => (total + byte) & 0xff, 0);
}
