/** With these another host comes to the wire: a driver, or what runs between two kernels. */
export const COMES_NEW: ReadonlySet<string> = new Set(["start", "inserted", "taken-over"]);

/**
 * From these on the host has little time and its own last words to say: it waits for nobody, listens to
 * nothing, and owes no user of before an answer.
 */
export const HAS_NO_TIME: ReadonlySet<string> = new Set(["panic", "taken-over"]);
