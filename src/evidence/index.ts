/**
 * Evidence: what others wrote down of IPMI traffic, read into traces. Text comes in pieces, a format is
 * recognised (`formats.ts`), its reader tells what each line shows in common words (`sighting.ts`), and
 * `assemble.ts` makes a trace of it for each interface that was seen.
 */

export type { SeenInterface } from "./assemble/interface-trace.ts";
export { Assembler } from "./assemble.ts";
export { FORMATS, type Format } from "./formats.ts";
export { Lines } from "./lines.ts";
export { EvidenceError, EvidenceReading, type Unread } from "./reading.ts";
