import { parseHex } from "../../ipmi/message.ts";
import type { On } from "../automaton.ts";

/** What the trace tells of a record that the BMC logged itself. */
export interface Logged {
  readonly id: number;
  /** Where its bytes are told, too. */
  readonly bytes: Uint8Array | undefined;
}

const TEXT = /^record (\d+)(?:: ([0-9a-f ]+))?$/;

/** Many rules ask of the same event: it is read once. */
const read = new WeakMap<On<"bmcLife">, Logged>();

/** The record that the event tells of; undefined when it is another event, or no record was made. */
export function loggedBy(event: On<"bmcLife">): Logged | undefined {
  if (event.what !== "sel") return undefined;
  const known = read.get(event);
  if (known !== undefined) return known;
  const [, id, bytes] = TEXT.exec(event.text) ?? [];
  if (id === undefined) return undefined;
  const logged = { id: Number(id), bytes: bytes === undefined ? undefined : parseHex(bytes) };
  read.set(event, logged);
  return logged;
}

/** @see IPMI 2.0 §32.1 */
const GENERATOR_AT = 7;

/** Who generated the event of a logged record; -1 when that is not told. */
export function generatorOf(event: On<"bmcLife">): number {
  return loggedBy(event)?.bytes?.[GENERATOR_AT] ?? -1;
}
