/** One field of an event on a line of JSON: how it is written, and what is accepted. */
export interface Field<T> {
  /** What the field holds, for the message that says it does not. */
  readonly what: string;
  /** As JSON text. */
  readonly write: (value: T) => string;
  /** The value that the parsed JSON stands for; undefined when it is none. */
  readonly read: (json: unknown) => T | undefined;
}

function integer(what: string, limit: number): Field<number> {
  return {
    what,
    write: (value) => String(value),
    read: (json) => {
      const fits = typeof json === "number" && Number.isSafeInteger(json);
      return fits && json >= 0 && json <= limit ? json : undefined;
    },
  };
}

export const count = integer("an integer from 0", Number.MAX_SAFE_INTEGER);
export const byte = integer("a byte (0..255)", 0xff);
export const netFnField = integer("a NetFn (0..63)", 0x3f);
export const lunField = integer("a LUN (0..3)", 3);

export const flag: Field<boolean> = {
  what: "true or false",
  write: (value) => String(value),
  read: (json) => (typeof json === "boolean" ? json : undefined),
};

export const level: Field<0 | 1> = {
  what: "0 or 1",
  write: (value) => String(value),
  read: (json) => (json === 0 || json === 1 ? json : undefined),
};

export const text: Field<string> = {
  what: "a string",
  write: (value) => JSON.stringify(value),
  read: (json) => (typeof json === "string" ? json : undefined),
};

const HEX = /^(?:[0-9a-f]{2})*$/;
const hexOf: readonly string[] = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).padStart(2, "0"),
);

/** Lower-case hexadecimal, two digits a byte, without anything between. */
export const bytes: Field<Uint8Array> = {
  what: "bytes as lower-case hex text",
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
};

export function oneOf<const T extends string>(...names: readonly T[]): Field<T> {
  return {
    what: `one of ${names.join(", ")}`,
    write: (value) => `"${value}"`,
    read: (json) => names.find((name) => name === json),
  };
}
