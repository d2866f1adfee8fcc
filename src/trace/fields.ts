import { asciiOf, type Scan } from "./scan.ts";

/** One field of an event on a line of JSON: how it is written, and what is accepted. */
export interface Field<T> {
  /** What the field holds, for the message that says it does not. */
  readonly what: string;
  /** The same as `docs/trace.md` says it behind the field's name; empty when the name says it. */
  readonly brief: string;
  /** As JSON text. */
  readonly write: (value: T) => string;
  /** The value that the parsed JSON stands for; undefined when it is none. */
  readonly read: (json: unknown) => T | undefined;
  /** The same of what `write` wrote; undefined of that in other words, too. */
  readonly scan: (line: Scan) => T | undefined;
}

/** What a field holds. */
export type ValueOf<F> = F extends Field<infer T> ? T : never;

/** The keys of an object that has no others. */
export function keysOf<T extends object>(object: T): readonly (keyof T & string)[] {
  return Object.keys(object) as (keyof T & string)[];
}

function integer(what: string, limit: number, brief: string): Field<number> {
  return {
    what,
    brief,
    write: (value) => String(value),
    read: (json) => {
      const fits = typeof json === "number" && Number.isSafeInteger(json);
      return fits && json >= 0 && json <= limit ? json : undefined;
    },
    scan: (line) => {
      const value = line.integer();
      return value !== undefined && value <= limit ? value : undefined;
    },
  };
}

export const count = integer("an integer from 0", Number.MAX_SAFE_INTEGER, "");
export const byte = integer("a byte (0..255)", 0xff, "byte");
export const netFnField = integer("a NetFn (0..63)", 0x3f, "0..63");
export const lunField = integer("a LUN (0..3)", 3, "0..3");

const [TRUE, FALSE] = [asciiOf("true"), asciiOf("false")];

export const flag: Field<boolean> = {
  what: "true or false",
  brief: "bool",
  write: (value) => String(value),
  read: (json) => (typeof json === "boolean" ? json : undefined),
  scan: (line) => (line.meets(TRUE) ? true : line.meets(FALSE) ? false : undefined),
};

export const level: Field<0 | 1> = {
  what: "0 or 1",
  brief: "0 or 1",
  write: (value) => String(value),
  read: (json) => (json === 0 || json === 1 ? json : undefined),
  scan: (line) => level.read(line.integer()),
};

export const text: Field<string> = {
  what: "a string",
  brief: "",
  write: (value) => JSON.stringify(value),
  read: (json) => (typeof json === "string" ? json : undefined),
  scan: (line) => line.string(),
};

const HEX = /^(?:[0-9a-f]{2})*$/;
const hexOf: readonly string[] = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).padStart(2, "0"),
);

/** Lower-case hexadecimal, two digits a byte, without anything between. */
export const bytes: Field<Uint8Array> = {
  what: "bytes as lower-case hex text",
  brief: "bytes",
  write: (value) => {
    let out = '"';
    for (const each of value) out += hexOf[each];
    return `${out}"`;
  },
  read: (json) => {
    if (typeof json !== "string" || !HEX.test(json)) return undefined;
    const out = new Uint8Array(json.length / 2);
    for (let i = 0; i < out.length; i++) {
      out[i] = Number.parseInt(json.slice(2 * i, 2 * i + 2), 16);
    }
    return out;
  },
  scan: (line) => line.hex(),
};

/** One of these words. */
export function oneOf<const T extends string>(...names: readonly T[]): Field<T> {
  return words(names, names.map((name) => `\`"${name}"\``).join(", "));
}

/** One of the words that this table explains. */
export interface Explained<T extends string> extends Field<T> {
  readonly meanings: Readonly<Record<T, string>>;
}

/** One of the words that `meanings` explains: the page has a table of them. */
export function explained<const T extends string>(
  meanings: Readonly<Record<T, string>>,
): Explained<T> {
  return { ...words(keysOf(meanings), ""), meanings };
}

function words<T extends string>(names: readonly T[], brief: string): Field<T> {
  const quoted = names.map((name) => asciiOf(`"${name}"`));
  return {
    what: `one of ${names.join(", ")}`,
    brief,
    write: (value) => `"${value}"`,
    read: (json) => names.find((name) => name === json),
    scan: (line) => names[line.oneOf(quoted) ?? -1],
  };
}
