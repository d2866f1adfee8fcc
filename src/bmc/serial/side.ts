import type { IpmbFrame } from "../../ipmi/ipmb.ts";
import type { TerminalStyle } from "../../wire/serial/terminal.ts";

/** How the response to a request finds back. */
export interface SerialTicket {
  /** Who asked: a software ID, or an address. */
  readonly requester: number;
  readonly requesterLun: number;
  readonly sequence: number;
  /** It was asked in words, and is answered so. */
  readonly inWords: boolean;
}

/** What comes of bytes from the far end. */
export type SerialInput =
  /** A whole request: NetFn/LUN, Cmd, data. */
  | { readonly kind: "request"; readonly message: Uint8Array; readonly ticket: SerialTicket }
  /** To be written at once: an echo, or words in answer to words. */
  | { readonly kind: "write"; readonly bytes: Uint8Array };

/** What a serial channel's configuration decides of how it speaks. @see IPMI 2.0 §25.2, parameter 29 */
export interface SerialManners extends TerminalStyle {
  /** Terminal mode: every character that comes is sent back. */
  readonly echo: boolean;
  /** The far end is told each time when it may send the next request. */
  readonly handshake: boolean;
}

/** One mode of a serial port from the BMC's side, without time: bytes to requests, and back. */
export interface SerialSide {
  take(bytes: Uint8Array): readonly SerialInput[];
  /** That there is room for a request again; empty when that is not told. */
  ready(): Uint8Array;
  /** `response`: NetFn/LUN, Cmd, completion code, data. */
  answer(ticket: SerialTicket, response: Uint8Array): Uint8Array;
  /** The response of a controller to which a request was bridged, with who asked in place of us. */
  bridged(frame: IpmbFrame): Uint8Array;
}
