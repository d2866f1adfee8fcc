import { REQUEST_BYTES_SUPPORTED } from "../../ipmi/message.ts";

/** The two ways in which IPMI messages go over a serial port without PPP. @see IPMI 2.0 §14.4, §14.7 */
export const SERIAL_MODES = ["serial-terminal", "serial-basic"] as const;
export type SerialMode = (typeof SERIAL_MODES)[number];

/** By which software on the far end of a serial port is addressed: the first software ID. @see IPMI 2.0 §5.5 */
export const REMOTE_CONSOLE = 0x81;

/** What ends an output line of terminal mode. @see IPMI 2.0 §25.2, parameter 29 */
export const NEWLINES = {
  crlf: "\r\n",
  cr: "\r",
  lf: "\n",
  lfcr: "\n\r",
  nul: "\0",
} as const;
export type Newline = keyof typeof NEWLINES;

/** In the second byte of a message: what a message has to do with bridging. @see IPMI 2.0 §14.7 */
export const Bridge = { Own: 0, Bridged: 1 } as const;

/** NetFn/LUN, sequence number with bridge field, Cmd. */
export const TERMINAL_HEADER_BYTES = 3;

/**
 * The longest message of terminal mode that every BMC takes, in characters: its bytes with a space
 * between each two, and the brackets. @see IPMI 2.0 §14.7
 */
export const TERMINAL_CHARS_MAX = REQUEST_BYTES_SUPPORTED * 3 + 2;
/** A line is no longer; a longer message goes on in the next one. @see IPMI 2.0 §14.7 */
export const LINE_CHARS_MAX = 80;

/** What marks frames in basic mode. @see IPMI 2.0 §14.4.2 */
export const BasicMark = {
  Start: 0xa0,
  Stop: 0xa5,
  Handshake: 0xa6,
  Escape: 0xaa,
} as const;

/** The character by which a terminal's user asks for attention. */
export const ESC = 0x1b;

/** What stands behind an Escape for each byte that may not stand in a frame. @see IPMI 2.0 §14.4.2 */
export const BASIC_ESCAPES: ReadonlyMap<number, number> = new Map([
  [BasicMark.Start, 0xb0],
  [BasicMark.Stop, 0xb5],
  [BasicMark.Handshake, 0xb6],
  [BasicMark.Escape, 0xba],
  [ESC, 0x3b],
]);
