import { assert } from "../assert.ts";
import type { Body, EventName, TraceEvent } from "./events.ts";
import {
  byte,
  bytes,
  count,
  type Field,
  flag,
  level,
  lunField,
  netFnField,
  oneOf,
  text,
} from "./fields.ts";

/** The fields of an event in the order of the line, after `n`, `t` and `e`. */
type Shape<B> = { readonly [K in Exclude<keyof B, "e">]: Field<B[K]> };
type Shapes = { readonly [E in EventName]: Shape<Extract<Body, { readonly e: E }>> };

const register = oneOf("data", "status", "command", "control", "flags", "intmask");

const busOp = oneOf("start", "write", "read", "stop");
const busOutcome = oneOf("ack", "nack", "lost", "timeout");

const shapes: Shapes = {
  "host.read": { reg: register, value: byte },
  "host.write": { reg: register, value: byte, tag: count },
  irq: { level },
  "bmc.read": { value: byte, command: flag },
  "bmc.write": { value: byte },
  "bmc.status": { status: byte },
  "bmc.code": { value: byte },
  "host.bus": { op: busOp, value: byte, outcome: busOutcome, tag: count },
  "bmc.bus": { op: busOp, value: byte, outcome: busOutcome },
  "bmc.alert": { level },
  request: { id: count, user: text, netFn: netFnField, lun: lunField, cmd: byte, data: bytes },
  refused: { id: count, user: text, netFn: netFnField, cmd: byte, code: text },
  send: { id: count, message: bytes },
  received: { id: count, tag: count, message: bytes },
  answer: {
    id: count,
    cc: byte,
    maker: oneOf("bmc", "bmc-interface", "host-interface", "host-handler", "timer", "remote"),
    data: bytes,
    tag: count,
  },
  delivered: { user: text, what: oneOf("event", "command", "pretimeout", "oem"), message: bytes },
  host: {
    what: oneOf(
      "start",
      "up",
      "bring-up-failed",
      "failed",
      "found",
      "quiet",
      "quiet-end",
      "recovery",
      "firmware-changed",
      "events-dropped",
      "watchdog-armed",
      "watchdog-unprotected",
      "watchdog-off",
      "watchdog-policy",
      "removed",
      "inserted",
      "shutdown",
      "down",
      "panic",
      "panic-end",
    ),
    text,
  },
  run: { on: flag, cause: oneOf("timer", "irq", "kick", "poll") },
  "bmc.request": { tag: count, message: bytes },
  "bmc.response": { tag: count, message: bytes },
  "bmc.refused": { tag: count, code: text },
  bmc: {
    what: oneOf(
      "power-on",
      "reset",
      "away",
      "up",
      "hang",
      "daemon-opened",
      "daemon-closed",
      "flags",
      "watchdog-expired",
      "pretimeout",
      "power",
      "sel",
    ),
    flags: byte,
    text,
  },
  fault: {
    name: text,
    what: oneOf("fires", "ends"),
    on: oneOf("wire", "bmc", "host"),
    text,
  },
  console: { text },
  guest: {
    what: oneOf("hung-task", "lockup", "bug", "oops", "panic", "list-corruption", "warning"),
    text,
  },
  end: { why: oneOf("done", "time", "guest-ended", "interrupted") },
};

/** A shape whose types are forgotten: each field goes only with the value of its own name. */
type Fields = readonly (readonly [name: string, field: Field<unknown>])[];

const fieldsByEvent: ReadonlyMap<string, Fields> = new Map(
  Object.entries(shapes).map(([name, shape]) => [name, Object.entries(shape) as Fields]),
);

/** The event as one line of JSON, without the line's end. The order of the keys is fixed. */
export function encodeEvent(event: TraceEvent): string {
  const fields = fieldsByEvent.get(event.e);
  assert(fields !== undefined, "each event has its fields");
  const values = event as unknown as Readonly<Record<string, unknown>>;
  let line = `{"n":${event.n},"t":${event.t},"e":"${event.e}"`;
  for (const [name, field] of fields) line += `,"${name}":${field.write(values[name])}`;
  return `${line}}`;
}

/** Why a line is not an event of this format's version. */
export interface Refusal {
  readonly code: "malformed-event" | "unknown-event";
  readonly why: string;
}

/** Takes an event out of a line's parsed JSON: all of its fields, right ones, and no others. */
export function decodeEvent(json: unknown): TraceEvent | Refusal {
  if (!isRecord<"n" | "t" | "e">(json)) return malformed("an event is a JSON object");
  const values: Readonly<Record<string, unknown>> = json;
  const n = count.read(json.n);
  const t = count.read(json.t);
  if (n === undefined) return malformed(`"n" is not ${count.what}`);
  if (t === undefined) return malformed(`"t" is not ${count.what}`);
  const name = json.e;
  if (typeof name !== "string") return malformed(`"e" is not ${text.what}`);
  const fields = fieldsByEvent.get(name);
  if (fields === undefined) {
    return { code: "unknown-event", why: `there is no event ${JSON.stringify(name)}` };
  }
  const event: Record<string, unknown> = { n, t, e: name };
  for (const [key, field] of fields) {
    const value = field.read(values[key]);
    if (value === undefined) return malformed(`${name}: "${key}" is not ${field.what}`);
    event[key] = value;
  }
  const other = Object.keys(json).find((key) => !(key in event));
  if (other !== undefined) return malformed(`${name} has no field ${JSON.stringify(other)}`);
  return event as unknown as TraceEvent;
}

/** A JSON object, in which some of these keys may be found. */
export function isRecord<K extends string>(
  json: unknown,
): json is { readonly [key in K]?: unknown } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function malformed(why: string): Refusal {
  return { code: "malformed-event", why };
}
