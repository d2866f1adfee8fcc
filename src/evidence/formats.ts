import { CaptureReader, isCapture } from "./formats/capture.ts";
import { isTracefs, TracefsReader } from "./formats/tracefs.ts";
import type { LineReader, Teller } from "./sighting.ts";

/** One format of evidence. */
export interface Format {
  /** What `--format` calls it. */
  readonly name: string;
  /** What it is, for a reader. */
  readonly about: string;
  /** Whether a line can be of this format and of no other. */
  readonly recognises: (line: string) => boolean;
  readonly reader: (teller: Teller) => LineReader;
}

/** All formats that are lines of text. The first that recognises a line has it. */
export const FORMATS: readonly Format[] = [
  {
    name: "capture",
    about: "what the scripts of `baseboard capture` write",
    recognises: isCapture,
    reader: (teller) => new CaptureReader(teller),
  },
  {
    name: "tracefs",
    about: "the text of tracefs' `trace` and `trace_pipe`",
    recognises: isTracefs,
    reader: (teller) => new TracefsReader(teller),
  },
];
