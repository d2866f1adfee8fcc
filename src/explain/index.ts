/** A trace told to a reader: events in words, and the ladder of a transfer. */
export { EventTexts, type Lane, type Told } from "./event-text.ts";
export { type Ladder, type LadderOptions, Ladders, type Passage } from "./ladders.ts";
export { Masking } from "./masking.ts";
export type { DecodedMessage } from "./message.ts";
export type { Rung, Step } from "./steps.ts";
