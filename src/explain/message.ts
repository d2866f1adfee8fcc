import { describe } from "../ipmi/command-layouts.ts";
import { commandName } from "../ipmi/command-table.ts";
import { completionText } from "../ipmi/completion.ts";
import { hex, Malformed, REQUEST_BYTES_MIN, RESPONSE_BYTES_MIN } from "../ipmi/message.ts";
import type { FieldPlace, FieldValue } from "../ipmi/record.ts";

/** A message as an interface carries it, field by field. */
export interface DecodedMessage {
  /** As in the specification; "NetFn 30h, command 12h" of what it does not have. */
  readonly command: string;
  /** Of a response: its completion code, and what that says. */
  readonly code?: { readonly value: number; readonly text: string };
  /** After NetFn/LUN and command, of a response after the completion code. */
  readonly data: Uint8Array;
  /** Empty of what has none, and of a command whose data nobody here can read. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** Why the data are not read: they do not fit the command. */
  readonly misfit?: string;
}

/** Undefined of a message that is too short to be one. */
export function decodedMessage(
  message: Uint8Array,
  direction: "request" | "response",
): DecodedMessage | undefined {
  const head = direction === "request" ? REQUEST_BYTES_MIN : RESPONSE_BYTES_MIN;
  const [netFnLun, cmd, cc = 0] = message;
  if (message.length < head || netFnLun === undefined || cmd === undefined) return undefined;
  const netFn = netFnLun >> 2;
  const data = message.subarray(head);
  const command = commandName(netFn, cmd);
  const whole = { command, data };
  if (direction === "request") return { ...whole, ...fieldsOf(netFn, cmd, data, direction) };
  const code = { value: cc, text: completionText(cc, netFn & ~1, cmd) };
  if (cc !== 0) return { ...whole, code, fields: [] };
  return { ...whole, code, ...fieldsOf(netFn, cmd, data, direction) };
}

type Fields = Pick<DecodedMessage, "fields" | "misfit">;

function fieldsOf(
  netFn: number,
  cmd: number,
  data: Uint8Array,
  direction: "request" | "response",
): Fields {
  try {
    const readings = describe(netFn, cmd, data, direction) ?? [];
    return {
      fields: readings.map(({ name, value, place }) => {
        return { name: inWords(name), value: valueText(value, place) };
      }),
    };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { fields: [], misfit: error.message };
  }
}

/** A field's name as words: `recordId` is "record id". */
function inWords(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => ` ${letters.toLowerCase()}`).trim();
}

function valueText(value: FieldValue, { bits }: FieldPlace): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") {
    const digits = Math.ceil(bits / 4);
    const inHex = `${value.toString(16).toUpperCase().padStart(digits, "0")}h`;
    return value >= 0 && value < 10 ? String(value) : `${value} (${inHex})`;
  }
  return value.length === 0 ? "none" : hex(value);
}
