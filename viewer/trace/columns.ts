/** Where the timeline draws an event, from above. */
export const LANES = ["users", "host interface", "wire", "BMC", "faults", "console"] as const;

/** Whose doing an event is, for a filter: what only tells of others counts as the lab's. */
export const PARTIES = ["host", "bmc", "wire", "lab"] as const;
export type Party = (typeof PARTIES)[number];

/** What is the same for every event of a trace, a typed array each, in the trace's order. */
export interface Columns {
  readonly length: number;
  /** µs. */
  readonly times: Float64Array;
  /** The events' own numbers, which rise, and need not be without holes. */
  readonly numbers: Float64Array;
  /** By their places in `LANES`. */
  readonly lanes: Uint8Array;
}

/** The place of the first event whose value is not below; the length when there is none. */
export function firstFrom(sorted: ArrayLike<number>, value: number, length = sorted.length) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the event of that number, or of the last one before it. */
export function placeOf({ numbers, length }: Columns, n: number): number {
  const at = firstFrom(numbers, n, length);
  return at < length && numbers[at] === n ? at : Math.max(0, at - 1);
}
