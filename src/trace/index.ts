/** What happened in a match: events, who takes them, and their file format (docs/trace.md). */
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
