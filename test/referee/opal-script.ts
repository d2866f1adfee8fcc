import type { Body } from "../../src/trace/events.ts";
import { OPAL_RESPONSE_BYTES_MAX } from "../../src/wire/opal/protocol.ts";
import type { Script } from "./script.ts";

type Send = Extract<Body, { e: "host.opal-send" }>;
type Recv = Extract<Body, { e: "host.opal-recv" }>;

/** OPAL_IPMI_SEND of a request, without its version, as hex text. */
export function send(request: string, other: Partial<Send> = {}): Body {
  const message = withVersion(request);
  return { e: "host.opal-send", message, code: "success", tag: 0, ...other };
}

/** OPAL_IPMI_RECV that gives a response, without its version, as hex text. */
export function recv(response: string, other: Partial<Recv> = {}): Body {
  const message = withVersion(response);
  const { length } = message;
  return { ...look("success"), length, message, ...other };
}

/** The same that gives none. */
export function look(code: Recv["code"], other: Partial<Recv> = {}): Recv {
  const room = OPAL_RESPONSE_BYTES_MAX;
  const message = new Uint8Array();
  return { e: "host.opal-recv", version: 1, room, code, length: 0, message, ...other };
}

/** So many looks in vain, 100 ms apart. */
export function looks(count: number): Script {
  return Array.from({ length: count }, (): Script => ["+100ms", look("empty")]).flat();
}

/** A right transaction. */
export function exchange(request: string, response: string): Script {
  return [send(request), look("empty"), recv(response)];
}

function withVersion(text: string): Uint8Array {
  return Uint8Array.of(1, ...text.split(" ").map((byte) => Number.parseInt(byte, 16)));
}
