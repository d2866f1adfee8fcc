import type { Party } from "./party.ts";

/** How many violations were found so far, by party: what they explain nobody else need answer for. */
export type Breaches = Record<Party, number>;
