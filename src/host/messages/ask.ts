import type { Answer } from "./request.ts";

/** Asks the BMC an App command on the stack's own account. */
export type Ask = (cmd: number, data: Uint8Array, onAnswer: (answer: Answer) => void) => void;

export const NO_DATA: Uint8Array = new Uint8Array(0);
