import { commandName } from "../ipmi/command-table.ts";
import { completionText } from "../ipmi/completion.ts";
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
