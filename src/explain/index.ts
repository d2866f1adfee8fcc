/** A trace told to a reader: events in words, and the ladder of a transfer. */
export { EventTexts, type Lane, type Told } from "./event-text.ts";
export { type Ladder, type LadderOptions, Ladders, type Over, type Passage } from "./ladders.ts";
export { Masking } from "./masking.ts";
export type { DecodedMessage } from "./message.ts";
export { placeText, type ShownSteps, shownSteps } from "./shown.ts";
export type { Rung, Step } from "./steps.ts";
export { jsonEscaped, OBEYED, visible } from "./visible.ts";
