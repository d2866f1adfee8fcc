import type { OpalCode } from "./protocol.ts";

/** What OPAL_IPMI_RECV gives. */
export interface OpalReceived {
  readonly code: OpalCode;
  /** The length that the firmware says the message has, version included; 0 without one. */
  readonly length: number;
  /** What it wrote into the caller's buffer. */
  readonly message: Uint8Array;
}

/** The host's face of the firmware: its two calls. None waits. */
export interface OpalPort {
  /** OPAL_IPMI_SEND: hands over a whole request, version first. */
  send(message: Uint8Array): OpalCode;
  /** OPAL_IPMI_RECV: the response, if there is one, of a version and into a buffer of so many bytes. */
  recv(version: number, room: number): OpalReceived;
}

/** What is received with a word of the firmware's alone. */
export function nothing(code: OpalCode): OpalReceived {
  return { code, length: 0, message: NONE };
}

const NONE = new Uint8Array();
