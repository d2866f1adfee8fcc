import { BaseboardError } from "../errors.ts";
import { byteAt } from "./bytes.ts";

/** A request as the interfaces carry it. `netFn` is even, as on the wire. @see IPMI 2.0 §5.1 */
export interface Request {
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** A response as the interfaces carry it. `netFn` is odd, as on the wire. */
export interface Response {
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  /** The completion code; `data` begins after it. */
  readonly cc: number;
  readonly data: Uint8Array;
}

/** Bytes that are not what they should be. The one way in which a decoder fails. */
export class Malformed extends BaseboardError<"MALFORMED"> {
  /** Where in the decoded bytes: the first byte that is missing, too many or wrong. */
  readonly offset: number;
  /** `length`: there are too few or too many bytes. `content`: a byte has the wrong value. */
  readonly what: "length" | "content";

  constructor(what: "length" | "content", offset: number, text: string) {
    super(`${text} (offset ${offset})`, { code: "MALFORMED" });
    this.what = what;
    this.offset = offset;
  }
}

/** A value that its place in a message cannot hold: a mistake of the caller of an encoder. */
export class FieldOutOfRange extends BaseboardError<"FIELD_OUT_OF_RANGE"> {
  readonly field: string;

  constructor(field: string, text: string) {
    super(`${field}: ${text}`, { code: "FIELD_OUT_OF_RANGE" });
    this.field = field;
  }
}

/** What `parseHex` says of text that is not bytes. */
export class BadHex extends BaseboardError<"BAD_HEX"> {
  /** Where in the text, from 0. */
  readonly position: number;

  constructor(position: number, text: string) {
    super(`${text}; write bytes as 18 01, 1801 or 0x18 0x01`, { code: "BAD_HEX" });
    this.position = position;
  }
}

/** In NetFn/LUN: a response's NetFn is the request's plus one. @see IPMI 2.0 §5.1 */
export const RESPONSE_BIT = 0x04;

/** NetFn/LUN and Cmd; a response has its completion code, too. */
export const REQUEST_BYTES_MIN = 2;
/** NetFn/LUN, Cmd and completion code. */
export const RESPONSE_BYTES_MIN = 3;
/** Every BMC takes requests of up to so many bytes, NetFn and command included. @see IPMI 2.0 §6.13 */
export const REQUEST_BYTES_SUPPORTED = 40;

/** The NetFn of the response to a request. @see IPMI 2.0 §5.1 */
export function responseNetFn(netFn: number): number {
  return netFn | 1;
}

/** NetFn/LUN, Cmd, data. */
export function encodeRequest(request: Request): Uint8Array {
  const bytes = new Uint8Array(REQUEST_BYTES_MIN + request.data.length);
  bytes[0] = netFnLun(request.netFn, request.lun);
  bytes[1] = fieldInRange("cmd", request.cmd, 0xff);
  bytes.set(request.data, REQUEST_BYTES_MIN);
  return bytes;
}

/** Checks the length only: whether NetFn is even and known is for the receiver to judge. */
export function decodeRequest(bytes: Uint8Array): Request {
  atLeast(bytes, REQUEST_BYTES_MIN, "a request has a NetFn and a command");
  const first = byteAt(bytes, 0);
  const data = bytes.slice(REQUEST_BYTES_MIN);
  return { netFn: first >> 2, lun: first & 3, cmd: byteAt(bytes, 1), data };
}

/** NetFn/LUN, Cmd, completion code, data. */
export function encodeResponse(response: Response): Uint8Array {
  const bytes = new Uint8Array(RESPONSE_BYTES_MIN + response.data.length);
  bytes[0] = netFnLun(response.netFn, response.lun);
  bytes[1] = fieldInRange("cmd", response.cmd, 0xff);
  bytes[2] = fieldInRange("cc", response.cc, 0xff);
  bytes.set(response.data, RESPONSE_BYTES_MIN);
  return bytes;
}

/** Checks the length only: whether it answers a request is for the receiver to judge. */
export function decodeResponse(bytes: Uint8Array): Response {
  atLeast(bytes, RESPONSE_BYTES_MIN, "a response has a NetFn, a command and a completion code");
  const first = byteAt(bytes, 0);
  const data = bytes.slice(RESPONSE_BYTES_MIN);
  return { netFn: first >> 2, lun: first & 3, cmd: byteAt(bytes, 1), cc: byteAt(bytes, 2), data };
}

/** `18 01`: two lower-case digits each, with spaces between. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (text === "" ? "" : " ") + byte.toString(16).padStart(2, "0");
  return text;
}

/** Reads `18 01`, `1801`, `0x18 0x01` and `6 1`; commas may stand between. Empty text is no bytes. */
export function parseHex(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const match of text.matchAll(/[^\s,]+/g)) appendToken(bytes, match[0], match.index);
  return Uint8Array.from(bytes);
}

function appendToken(bytes: number[], token: string, position: number): void {
  const prefixed = /^0x/i.test(token);
  const digits = prefixed ? token.slice(2) : token;
  const wrong = digits.search(/[^0-9a-f]/i);
  if (wrong >= 0) {
    const at = position + token.length - digits.length + wrong;
    throw new BadHex(at, `"${digits[wrong]}" at position ${at + 1} is not a hexadecimal digit`);
  }
  const refused = tokenRefused(digits, prefixed);
  if (refused !== undefined) {
    throw new BadHex(position, `"${token}" at position ${position + 1} ${refused}`);
  }
  for (let at = 0; at < digits.length; at += 2) {
    bytes.push(Number.parseInt(digits.slice(at, at + 2), 16));
  }
}

function tokenRefused(digits: string, prefixed: boolean): string | undefined {
  if (digits === "") return "has no digits";
  if (prefixed && digits.length > 2) return "is more than one byte";
  return digits.length > 1 && digits.length % 2 !== 0 ? "has an odd number of digits" : undefined;
}

function netFnLun(netFn: number, lun: number): number {
  return (fieldInRange("netFn", netFn, 0x3f) << 2) | fieldInRange("lun", lun, 3);
}

/** For encoders: gives `value` back when it is an integer from 0 to `max`. */
export function fieldInRange(field: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new FieldOutOfRange(field, `${value} is not an integer from 0 to ${max}`);
}

function atLeast(bytes: Uint8Array, bytesMin: number, what: string): void {
  if (bytes.length >= bytesMin) return;
  throw new Malformed("length", bytes.length, `${what}: ${bytesMin} bytes or more`);
}
