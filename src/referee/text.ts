import { commandName } from "../ipmi/command-table.ts";
import { completionText } from "../ipmi/completion.ts";
import { secretFrom, secretFromInFrame } from "../ipmi/secrets.ts";
import type { BmcLife } from "../trace/events.ts";
import type { Transfer } from "./transfer.ts";

/** Pieces of the sentences in which automata tell what they saw. */

export function hex(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, "0")}h`;
}

/** A completion code and what it says: "C1h (invalid command)". */
export function codeText(cc: number, netFn?: number, cmd?: number): string {
  return `${hex(cc)} (${completionText(cc, netFn, cmd)})`;
}

/** Whether these are those from there on, to their end. */
export function sameBytes(a: Uint8Array, b: ArrayLike<number>, from = 0): boolean {
  if (a.length !== b.length - from) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[from + i]) return false;
  return true;
}

export function bytesText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** A whole message, without what of it is secret. */
export function messageText(message: Uint8Array): string {
  return shownText(message, secretFrom(message));
}

/** A whole frame of the IPMB, without what of it is secret. */
export function frameText(frame: Uint8Array): string {
  return shownText(frame, secretFromInFrame(frame));
}

/** What should be one message, twice: neither tells what the other keeps secret. */
export function bothTexts(
  a: Uint8Array,
  b: Uint8Array,
  hiddenFrom: (bytes: Uint8Array) => number = secretFrom,
): readonly [string, string] {
  const secret = Math.min(hiddenFrom(a), hiddenFrom(b));
  return [shownText(a, secret), shownText(b, secret)];
}

function shownText(message: Uint8Array, secret: number): string {
  if (secret >= message.length) return bytesText(message);
  const hidden = Array.from(message.subarray(secret), () => "**");
  return [bytesText(message.subarray(0, secret)), ...hidden].join(" ");
}

export function seconds(us: number): string {
  return `${(us / 1_000_000).toFixed(us < 1_000_000 ? 3 : 1)} s`;
}

/** The BMC begins anew: nothing that it owed before can be asked of it. */
export function beginsAnew(what: BmcLife["what"]): boolean {
  return what === "power-on" || what === "reset" || what === "away";
}

/** The global enables are what they are after a reset, of the BMC or of the system. @see IPMI 2.0 §22.1 */
export function clearsEnables(what: BmcLife["what"]): boolean {
  return beginsAnew(what) || what === "power";
}

/** The transfer's command by name. */
export function transferText(transfer: Transfer): string {
  if (transfer.request.length < 2) return "a request too short to be one";
  return commandName(transfer.netFn, transfer.cmd);
}
