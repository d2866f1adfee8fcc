import { z } from "zod";
import { hex } from "../../ipmi/message.ts";
import type { TransportKind } from "../../wire/interface.ts";
import * as units from "../units.ts";

/** What a value in a scenario is: how it is read, how people read it, where it makes sense. */
export interface Unit<T> {
  readonly schema: z.ZodType<T>;
  /** How it is written, for a page: `TIME`, `high` or `low`. */
  readonly form: string;
  /** For the trace, the verdict and people. */
  text(value: T): string;
  /** Why an interface cannot have that value; undefined when it can. */
  misfit?(value: T, kind: TransportKind): string | undefined;
}

/** What a word, or a field of what it says, may be. */
export interface Field<T, O extends boolean = boolean> {
  readonly unit: Unit<T>;
  readonly optional: O;
  /** What it means, for the JSON Schema. */
  readonly about: string | undefined;
}

export function required<T>(unit: Unit<T>, about?: string): Field<T, false> {
  return { unit, optional: false, about };
}

export function optional<T>(unit: Unit<T>, about?: string): Field<T, true> {
  return { unit, optional: true, about };
}

/** A field's schema, with its description. */
export function schemaOf({ unit, optional, about }: Field<unknown>): z.ZodType {
  const schema = optional ? unit.schema.optional() : unit.schema;
  return about === undefined ? schema : schema.describe(about);
}

/** A field by its name and value: `count 3`; a word that says it all by being there is alone. */
export function fieldText(name: string, { unit }: Field<unknown>, value: unknown): string {
  return `${name} ${unit.text(value)}`.trimEnd();
}

export const time: Unit<number> = {
  schema: units.duration,
  form: "TIME",
  text: exactText,
};
export const byte: Unit<number> = {
  schema: units.byte,
  form: "BYTE",
  text: (value) => `${value.toString(16).toUpperCase().padStart(2, "0")}h`,
};
export const bytes: Unit<Uint8Array> = { schema: units.bytes, form: "BYTES", text: hex };
export const requestBytes: Unit<Uint8Array> = {
  schema: units.requestBytes,
  form: "BYTES",
  text: hex,
};
export const yes: Unit<true> = { schema: units.yes, form: "`true`", text: () => "" };
export const flag: Unit<boolean> = {
  schema: units.flag,
  form: "`true` or `false`",
  text: (value) => (value ? "" : "false"),
};
export const text: Unit<string> = {
  schema: units.text,
  form: "TEXT",
  text: (value) => value,
};
export const firmware: Unit<{ major: number; minorBcd: number }> = {
  schema: units.firmware,
  form: "VERSION",
  text: ({ major, minorBcd }) => `${major}.${minorBcd.toString(16).padStart(2, "0")}`,
};

/** What makes sense on some interfaces only, as a word or as what one says. */
export function onlyOn<T>(kinds: readonly TransportKind[], name: string, unit: Unit<T>): Unit<T> {
  return {
    ...unit,
    misfit: (value, kind) => {
      if (kinds.includes(kind)) return unit.misfit?.(value, kind);
      return `"${name}" is a thing of ${kinds.join("'s and ")}'s; ${kind} does not know it`;
    },
  };
}

type Command = z.output<typeof units.command>;
export const command: Unit<Command> = {
  schema: units.command,
  form: "COMMAND",
  text: ({ name }) => name,
};
export const commandOrAny: Unit<Command | "any"> = {
  schema: units.commandOrAny,
  form: "COMMAND or `any`",
  text: (value) => (value === "any" ? value : value.name),
};

const COUNT_MAX = 1_000_000;

export function number(min: number, max: number): Unit<number> {
  return { schema: units.count(min, max), form: "N", text: String };
}

/** How often, or how many. */
export const times = number(1, COUNT_MAX);
/** Of what a fault could act on, so many pass first. */
export const skipped = number(0, COUNT_MAX);

export function oneOf<const W extends readonly string[]>(...words: W): Unit<W[number]> {
  return {
    schema: z.enum(words),
    form: words.map((word) => `\`${word}\``).join(", "),
    text: String,
  };
}

/** µs as people write them, to the last digit: two faults that differ do not read the same. */
export function exactText(us: number): string {
  if (us >= 1_000_000) return `${us / 1_000_000} s`;
  return us >= 1_000 ? `${us / 1_000} ms` : `${us} µs`;
}

/** µs as people read them, rounded: `2 s`, `250 ms`, `30 µs`. */
export function durationText(us: number): string {
  if (us >= 1_000_000) return `${Number((us / 1_000_000).toFixed(3))} s`;
  if (us >= 1_000) return `${Number((us / 1_000).toFixed(3))} ms`;
  return `${us} µs`;
}
