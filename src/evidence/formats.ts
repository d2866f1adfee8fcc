import { CaptureReader, isCapture } from "./formats/capture.ts";
import { CsvReader, isCsv } from "./formats/csv.ts";
import { isKernelLog, KernelLogReader } from "./formats/kernel-log-reader.ts";
import { isPerfScript, PerfScriptReader } from "./formats/perf-script.ts";
import { isSigrok, SigrokReader } from "./formats/sigrok.ts";
import { isTracefs, TracefsReader } from "./formats/tracefs.ts";
import { isVcd, VcdReader } from "./formats/vcd.ts";
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
    about: "the text of tracefs' `trace` and `trace_pipe`, and of `trace-cmd report`",
    recognises: isTracefs,
    reader: (teller) => new TracefsReader(teller),
  },
  {
    name: "perf-script",
    about: "the text of `perf script`",
    recognises: isPerfScript,
    reader: (teller) => new PerfScriptReader(teller),
  },
  {
    name: "csv",
    about: "rows of accesses, as docs/evidence.md says; its bpftrace program prints them",
    recognises: isCsv,
    reader: (teller) => new CsvReader(teller),
  },
  {
    name: "sigrok",
    about: "what sigrok-cli's decoders of I2C and LPC print of a logic analyser's file",
    recognises: isSigrok,
    reader: (teller) => new SigrokReader(teller),
  },
  {
    name: "vcd",
    about:
      "waves of SCL and SDA, a value change dump, as a logic analyser's program or `export` writes it",
    recognises: isVcd,
    reader: (teller) => new VcdReader(teller),
  },
  {
    name: "kernel-log",
    about: "a kernel's log, which has no accesses: `baseboard diagnose` is for it",
    recognises: isKernelLog,
    reader: (teller) => new KernelLogReader(teller),
  },
];
