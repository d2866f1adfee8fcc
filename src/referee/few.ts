const NOWHERE = -1;
/** More are no longer few. */
const FEW = 64;

/**
 * Numbers of which there are few at a time, as of the requests that are open. They come and go with each
 * request, and the engine's own set, and its map, make all of themselves anew each time that the last
 * goes. Where they are many after all, they are in one of those.
 */
export class FewNumbers {
  few: number[] = [];
  many: Set<number> | undefined;

  get size(): number {
    return this.many?.size ?? this.few.length;
  }

  get numbers(): Iterable<number> {
    return this.many ?? this.few;
  }

  has(number: number): boolean {
    return this.many === undefined ? this.few.includes(number) : this.many.has(number);
  }

  add(number: number): void {
    if (this.many !== undefined) this.many.add(number);
    else if (!this.few.includes(number)) this.few.push(number);
    if (this.few.length > FEW) {
      this.many = new Set(this.few);
      this.few = [];
    }
  }

  /** Whether it was there. */
  delete(number: number): boolean {
    if (this.many !== undefined) return this.many.delete(number);
    const at = this.few.indexOf(number);
    if (at !== NOWHERE) takeOut(this.few, at);
    return at !== NOWHERE;
  }

  clear(): void {
    this.few.length = 0;
    this.many = undefined;
  }
}

/** The same with a value for each, in the order in which they came. */
export class Few<T> {
  numbers: number[] = [];
  few: T[] = [];
  many: Map<number, T> | undefined;

  get size(): number {
    return this.many?.size ?? this.few.length;
  }

  get values(): readonly T[] {
    return this.many === undefined ? this.few : [...this.many.values()];
  }

  has(number: number): boolean {
    return this.many === undefined ? this.numbers.includes(number) : this.many.has(number);
  }

  get(number: number): T | undefined {
    if (this.many !== undefined) return this.many.get(number);
    const at = this.numbers.indexOf(number);
    return at === NOWHERE ? undefined : this.few[at];
  }

  set(number: number, value: T): void {
    if (this.many !== undefined) {
      this.many.set(number, value);
      return;
    }
    const at = this.numbers.indexOf(number);
    if (at !== NOWHERE) {
      this.few[at] = value;
      return;
    }
    this.numbers.push(number);
    this.few.push(value);
    if (this.few.length > FEW) this.#becomesMany();
  }

  /** Whether it was there. */
  delete(number: number): boolean {
    if (this.many !== undefined) return this.many.delete(number);
    const at = this.numbers.indexOf(number);
    if (at === NOWHERE) return false;
    takeOut(this.numbers, at);
    takeOut(this.few, at);
    return true;
  }

  clear(): void {
    this.numbers.length = 0;
    this.few.length = 0;
    this.many = undefined;
  }

  #becomesMany(): void {
    const many = new Map<number, T>();
    for (const [at, value] of this.few.entries()) many.set(this.numbers[at] ?? NOWHERE, value);
    this.many = many;
    this.numbers = [];
    this.few = [];
  }
}

/** Mostly it is the last, and the only one. */
function takeOut(list: unknown[], at: number): void {
  if (at === list.length - 1) list.pop();
  else list.splice(at, 1);
}
