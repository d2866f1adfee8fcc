import { byteAt } from "./bytes.ts";
import { fieldInRange, Malformed } from "./message.ts";

/**
 * A message as IPMB carries it. In a request `to` is the responder; in a response `to` is the
 * requester, and the data begin with the completion code. @see IPMI 2.0 §7, IPMB 1.0 §2.11
 */
export interface IpmbFrame {
  /** 8-bit slave address. */
  readonly to: number;
  readonly toLun: number;
  readonly netFn: number;
  /** 8-bit slave address. */
  readonly from: number;
  readonly fromLun: number;
  readonly sequence: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** The BMC's own address, in whose name the host sends to IPMB. @see IPMI 2.0 §7.3 */
export const BMC_ADDRESS = 0x20;

/** The LUN whose messages go to the Receive Message Queue. @see IPMI 2.0 §7.3 */
export const SMS_LUN = 2;

/** Both checksums and the four bytes of addressing, with Cmd. */
export const IPMB_BYTES_MIN = 7;
const HEADER_BYTES = 6;

/** What makes the sum of all bytes 0. */
export function ipmbChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return -sum & 0xff;
}

/** The whole frame, as Send Message takes it. @see IPMI 2.0 §22.7 */
export function encodeIpmb(frame: IpmbFrame): Uint8Array {
  const bytes = new Uint8Array(IPMB_BYTES_MIN + frame.data.length);
  bytes[0] = fieldInRange("to", frame.to, 0xff);
  bytes[1] = packed("netFn", frame.netFn, "toLun", frame.toLun);
  bytes[2] = ipmbChecksum(bytes.subarray(0, 2));
  bytes[3] = fieldInRange("from", frame.from, 0xff);
  bytes[4] = packed("sequence", frame.sequence, "fromLun", frame.fromLun);
  bytes[5] = fieldInRange("cmd", frame.cmd, 0xff);
  bytes.set(frame.data, HEADER_BYTES);
  bytes[bytes.length - 1] = ipmbChecksum(bytes.subarray(3, -1));
  return bytes;
}

/** Throws `Malformed` when it is too short or a checksum is wrong. */
export function decodeIpmb(bytes: Uint8Array): IpmbFrame {
  return parsed(bytes, 0);
}

/** The message in some bytes: a device drops what is not a whole one with right checksums. @see IPMB 1.0 §2.11 */
export function ipmbFrameIn(bytes: Uint8Array): IpmbFrame | undefined {
  try {
    return decodeIpmb(bytes);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** As Get Message returns it: without the leading address. @see IPMI 2.0 §22.6 */
export function encodeQueuedIpmb(frame: IpmbFrame): Uint8Array {
  return encodeIpmb(frame).slice(1);
}

/** The address that Get Message leaves out is the receiver's; checksum 1 still covers it. */
export function decodeQueuedIpmb(bytes: Uint8Array, to: number = BMC_ADDRESS): IpmbFrame {
  const whole = new Uint8Array(bytes.length + 1);
  whole[0] = fieldInRange("to", to, 0xff);
  whole.set(bytes, 1);
  return parsed(whole, 1);
}

/** The frame of the response to a request: `data` begins with the completion code. */
export function ipmbResponse(request: IpmbFrame, data: Uint8Array): IpmbFrame {
  return {
    to: request.from,
    toLun: request.fromLun,
    netFn: request.netFn | 1,
    from: request.to,
    fromLun: request.toLun,
    sequence: request.sequence,
    cmd: request.cmd,
    data,
  };
}

/** `added`: how many bytes of `whole` the caller's bytes did not have. */
function parsed(whole: Uint8Array, added: number): IpmbFrame {
  if (whole.length < IPMB_BYTES_MIN) {
    const bytesMin = IPMB_BYTES_MIN - added;
    throw new Malformed(
      "length",
      whole.length - added,
      `an IPMB message has ${bytesMin} bytes or more here`,
    );
  }
  if (ipmbChecksum(whole.subarray(0, 3)) !== 0) {
    throw new Malformed("content", 2 - added, "the first checksum of an IPMB message is wrong");
  }
  if (ipmbChecksum(whole.subarray(3)) !== 0) {
    const last = whole.length - 1 - added;
    throw new Malformed("content", last, "the second checksum of an IPMB message is wrong");
  }
  const target = byteAt(whole, 1);
  const source = byteAt(whole, 4);
  return {
    to: byteAt(whole, 0),
    toLun: target & 3,
    netFn: target >> 2,
    from: byteAt(whole, 3),
    fromLun: source & 3,
    sequence: source >> 2,
    cmd: byteAt(whole, 5),
    data: whole.slice(HEADER_BYTES, -1),
  };
}

function packed(high: string, highValue: number, low: string, lowValue: number): number {
  return (fieldInRange(high, highValue, 0x3f) << 2) | fieldInRange(low, lowValue, 3);
}
