/**
 * What happened in a match: events, who takes them, and their file format (docs/trace.md). For whoever
 * writes a trace of something else, or reads one that Baseboard left.
 *
 * ```ts
 * import { readTrace, TraceError } from "baseboard/trace";
 *
 * export function requestsIn(jsonLines: string): number {
 *   try {
 *     return readTrace(jsonLines).events.filter((event) => event.e === "request").length;
 *   } catch (error) {
 *     if (error instanceof TraceError) console.error(`line ${error.line}: ${error.message}`);
 *     return 0;
 *   }
 * }
 * ```
 */
export type * from "./events.ts";
export { DEFAULT_PROMISES, type Promises, type TraceHead } from "./head.ts";
export {
  encodeEvent,
  encodeHead,
  JsonLinesSink,
  readTrace,
  type Trace,
  TraceError,
  TraceReader,
} from "./jsonl.ts";
export { Recorder, Tracer, type TraceSink } from "./tracer.ts";
