/** More than can be under way at a time. */
const REMEMBERED_MAX = 32;

/** Puts a value under its number; of many only the last ones are kept. */
export function remember<T>(values: Map<number, T>, number: number, value: T): void {
  values.delete(number);
  values.set(number, value);
  if (values.size <= REMEMBERED_MAX) return;
  const [oldest] = values.keys();
  if (oldest !== undefined) values.delete(oldest);
}
