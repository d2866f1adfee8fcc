import { NetFn } from "./command-table.ts";

/** A command whose messages hold what must not be told on: a password, a key. */
export interface SecretCommand {
  readonly netFn: number;
  readonly cmd: number;
  /** From which byte of the request's data on. */
  readonly request: number;
  /** From which byte of the response's data on, if that holds any. */
  readonly response?: number;
  /** Of a command that sets parameters, those that are secret; they stand in the data's second byte. */
  readonly parameters?: readonly number[];
}

/** All of them. What a community string opens counts as a password. */
export const secretCommands: readonly SecretCommand[] = [
  // Activate Session: a straight password may be the code that it is proven by. @see IPMI 2.0 §22.17
  { netFn: NetFn.App, cmd: 0x3a, request: 2 },
  // Set User Password. @see IPMI 2.0 §22.30
  { netFn: NetFn.App, cmd: 0x47, request: 2 },
  // Set Channel Security Keys: which reads them, too. @see IPMI 2.0 §22.25
  { netFn: NetFn.App, cmd: 0x56, request: 3, response: 1 },
  // Set LAN Configuration Parameters, Community String. @see IPMI 2.0 §23.1, Table 23-4
  { netFn: NetFn.Transport, cmd: 0x01, request: 2, parameters: [16] },
  // Set Serial/Modem Configuration: strings that modems and accounts are opened by. @see IPMI 2.0 §25.1
  { netFn: NetFn.Transport, cmd: 0x10, request: 2 },
];

const RESPONSE = 1;
const SEND_MESSAGE = 0x34;
/** NetFn and command; of a response the completion code, too. */
const REQUEST_HEAD = 2;
const RESPONSE_HEAD = 3;
/** In an IPMB frame behind its first address. @see IPMI 2.0 §7.2 */
const IPMB = { cmd: 4, data: 5 } as const;

/**
 * From which byte on a message as the interfaces carry it is secret; Infinity when nothing of it is. Of a
 * message that is not whole yet it says the same, as soon as the secret's first byte could come next.
 */
export function secretFrom(message: ArrayLike<number>): number {
  const first = message[0] ?? 0;
  const netFn = first >> 2;
  const cmd = message[1] ?? -1;
  if (netFn === NetFn.App && cmd === SEND_MESSAGE) return bridgedFrom(message);
  return from(message, {
    netFn,
    cmd,
    head: (netFn & RESPONSE) === 0 ? REQUEST_HEAD : RESPONSE_HEAD,
  });
}

/** Whether the response to such a request is secret, too. */
export function answersSecretly(request: ArrayLike<number>): boolean {
  const [netFn, cmd] = [(request[0] ?? 0) >> 2, request[1]];
  return secretCommands.some((each) => {
    return each.netFn === netFn && each.cmd === cmd && each.response !== undefined;
  });
}

/** The message with zeros for what is secret; itself when nothing is. */
export function withoutSecret(message: Uint8Array): Uint8Array {
  const secret = secretFrom(message);
  return secret >= message.length ? message : message.map((byte, at) => (at < secret ? byte : 0));
}

/** The response to that request, with zeros for what is secret of it. */
export function responseWithoutSecret(request: Uint8Array, response: Uint8Array): Uint8Array {
  const shown = withoutSecret(response);
  if (!answersSecretly(request)) return shown;
  return shown.map((byte, at) => (at < RESPONSE_HEAD ? byte : 0));
}

/** A line of text with `**` for the secret bytes of the messages that stand in it, bare or in a frame. */
export function withoutSecretText(line: string): string {
  return line.replace(HEX, (all) => {
    const found = all.split(BETWEEN);
    const bytes = found.map((byte) => Number.parseInt(byte, 16));
    let secret = bytes.length;
    for (let at = 0; at < bytes.length; at++) {
      secret = Math.min(secret, at + secretFrom(bytes.slice(at)), at + framedFrom(bytes.slice(at)));
    }
    if (secret === bytes.length) return all;
    const marks = all.match(BETWEEN_ALL) ?? [];
    return found.map((byte, at) => `${at < secret ? byte : "**"}${marks[at] ?? ""}`).join("");
  });
}

const HEX = /\b[0-9a-f]{2}(?:[ \-:,][0-9a-f]{2})+\b/gi;
const BETWEEN = /[ \-:,]/;
const BETWEEN_ALL = /[ \-:,]/g;

/** Within Send Message, behind the channel; a broadcast has an address of its own before. */
function bridgedFrom(message: ArrayLike<number>): number {
  const netFnAt = message[3] === 0 ? 5 : 4;
  return netFnAt + framedFrom(Array.from(message).slice(netFnAt));
}

/** The same of a whole frame of the IPMB. @see IPMI 2.0 §7.2 */
export function secretFromInFrame(frame: Uint8Array): number {
  return 1 + framedFrom(frame.subarray(1));
}

function framedFrom(frame: ArrayLike<number>): number {
  const netFn = (frame[0] ?? 0) >> 2;
  const cmd = frame[IPMB.cmd] ?? -1;
  const head = (netFn & RESPONSE) === 0 ? IPMB.data : IPMB.data + 1;
  return from(frame, { netFn, cmd, head });
}

function from(
  bytes: ArrayLike<number>,
  { netFn, cmd, head }: { readonly netFn: number; readonly cmd: number; readonly head: number },
): number {
  const responds = (netFn & RESPONSE) !== 0;
  const known = secretCommands.find(
    (each) => each.netFn === (netFn & ~RESPONSE) && each.cmd === cmd,
  );
  if (known === undefined) return Number.POSITIVE_INFINITY;
  const { request, response = Number.POSITIVE_INFINITY, parameters } = known;
  if (responds) return head + response;
  const parameter = bytes[head + 1];
  const isMeant =
    parameters === undefined || (parameter !== undefined && parameters.includes(parameter));
  return isMeant ? head + request : Number.POSITIVE_INFINITY;
}
