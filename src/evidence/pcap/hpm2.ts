import type { Log, Message } from "../sighting.ts";

/** A packet's own head: channel and type, time, protocol, flags, length. @see PICMG HPM.2 */
const HEAD = 11;
const Type = { Message: 0, Text: 2 } as const;
/** NetFn and LUN, the command, its data: no checksum. */
const KCS = 5;
const TO_BMC = 0x80;
const MESSAGE_MIN = 2;

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
