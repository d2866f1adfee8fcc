import { encodeEvent, encodeHead } from "../../src/trace/jsonl.ts";
import type { Match } from "../../tools/evidence/writers.ts";
import { OpenedTrace } from "../../viewer/trace/opened-trace.ts";

/** The match as a trace's text. */
export function textOf({ head, events }: Match): string {
  return `${[encodeHead(head), ...events.map(encodeEvent)].join("\n")}\n`;
}

/** The text as the page opens it, in pieces of that many characters. */
export function opened(text: string, { unmasked = false, piece = 4_093 } = {}): OpenedTrace {
  const trace = new OpenedTrace({ unmasked });
  for (let at = 0; at < text.length; at += piece) trace.push(text.slice(at, at + piece));
  trace.end();
  return trace;
}
