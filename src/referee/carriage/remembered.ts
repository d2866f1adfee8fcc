/** More than can be under way at a time. */
const REMEMBERED_MAX = 32;
const NOWHERE = -1;

/** Values by their numbers, of which only the last ones are kept. */
export class Remembered<T> {
  /** From the oldest to the newest. */
  readonly numbers: number[] = [];
  readonly values: T[] = [];

  set(number: number, value: T): void {
    this.delete(number);
    this.numbers.push(number);
    this.values.push(value);
    if (this.numbers.length <= REMEMBERED_MAX) return;
    this.numbers.shift();
    this.values.shift();
  }

  get(number: number): T | undefined {
    const at = this.#at(number);
    return at === NOWHERE ? undefined : this.values[at];
  }

  has(number: number): boolean {
    return this.#at(number) !== NOWHERE;
  }

  delete(number: number): void {
    const at = this.#at(number);
    if (at === NOWHERE) return;
    this.numbers.splice(at, 1);
    this.values.splice(at, 1);
  }

  clear(): void {
    this.numbers.length = 0;
    this.values.length = 0;
  }

  /** Mostly it is the newest that is looked for. */
  #at(number: number): number {
    let at = this.numbers.length - 1;
    while (at >= 0 && this.numbers[at] !== number) at--;
    return at;
  }
}
