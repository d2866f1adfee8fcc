import { assert } from "../assert.ts";

/** What is walked: everything with an identity that is no function. */
type Value = unknown;
type Fields = Record<string, Value>;
type Numbers = Uint8Array | Uint32Array | Float64Array;

/**
 * What a web of objects has come to, to be put back into the very same objects. It reaches all that
 * hangs on its roots by fields, lists, maps and sets; what only a function has captured is out of
 * sight, and has to be a field somewhere (`tools/tidy.ts` sees to variables). References go on
 * pointing where they pointed, so the functions that are bound to the objects stay right, too.
 */
export class Checkpoint {
  private readonly _objects: Fields[] = [];
  private readonly _names: string[][] = [];
  private readonly _values: Value[][] = [];
  private readonly _lists: Value[][] = [];
  private readonly _items: Value[][] = [];
  private readonly _maps: Map<Value, Value>[] = [];
  private readonly _entries: (readonly [Value, Value])[][] = [];
  private readonly _sets: Set<Value>[] = [];
  private readonly _members: Value[][] = [];
  private readonly _numbers: Numbers[] = [];
  private readonly _copies: Numbers[] = [];

  /** What is in `unchanging` stays what it is from here on, and so does all that only it leads to. */
  constructor(roots: readonly object[], unchanging: ReadonlySet<object> = NOTHING) {
    const met = new Set<object>(unchanging);
    const left: object[] = [];
    const meet = (value: Value) => {
      if (typeof value !== "object" || value === null || met.has(value)) return;
      met.add(value);
      left.push(value);
    };
    for (const root of roots) meet(root);
    for (let next = left.pop(); next !== undefined; next = left.pop()) this.#save(next, meet);
  }

  /** How many objects it has saved. */
  get size(): number {
    return (
      this._objects.length +
      this._lists.length +
      this._maps.length +
      this._sets.length +
      this._numbers.length
    );
  }

  /** Everything is as it was, as often as one likes. */
  restore(): void {
    for (let i = 0; i < this._objects.length; i++) this.#putFields(i);
    for (let i = 0; i < this._lists.length; i++) this.#putItems(i);
    for (let i = 0; i < this._maps.length; i++) this.#putEntries(i);
    for (let i = 0; i < this._sets.length; i++) this.#putMembers(i);
    for (let i = 0; i < this._numbers.length; i++)
      this._numbers[i]?.set(this._copies[i] as Numbers);
  }

  #save(value: object, meet: (value: Value) => void): void {
    if (Array.isArray(value)) {
      this._lists.push(value);
      this._items.push(value.slice());
      for (const item of value) meet(item);
    } else if (ArrayBuffer.isView(value)) {
      const numbers = value as Numbers;
      this._numbers.push(numbers);
      this._copies.push(numbers.slice());
    } else if (value instanceof Map) {
      this._maps.push(value);
      this._entries.push([...value]);
      for (const [key, item] of value) {
        meet(key);
        meet(item);
      }
    } else if (value instanceof Set) {
      this._sets.push(value);
      this._members.push([...value]);
      for (const item of value) meet(item);
    } else if (!Object.isFrozen(value)) this.#saveFields(value as Fields, meet);
  }

  #saveFields(object: Fields, meet: (value: Value) => void): void {
    assert(hasFieldsAlone(object), `a ${object.constructor?.name} can be saved`);
    const names = Object.keys(object);
    const values: Value[] = new Array(names.length);
    for (let i = 0; i < names.length; i++) {
      const value = object[names[i] as string];
      values[i] = value;
      meet(value);
    }
    this._objects.push(object);
    this._names.push(names);
    this._values.push(values);
  }

  #putFields(i: number): void {
    const object = this._objects[i] as Fields;
    const names = this._names[i] as string[];
    const values = this._values[i] as Value[];
    for (let k = 0; k < names.length; k++) {
      const name = names[k] as string;
      if (object[name] !== values[k]) object[name] = values[k];
    }
    // The fields of a class are there from the start; those of a record may come and go.
    if (Object.getPrototypeOf(object) !== Object.prototype) return;
    const now = Object.keys(object);
    if (now.length === names.length) return;
    for (const name of now) if (!names.includes(name)) delete object[name];
  }

  #putItems(i: number): void {
    const list = this._lists[i] as Value[];
    const items = this._items[i] as Value[];
    list.length = items.length;
    for (let k = 0; k < items.length; k++) if (list[k] !== items[k]) list[k] = items[k];
  }

  #putEntries(i: number): void {
    const map = this._maps[i] as Map<Value, Value>;
    const entries = this._entries[i] as (readonly [Value, Value])[];
    if (sameEntries(map, entries)) return;
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  }

  #putMembers(i: number): void {
    const set = this._sets[i] as Set<Value>;
    const members = this._members[i] as Value[];
    if (sameMembers(set, members)) return;
    set.clear();
    for (const member of members) set.add(member);
  }
}

const NOTHING: ReadonlySet<object> = new Set();

/** What has more than its fields to it, as a date, a promise or a generator, says so by its tag. */
function hasFieldsAlone(object: object): boolean {
  return TAG.call(object) === "[object Object]";
}

const TAG = Object.prototype.toString;

function sameEntries(
  map: ReadonlyMap<Value, Value>,
  entries: readonly (readonly [Value, Value])[],
): boolean {
  if (map.size !== entries.length) return false;
  let i = 0;
  for (const [key, value] of map) {
    const entry = entries[i++];
    if (entry === undefined || entry[0] !== key || entry[1] !== value) return false;
  }
  return true;
}

function sameMembers(set: ReadonlySet<Value>, members: readonly Value[]): boolean {
  if (set.size !== members.length) return false;
  let i = 0;
  for (const member of set) if (members[i++] !== member) return false;
  return true;
}
