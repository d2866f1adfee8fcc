import { assert } from "../assert.ts";
import { EVENTS } from "./event-shapes.ts";
import type { TraceEvent } from "./events.ts";
import { count, type Field, text } from "./fields.ts";
import { asciiOf, Scan } from "./scan.ts";

/** A shape whose types are forgotten: each field goes only with the value of its own name. */
type Fields = readonly (readonly [name: string, field: Field<unknown>])[];

const fieldsByEvent: ReadonlyMap<string, Fields> = new Map(
  Object.entries(EVENTS).map(([name, { fields }]) => [name, Object.entries(fields) as Fields]),
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
  const other = Object.keys(json).find((key) => !Object.hasOwn(event, key));
  if (other !== undefined) return malformed(`${name} has no field ${JSON.stringify(other)}`);
  return event as unknown as TraceEvent;
}

/** Reads events off lines as `encodeEvent` writes them: several times as fast as `decodeEvent`, and the same. */
export class EventScan {
  private readonly _line = new Scan();

  /** The line between those two places; undefined of one that is not written so, or holds no event: `decodeEvent` knows. */
  event(bytes: Uint8Array, from: number, to: number): TraceEvent | undefined {
    const line = this._line;
    line.begin(bytes, from, to);
    if (!line.meets(NUMBER)) return undefined;
    const n = line.integer();
    if (n === undefined || !line.meets(TIME)) return undefined;
    const t = line.integer();
    if (t === undefined || !line.meets(NAME)) return undefined;
    const shape = SHAPES[line.oneOf(SHAPE_BEGINNINGS) ?? -1];
    if (shape === undefined) return undefined;
    const event: Record<string, unknown> = { n, t, e: shape.name };
    for (const { name, before, field } of shape.fields) {
      const value = line.meets(before) ? field.scan(line) : undefined;
      if (value === undefined) return undefined;
      event[name] = value;
    }
    return line.meets(END) && line.done ? (event as unknown as TraceEvent) : undefined;
  }
}

const NUMBER = asciiOf(`{"n":`);
const TIME = asciiOf(`,"t":`);
const NAME = asciiOf(`,"e":`);
const END = asciiOf("}");

const SHAPES = [...fieldsByEvent].map(([name, fields]) => {
  const scanned = fields.map(([field, how]) => {
    return { name: field, before: asciiOf(`,"${field}":`), field: how };
  });
  return { name, fields: scanned };
});
const SHAPE_BEGINNINGS = SHAPES.map(({ name }) => asciiOf(`"${name}"`));

/** A JSON object, in which some of these keys may be found. */
export function isRecord<K extends string>(
  json: unknown,
): json is { readonly [key in K]?: unknown } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function malformed(why: string): Refusal {
  return { code: "malformed-event", why };
}
