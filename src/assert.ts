/** An invariant of our own code did not hold. Never thrown for what a peer or a user did. */
export class BrokenInvariant extends Error {
  readonly code = "BROKEN_INVARIANT";
}

/** States what holds; on in production. */
export function assert(condition: boolean, whatHolds: string): asserts condition {
  if (!condition) throw new BrokenInvariant(`broken invariant: ${whatHolds}`);
}
