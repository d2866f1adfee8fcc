import type { Log, Message } from "../sighting.ts";

/** The link type of traces of IPMI messages in files of packets. @see PICMG HPM.2 */
export const IPMI_TRACE = 260;

/** A packet's own head: channel and type, time, protocol, flags, length. @see PICMG HPM.2 */
const HEAD = 11;
const Type = { Message: 0, Text: 2 } as const;
/** NetFn and LUN, the command, its data: no checksum. */
const KCS = 5;
const TO_BMC = 0x80;
const MESSAGE_MIN = 2;
/** A packet says its length in one byte. */
const BYTES_MAX = 0xff;
/** Who writes a file down sees one interface: the system interface. @see IPMI 2.0 §6.3 */
const SYSTEM_INTERFACE = 0x0f;

/**
 * What a packet of link type 260 tells, or why it cannot be told; undefined for one that is about
 * something else.
 */
export function messageIn(bytes: Uint8Array, atUs: number): Message | Log | string | undefined {
  const [first = 0] = bytes;
  const length = bytes[HEAD - 1];
  if (length === undefined || bytes.length < HEAD + length)
    return "a packet of which a part is missing";
  const message = bytes.subarray(HEAD, HEAD + length);
  const type = first >> 4;
  if (type === Type.Text) return { what: "log", atUs, text: asciiOf(message) };
  if (type !== Type.Message) return undefined;
  const [, , , , , , , protocol, low = 0, high = 0] = bytes;
  if (protocol !== KCS) return "a message of another interface than KCS";
  if ((low & ~TO_BMC) !== 0 || high !== 0) return "a message with flags that nobody knows";
  if (message.length < MESSAGE_MIN) return "a message that is too short to be one";
  const toBmc = (low & TO_BMC) !== 0;
  return { what: "message", atUs, block: `channel ${first & 0x0f}`, toBmc, bytes: message.slice() };
}

function asciiOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** A packet of a message, NetFn and LUN first; undefined for one that is too long for it. */
export function messagePacket(
  message: Uint8Array,
  atUs: number,
  toBmc: boolean,
): Uint8Array | undefined {
  if (message.length > BYTES_MAX) return undefined;
  return packetOf(Type.Message, message, { atUs, flags: toBmc ? TO_BMC : 0 });
}

/** A packet that is a line of text. What is no ASCII is shown by a question mark, what is too long is cut. */
export function textPacket(text: string, atUs: number): Uint8Array {
  const codes = Array.from(text.slice(0, BYTES_MAX), (letter) => letter.charCodeAt(0));
  const shown = codes.map((code) => (code >= 0x20 && code < 0x7f ? code : QUESTION_MARK));
  return packetOf(Type.Text, Uint8Array.from(shown), { atUs, flags: 0 });
}

const QUESTION_MARK = 0x3f;

function packetOf(
  type: number,
  content: Uint8Array,
  { atUs, flags }: { readonly atUs: number; readonly flags: number },
): Uint8Array {
  const bytes = new Uint8Array(HEAD + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, (type << 4) | SYSTEM_INTERFACE);
  view.setUint32(1, Math.floor(atUs / 1_000_000), true);
  view.setUint16(5, Math.floor(atUs / 1_000) % 1_000, true);
  view.setUint8(7, KCS);
  view.setUint16(8, flags, true);
  view.setUint8(HEAD - 1, content.length);
  bytes.set(content, HEAD);
  return bytes;
}
