import { encodeEvent, type Trace } from "../trace/jsonl.ts";
import { EventTexts } from "./event-text.ts";
import { Exit, Failure } from "./failure.ts";
import { Masking } from "./masking.ts";
import { visible } from "./printable.ts";

/** So many events before and after the one that was asked for are shown. */
const AROUND = 12;

const MASKED = "\n(masked): zeros stand for a password or a key; --unmasked shows it";

interface Around {
  readonly document: () => object;
  readonly text: () => string;
}

interface Asked {
  /** The number of the event. */
  readonly n: number;
  /** Passwords and keys are told, too. */
  readonly unmasked: boolean;
}

/** The events round event `n` of a trace, told in words: a line each, or one JSON document. */
export function eventsAround(trace: Trace, { n, unmasked }: Asked): Around {
  const index = trace.events.findIndex((event) => event.n === n);
  if (index === -1) throw new Failure(Exit.WrongCommand, `--at ${n}: ${rangeText(trace)}`);
  const texts = new EventTexts(trace.head.interface);
  // What a byte means can depend on what came before it, so all before are told, too.
  const masking = new Masking(trace.head.interface);
  const told = trace.events.slice(0, index + AROUND + 1).map((whole) => {
    const { event, masked } = masking.of(whole);
    if (unmasked || !masked) return { event: whole, masked: false, text: texts.of(whole) };
    return { event, masked, text: `${texts.of(event)} (masked)` };
  });
  const shown = told.slice(Math.max(0, index - AROUND));
  return {
    document: () => {
      const events = shown.map(({ event, masked, text }) => {
        return { ...JSON.parse(encodeEvent(event)), text, ...(masked ? { masked } : {}) };
      });
      return { at: n, events };
    },
    text: () => {
      const width = String(shown.at(-1)?.event.n ?? n).length;
      const lines = shown.map(({ event, text }) => {
        const mark = event.n === n ? ">" : " ";
        const seconds = (event.t / 1_000_000).toFixed(6).padStart(12);
        return `${mark} ${String(event.n).padStart(width)} ${seconds} s  ${visible(text)}`;
      });
      return [...lines, ...(shown.some(({ masked }) => masked) ? [MASKED] : [])].join("\n");
    },
  };
}

function rangeText({ events }: Trace): string {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return "the trace has no events";
  return `the trace has no event of that number; it goes from ${first.n} to ${last.n}`;
}
