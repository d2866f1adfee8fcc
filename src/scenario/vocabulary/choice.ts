import { z } from "zod";
import { assert } from "../../assert.ts";
import type { TransportKind } from "../../wire/interface.ts";
import { type Field, fieldText, schemaOf, type Unit } from "./unit.ts";

/** Fields by name. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;
type Given<F extends Fields> = {
  readonly [K in keyof F as F[K]["optional"] extends true ? never : K]: ValueOf<F[K]>;
};
type Also<F extends Fields> = {
  readonly [K in keyof F as F[K]["optional"] extends true ? K : never]?: ValueOf<F[K]> | undefined;
};

/** All fields of a map. */
export type Struct<F extends Fields> = Given<F> & Also<F>;

/** One of several words, and no other of them. */
export type OneOf<V> = {
  [K in keyof V]: { readonly [W in K]: V[W] } & {
    readonly [W in Exclude<keyof V, K>]?: undefined;
  };
}[keyof V];

/** What each word of a table says. */
export type Values<W extends Fields> = { readonly [K in keyof W]: ValueOf<W[K]> };

/** What is to be done for each word: another word does not compile until it is acted on. */
export type Acts<V, A extends readonly unknown[], R> = {
  readonly [W in keyof V]: (value: V[W], ...more: A) => R;
};

/** A map of fields. */
export function struct<F extends Fields>(fields: F): Unit<Struct<F>> {
  const schema = z.strictObject(shapeOf(fields));
  return {
    schema: schema as unknown as z.ZodType<Struct<F>>,
    form: formOf(fields),
    text: (value) => `(${textOf(fields, value)})`,
    misfit: (value, kind) => misfitOf(fields, value, kind),
  };
}

/** What goes with a word. */
export interface Companion<T> extends Field<T, true> {
  /** The words with which it makes sense; all when left out. */
  readonly goesWith?: readonly string[];
}

type Companions = Readonly<Record<string, Companion<unknown>>>;

/** Something that goes with some words only. */
export function goesWith<T>(words: readonly string[], field: Field<T, true>): Companion<T> {
  return { ...field, goesWith: words };
}

interface ChoiceOf<W extends Fields, G extends Fields, A extends Companions> {
  /** Stands before the word. */
  readonly given?: G;
  readonly words: W;
  /** Stands behind it. */
  readonly also?: A;
}

export type Choice<W extends Fields, G extends Fields, A extends Fields> = OneOf<Values<W>> &
  Struct<G> &
  Struct<A>;

type None = Readonly<Record<never, never>>;

/** One and only one of some words, and what goes with it. */
export function choice<W extends Fields, G extends Fields = None, A extends Companions = None>({
  given,
  words,
  also,
}: ChoiceOf<W, G, A>): Unit<Choice<W, G, A>> {
  const optionalWords = Object.entries(words).map(([word, field]) => {
    return [word, { ...field, optional: true }] as const;
  });
  const fields: Fields = { ...given, ...Object.fromEntries(optionalWords), ...also };
  const names = Object.keys(words);
  const companions = Object.entries<Companion<unknown>>(also ?? {});
  const schema = z
    .strictObject(shapeOf(fields))
    .superRefine((value, context) => {
      const found = names.filter((word) => value[word] !== undefined);
      if (found.length !== 1) {
        const what = found.length === 0 ? "none is given" : `${found.join(" and ")} are given`;
        const message = `give one of ${names.join(", ")}; ${what}`;
        context.addIssue({ code: "custom", message });
        return;
      }
      for (const [name, { goesWith: wanted }] of companions) {
        if (value[name] === undefined || wanted === undefined) continue;
        if (found.some((word) => wanted.includes(word))) continue;
        const message = `goes with ${wanted.join(" or ")}, not with ${found.join()}`;
        context.addIssue({ code: "custom", path: [name], message });
      }
    })
    .meta({ oneOf: names.map((word) => having(word)), ...dependents(companions) });
  return {
    schema: schema as unknown as z.ZodType<Choice<W, G, A>>,
    form: formOf(fields),
    text: (value) => textOf(fields, value),
    misfit: (value, kind) => misfitOf(fields, value, kind),
  };
}

/** The words of a table. */
export function wordsOf<W extends object>(table: W): readonly (keyof W & string)[] {
  return Object.keys(table).filter((word): word is keyof W & string => word in table);
}

/** The one word that is given, and what it says, done with what `acts` has for it. */
export function act<V, A extends readonly unknown[], R>(
  acts: Acts<V, A, R>,
  action: { readonly [W in keyof V]?: V[W] | undefined },
  ...more: A
): R {
  const word = wordsOf(acts).find((each) => action[each] !== undefined);
  assert(word !== undefined, "a scenario's words make sense on its own interface");
  return does<V, A, R, keyof V & string>(acts, word, action[word], more);
}

function does<V, A extends readonly unknown[], R, W extends keyof V>(
  acts: Acts<V, A, R>,
  word: W,
  value: V[W] | undefined,
  more: A,
): R {
  assert(value !== undefined, "the word that was found says something");
  return acts[word](value, ...more);
}

function formOf(fields: Fields): string {
  const named = Object.entries(fields).map(([name, { optional, unit, about }]) => {
    const meaning = about === undefined ? "" : ` (${about})`;
    return `${optional ? "perhaps " : ""}\`${name}\`: ${unit.form}${meaning}`;
  });
  return named.join("; ");
}

/** In a JSON Schema: a map that has these fields, whatever they say. */
export function having(...fields: readonly string[]): object {
  return {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field, true])),
    required: fields,
  };
}

function shapeOf(fields: Fields): Record<string, z.ZodType> {
  const shape = Object.entries(fields).map(([name, field]) => [name, schemaOf(field)] as const);
  return Object.fromEntries(shape);
}

function dependents(companions: readonly (readonly [string, Companion<unknown>])[]): object {
  const schemas = companions.flatMap(([name, { goesWith: wanted }]) => {
    if (wanted === undefined) return [];
    return [[name, { anyOf: wanted.map((word) => having(word)) }] as const];
  });
  return schemas.length === 0 ? {} : { dependentSchemas: Object.fromEntries(schemas) };
}

/** Those fields that are given, in the order of the table. */
function givenOf(fields: Fields, value: object): [string, Field<unknown>, unknown][] {
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(value));
  return Object.entries(fields).flatMap(([name, field]): [string, Field<unknown>, unknown][] => {
    const given = values.get(name);
    return given === undefined ? [] : [[name, field, given]];
  });
}

function textOf(fields: Fields, value: object): string {
  return givenOf(fields, value)
    .map(([name, field, given]) => fieldText(name, field, given))
    .join(", ");
}

function misfitOf(fields: Fields, value: object, kind: TransportKind): string | undefined {
  for (const [, { unit }, given] of givenOf(fields, value)) {
    const message = unit.misfit?.(given, kind);
    if (message !== undefined) return message;
  }
  return undefined;
}
