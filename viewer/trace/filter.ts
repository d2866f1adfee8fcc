import type { Party } from "./columns.ts";

/** Which events are listed: those that fit each of these that is not empty. */
export interface Filter {
  /** It is in the event's line, in whatever case. */
  readonly text: string;
  /** Whose doing it is. */
  readonly party: Party | "";
  /** The event is of a transfer in which that rule was found broken, or noted. */
  readonly rule: string;
  /** That fault acts as it happens. */
  readonly fault: string;
  /** It is an answer by that maker. */
  readonly maker: string;
}

export const NO_FILTER: Filter = { text: "", party: "", rule: "", fault: "", maker: "" };

export function isEmpty(filter: Filter): boolean {
  return Object.values(filter).every((value) => value === "");
}
