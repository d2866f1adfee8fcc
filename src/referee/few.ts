const NOWHERE = -1;

/**
 * Numbers of which there are few at a time, as of the requests that are open. They come and go with each
 * request, and the engine's own set, and its map, make all of themselves anew each time that the last
 * goes.
 */
export class FewNumbers {
  readonly numbers: number[] = [];

  get size(): number {
    return this.numbers.length;
  }

  has(number: number): boolean {
    return this.numbers.includes(number);
  }

  add(number: number): void {
    if (!this.has(number)) this.numbers.push(number);
  }

  /** Whether it was there. */
  delete(number: number): boolean {
    const at = this.numbers.indexOf(number);
    if (at !== NOWHERE) takeOut(this.numbers, at);
    return at !== NOWHERE;
  }

  clear(): void {
    this.numbers.length = 0;
  }
}

/** The same with a value for each, in the order in which they came. */
export class Few<T> {
  readonly numbers: number[] = [];
  readonly values: T[] = [];

  get size(): number {
    return this.numbers.length;
  }

  has(number: number): boolean {
    return this.numbers.includes(number);
  }

  get(number: number): T | undefined {
    const at = this.numbers.indexOf(number);
    return at === NOWHERE ? undefined : this.values[at];
  }

  set(number: number, value: T): void {
    const at = this.numbers.indexOf(number);
    if (at !== NOWHERE) {
      this.values[at] = value;
      return;
    }
    this.numbers.push(number);
    this.values.push(value);
  }

  /** Whether it was there. */
  delete(number: number): boolean {
    const at = this.numbers.indexOf(number);
    if (at === NOWHERE) return false;
    takeOut(this.numbers, at);
    takeOut(this.values, at);
    return true;
  }

  clear(): void {
    this.numbers.length = 0;
    this.values.length = 0;
  }
}

/** Mostly it is the last, and the only one. */
function takeOut(list: unknown[], at: number): void {
  if (at === list.length - 1) list.pop();
  else list.splice(at, 1);
}
