/** A part of a search that several machines have between them: `part`, from 1, `of` so many. */
export interface Share {
  readonly part: number;
  readonly of: number;
}

/** All of it. */
export const WHOLE: Share = { part: 1, of: 1 };

/** Whether the share has the item that stands at that place, from 0. */
export function has({ part, of }: Share, place: number): boolean {
  return place % of === part - 1;
}

/** The place, in the whole, of an item that stands at that one in the share. */
export function placeOf({ part, of }: Share, own: number): number {
  return own * of + part - 1;
}

/** How many of so many items the share has. */
export function countOf({ part, of }: Share, count: number): number {
  return Math.max(0, Math.ceil((count - (part - 1)) / of));
}
