import { hex } from "../../ipmi/message.ts";
import type { Fault } from "../../scenario/schema.ts";

/** A fault's action in one line, in the scenario's own words. */
export function faultText(fault: Fault): string {
  const parts: string[] = [];
  if (fault.attention !== undefined) parts.push(`attention ${fault.attention}`);
  for (const action of [fault.answer, fault.bmc, fault.wire, fault.host]) {
    if (action !== undefined) parts.push(fieldsText(action));
  }
  if (fault.for !== undefined) parts.push(`for ${durationText(fault.for)}`);
  if (fault.until !== undefined) parts.push(`until ${durationText(fault.until)}`);
  return parts.join(", ");
}

/** µs as people read them: `2 s`, `250 ms`, `30 µs`. */
export function durationText(us: number): string {
  if (us >= 1_000_000) return `${Number((us / 1_000_000).toFixed(3))} s`;
  if (us >= 1_000) return `${Number((us / 1_000).toFixed(3))} ms`;
  return `${us} µs`;
}

const DURATION_FIELDS = new Set(["delay", "away", "slow", "every", "ibf-late", "later"]);
const BYTE_FIELDS = new Set(["code", "netfn", "cmd", "bits", "xor"]);

function fieldsText(fields: object): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key} ${valueText(key, value)}`.trimEnd())
    .join(", ");
}

function valueText(key: string, value: unknown): string {
  if (value === true) return "";
  if (value instanceof Uint8Array) return hex(value);
  if (typeof value === "number" && DURATION_FIELDS.has(key)) return durationText(value);
  if (typeof value === "number" && BYTE_FIELDS.has(key)) {
    return `${value.toString(16).toUpperCase().padStart(2, "0")}h`;
  }
  if (typeof value !== "object" || value === null) return String(value);
  if ("name" in value) return String(value.name);
  return `(${fieldsText(value)})`;
}
