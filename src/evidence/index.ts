/**
 * Evidence: what others wrote down of IPMI traffic, read into traces. Text comes in pieces, a format is
 * recognised (`formats.ts`), its reader tells what each line shows in common words (`sighting.ts`), and
 * `assemble.ts` makes a trace of it for each interface that was seen. `both-faces/` makes one of two.
 */

export type { SeenInterface } from "./assemble/interface-trace.ts";
export { Assembler } from "./assemble.ts";
export { type BothFaces, bothFaces } from "./both-faces/both-faces.ts";
export type { WholeTrace } from "./both-faces/face.ts";
export { EvidenceError } from "./evidence-error.ts";
export { FORMATS, type Format } from "./formats.ts";
export { Lines } from "./lines.ts";
export { isPcap } from "./pcap/packets.ts";
export { PcapReading } from "./pcap/pcap-reading.ts";
export { EvidenceReading, type Unread } from "./reading.ts";
