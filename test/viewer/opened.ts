import { encodeEvent, encodeHead } from "../../src/trace/jsonl.ts";
import type { Match } from "../../tools/evidence/writers.ts";
import { OpenedTrace } from "../../viewer/trace/opened-trace.ts";

/** The match as a trace's text. */
export function textOf({ head, events }: Match): string {
  return `${[encodeHead(head), ...events.map(encodeEvent)].join("\n")}\n`;
}

/** The text as the page opens it, in pieces of that many bytes. */
export function opened(text: string, { unmasked = false, piece = 4_093 } = {}): OpenedTrace {
  const trace = new OpenedTrace({ unmasked });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += piece) trace.push(bytes.subarray(at, at + piece));
  trace.end();
  return trace;
}
