import { assert } from "../assert.ts";
import { byteAt } from "./bytes.ts";
import { FieldOutOfRange, Malformed } from "./message.ts";

/**
 * One description of a message's data, from which all who handle it work: both parties, the
 * command line's printer, the viewer and the fuzzer. Fields stand in wire order; within a byte the
 * least significant bits come first, and multi-byte numbers have their least significant byte
 * first. @see IPMI 2.0 §5.1
 */
export interface Layout<T> {
  /** Bytes of the shortest and the longest form; `max` is Infinity with a `rest`. */
  readonly size: { readonly min: number; readonly max: number };
  /** All fields in wire order, reserved ones included. */
  readonly fields: readonly FieldPlace[];
  /** Throws `Malformed` when the length is none of the legal ones, and nothing else. */
  decode(bytes: Uint8Array): T;
  /** Throws `FieldOutOfRange`, with the field's name. Reserved bits are sent as 0. */
  encode(value: T): Uint8Array;
  /** The fields that are present, for printing. Throws `Malformed` as `decode` does. */
  readings(bytes: Uint8Array): readonly Reading[];
  /** Whether a receiver would find a reserved bit set, whatever the length. */
  reservedBitsSet(bytes: Uint8Array): boolean;
}

/** The value that a layout reads and writes. */
export type ValueOf<L> = L extends Layout<infer T> ? T : never;

/** Where a field is in a message, in bits from its beginning. */
export interface FieldPlace {
  readonly name: string;
  readonly kind: Field["kind"];
  readonly bitOffset: number;
  /** Width in bits; Infinity for a `rest`. */
  readonly bits: number;
  /** 0: always present. n: belongs to the nth optional tail. */
  readonly tail: number;
}

/** A field as it was read, for who shows a message. */
export interface Reading {
  readonly name: string;
  readonly value: FieldValue;
  readonly place: FieldPlace;
}

/** What a field can hold. */
export type FieldValue = number | boolean | Uint8Array;

interface UintField {
  readonly kind: "uint";
  readonly bits: number;
}
interface IntField {
  readonly kind: "int";
  readonly bits: number;
}
interface FlagField {
  readonly kind: "flag";
  readonly bits: 1;
}
interface ReservedField {
  readonly kind: "reserved";
  readonly bits: number;
}
interface BytesField {
  readonly kind: "bytes";
  readonly bits: number;
}
interface RestField {
  readonly kind: "rest";
  readonly bits: number;
}
/** A field of a layout: its kind and its width. */
export type Field = UintField | IntField | FlagField | ReservedField | BytesField | RestField;

/** Named fields in wire order. A name that begins with `_` is a gap, and no part of the value. */
export type Shape = { readonly [name: string]: Field };

const UINT_BITS_MAX = 32;

/** An unsigned number. */
export function uint(bits: number): UintField {
  assert(bits >= 1 && bits <= UINT_BITS_MAX, "a number has 1 to 32 bits");
  return { kind: "uint", bits };
}

/** A two's complement number. */
export function int(bits: number): IntField {
  assert(bits >= 2 && bits <= UINT_BITS_MAX, "a signed number has 2 to 32 bits");
  return { kind: "int", bits };
}

/** One bit: true when it is 1. */
export const flag: FlagField = { kind: "flag", bits: 1 };

/** Sent as 0, ignored on receipt. @see IPMI 2.0 §16.2 */
export function reserved(bits: number): ReservedField {
  assert(bits >= 1, "a gap has bits");
  return { kind: "reserved", bits };
}

/** A fixed number of whole bytes, in wire order. */
export function bytes(count: number): BytesField {
  assert(count >= 1, "a byte field has bytes");
  return { kind: "bytes", bits: count * 8 };
}

/** All bytes that are left, also none. The last field, and never beside optional tails. */
export const rest: RestField = { kind: "rest", bits: Number.POSITIVE_INFINITY };

type Visible<K> = K extends `_${string}` ? never : K;
type Read<F> = F extends FlagField
  ? boolean
  : F extends BytesField | RestField
    ? Uint8Array
    : number;
type Values<S extends Shape> = { readonly [K in keyof S as Visible<K>]: Read<S[K]> };
type Absent<V> = { readonly [K in keyof V]?: V[K] | undefined };
type TailValues<T extends readonly Shape[]> = T extends readonly [
  infer First extends Shape,
  ...infer Others extends readonly Shape[],
]
  ? Absent<Values<First>> & TailValues<Others>
  : unknown;
type Flat<V> = { readonly [K in keyof V]: V[K] };

/**
 * Data with these fields. Each of `tails` is a group of trailing fields that is present whole or
 * not at all, and only after the groups before it; every such prefix is legal.
 * @see IPMI 2.0 §18
 */
export function record<H extends Shape, const T extends readonly Shape[]>(
  head: H,
  ...tails: T
): Layout<Flat<Values<H> & TailValues<T>>> {
  return new RecordLayout<Flat<Values<H> & TailValues<T>>>([head, ...tails]);
}

/** One field with what the inner loops need, worked out once. */
interface Step extends FieldPlace {
  readonly byte: number;
  readonly shift: number;
  /** How many bytes it touches. */
  readonly span: number;
}

class RecordLayout<T> implements Layout<T> {
  readonly size: { readonly min: number; readonly max: number };
  readonly fields: readonly FieldPlace[];
  /** The steps of the head and of each tail. */
  private readonly _groups: readonly (readonly Step[])[];
  /** Bytes of the head alone, with one tail, with two, ... */
  private readonly _lengths: readonly number[];
  private readonly _reservedMasks: Uint8Array;
  private readonly _open: boolean;

  constructor(shapes: readonly Shape[]) {
    const plan = planned(shapes);
    this._groups = plan.groups;
    this._lengths = plan.lengths;
    this._open = plan.open;
    const steps = plan.groups.flat();
    const longest = lengthAt(plan.lengths, plan.lengths.length - 1);
    this.size = {
      min: lengthAt(plan.lengths, 0),
      max: plan.open ? Number.POSITIVE_INFINITY : longest,
    };
    this.fields = steps.map(({ name, kind, bitOffset, bits, tail }) => {
      return { name, kind, bitOffset, bits, tail };
    });
    this._reservedMasks = new Uint8Array(longest);
    for (const step of steps) if (step.kind === "reserved") fill(this._reservedMasks, step);
  }

  decode(data: Uint8Array): T {
    const values: Record<string, FieldValue> = {};
    const groups = this.#groupsIn(data.length);
    for (let index = 0; index < groups; index++) {
      for (const step of this.#group(index)) {
        if (step.kind !== "reserved") values[step.name] = readField(data, step);
      }
    }
    return values as T;
  }

  encode(value: T): Uint8Array {
    const values = value as Record<string, FieldValue | undefined>;
    let groups = 1;
    while (groups < this._groups.length && isPresent(values, this.#group(groups))) groups++;
    if (groups < this._groups.length) this.#refuseGap(values, groups);
    const length = lengthAt(this._lengths, groups - 1);
    const data = new Uint8Array(length + (this._open ? this.#restBytes(values) : 0));
    for (let index = 0; index < groups; index++) {
      for (const step of this.#group(index)) {
        if (step.kind !== "reserved") writeField(data, step, values[step.name]);
      }
    }
    return data;
  }

  readings(data: Uint8Array): readonly Reading[] {
    const groups = this.#groupsIn(data.length);
    return this._groups
      .slice(0, groups)
      .flatMap((group) => group.filter((step) => step.kind !== "reserved"))
      .map((step) => {
        const { name, kind, bitOffset, bits, tail } = step;
        const place = { name, kind, bitOffset, bits, tail };
        return { name, value: readField(data, step), place };
      });
  }

  reservedBitsSet(data: Uint8Array): boolean {
    const masks = this._reservedMasks;
    const length = Math.min(data.length, masks.length);
    for (let at = 0; at < length; at++)
      if ((byteAt(data, at) & byteAt(masks, at)) !== 0) return true;
    return false;
  }

  /** How many groups data of this length holds. */
  #groupsIn(length: number): number {
    if (this._open && length >= this.size.min) return 1;
    const index = this._lengths.indexOf(length);
    if (index >= 0) return index + 1;
    const legal = this._lengths.join(" or ") + (this._open ? " or more" : "");
    throw new Malformed(
      "length",
      Math.min(length, this.size.max),
      `${length} bytes of data, expected ${legal}`,
    );
  }

  /** Fields of the groups that are left out may not be given either. */
  #refuseGap(values: Record<string, FieldValue | undefined>, groups: number): void {
    for (let index = groups; index < this._groups.length; index++) {
      for (const { kind, name } of this.#group(index)) {
        if (kind === "reserved" || values[name] === undefined) continue;
        throw new FieldOutOfRange(name, "given without the optional fields before it");
      }
    }
  }

  #group(index: number): readonly Step[] {
    const group = this._groups[index];
    assert(group !== undefined, "there is a group for each legal length");
    return group;
  }

  #restBytes(values: Record<string, FieldValue | undefined>): number {
    const last = this.#group(0).at(-1);
    assert(last !== undefined && last.kind === "rest", "an open layout ends in a rest");
    const value = values[last.name];
    if (value instanceof Uint8Array) return value.length;
    throw new FieldOutOfRange(last.name, "is not bytes");
  }
}

function planned(shapes: readonly Shape[]) {
  const groups: Step[][] = [];
  const lengths: number[] = [];
  let at = 0;
  let open = false;
  for (const [tail, shape] of shapes.entries()) {
    const group: Step[] = [];
    for (const [name, field] of Object.entries(shape)) {
      assert(!open, "a rest is the last field");
      const byte = Math.floor(at / 8);
      const shift = at % 8;
      const { kind, bits } = field;
      const whole = kind === "bytes" || kind === "rest";
      assert(!whole || shift === 0, "bytes begin at a byte");
      const span = kind === "rest" ? 0 : Math.ceil((shift + bits) / 8);
      group.push({ name, kind, bits, bitOffset: at, tail, byte, shift, span });
      if (kind === "rest") open = true;
      else at += bits;
    }
    assert(at % 8 === 0, "a group of fields ends at a byte");
    groups.push(group);
    lengths.push(at / 8);
  }
  assert(!open || shapes.length === 1, "a rest and optional tails exclude each other");
  return { groups, lengths, open };
}

function isPresent(
  values: Record<string, FieldValue | undefined>,
  group: readonly Step[],
): boolean {
  let missing: string | undefined;
  let given = false;
  for (const { kind, name } of group) {
    if (kind === "reserved") continue;
    if (values[name] === undefined) missing ??= name;
    else given = true;
  }
  if (missing === undefined) return true;
  if (!given) return false;
  throw new FieldOutOfRange(missing, "missing, though others of its optional group are given");
}

function readField(data: Uint8Array, step: Step): FieldValue {
  switch (step.kind) {
    case "flag":
      return ((byteAt(data, step.byte) >> step.shift) & 1) !== 0;
    case "uint":
    case "reserved":
      return readBits(data, step);
    case "int": {
      const value = readBits(data, step);
      return value < 2 ** (step.bits - 1) ? value : value - 2 ** step.bits;
    }
    case "bytes":
      return data.slice(step.byte, step.byte + step.span);
    case "rest":
      return data.slice(step.byte);
  }
}

function readBits(data: Uint8Array, { byte, shift, bits, span }: Step): number {
  if (span === 1) {
    const value = byteAt(data, byte);
    return bits === 8 ? value : (value >> shift) & ((1 << bits) - 1);
  }
  let value = 0;
  for (let at = byte + span - 1; at >= byte; at--) value = value * 256 + byteAt(data, at);
  return bits === span * 8 ? value : Math.floor(value / 2 ** shift) % 2 ** bits;
}

function writeField(data: Uint8Array, step: Step, value: FieldValue | undefined): void {
  switch (step.kind) {
    case "flag":
      if (typeof value !== "boolean") throw new FieldOutOfRange(step.name, "is not true or false");
      writeBits(data, step, value ? 1 : 0);
      return;
    case "uint":
    case "reserved":
      writeBits(data, step, integer(step, value, 0, 2 ** step.bits - 1));
      return;
    case "int": {
      const half = 2 ** (step.bits - 1);
      const signed = integer(step, value, -half, half - 1);
      writeBits(data, step, signed < 0 ? signed + 2 ** step.bits : signed);
      return;
    }
    case "bytes":
    case "rest": {
      if (!(value instanceof Uint8Array)) throw new FieldOutOfRange(step.name, "is not bytes");
      if (step.kind === "bytes" && value.length !== step.span) {
        throw new FieldOutOfRange(step.name, `${value.length} bytes, expected ${step.span}`);
      }
      data.set(value, step.byte);
      return;
    }
  }
}

function integer(step: Step, value: FieldValue | undefined, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw new FieldOutOfRange(step.name, `${value} is not an integer from ${min} to ${max}`);
}

function writeBits(data: Uint8Array, { byte, shift, span }: Step, value: number): void {
  if (span === 1) {
    data[byte] = byteAt(data, byte) | (value << shift);
    return;
  }
  let left = value * 2 ** shift;
  for (let at = byte; at < byte + span; at++) {
    data[at] = byteAt(data, at) | (left % 256);
    left = Math.floor(left / 256);
  }
}

/** Sets the bits of a field to 1. */
function fill(masks: Uint8Array, { bitOffset, bits }: Step): void {
  for (let at = bitOffset; at < bitOffset + bits; at++) {
    const byte = Math.floor(at / 8);
    masks[byte] = byteAt(masks, byte) | (1 << (at % 8));
  }
}

function lengthAt(lengths: readonly number[], index: number): number {
  const length = lengths[index];
  assert(length !== undefined, "every group has a length");
  return length;
}

/** No data. Stands after the class, which it needs when the module is loaded. */
export const nothing = record({});
