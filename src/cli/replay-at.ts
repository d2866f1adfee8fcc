import { encodeEvent, type Trace } from "../trace/jsonl.ts";
import { EventTexts } from "./event-text.ts";
import { Exit, Failure } from "./failure.ts";
import { visible } from "./printable.ts";

/** So many events before and after the one that was asked for are shown. */
const AROUND = 12;

interface Around {
  readonly document: () => object;
  readonly text: () => string;
}

/** The events round event `n` of a trace, told in words: a line each, or one JSON document. */
export function eventsAround(trace: Trace, n: number): Around {
  const index = trace.events.findIndex((event) => event.n === n);
  if (index === -1) throw new Failure(Exit.WrongCommand, `--at ${n}: ${rangeText(trace)}`);
  const texts = new EventTexts(trace.head.interface);
  // What a byte means can depend on what came before it, so all before are told, too.
  const told = trace.events.slice(0, index + AROUND + 1).map((event) => ({
    event,
    text: texts.of(event),
  }));
  const shown = told.slice(Math.max(0, index - AROUND));
  return {
    document: () => {
      const events = shown.map(({ event, text }) => ({ ...JSON.parse(encodeEvent(event)), text }));
      return { at: n, events };
    },
    text: () => {
      const width = String(shown.at(-1)?.event.n ?? n).length;
      const lines = shown.map(({ event, text }) => {
        const mark = event.n === n ? ">" : " ";
        const seconds = (event.t / 1_000_000).toFixed(6).padStart(12);
        return `${mark} ${String(event.n).padStart(width)} ${seconds} s  ${visible(text)}`;
      });
      return lines.join("\n");
    },
  };
}

function rangeText({ events }: Trace): string {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return "the trace has no events";
  return `the trace has no event of that number; it goes from ${first.n} to ${last.n}`;
}
