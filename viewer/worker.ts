/** Reads and judges the trace, and answers what the page asks about it, without holding the page up. */
import type { Ladder } from "../src/explain/index.ts";
import type { Asked, Opened, QuestionName, Questions, Said } from "./questions.ts";
import type { Filter } from "./trace/filter.ts";
import { OpenedTrace } from "./trace/opened-trace.ts";
import { piecesOf, unpacked } from "./trace/pieces.ts";
import { codesOf, commandTimes } from "./trace/transfers.ts";

/** So many events are looked through before something else may be answered. */
const TURN = 20_000;
/** So often it is told how far a trace has come, and for one part of that work there are so many others. */
const SO_FAR_MS = 400;
const SO_FAR_PART = 10;

class Desk {
  #trace = new OpenedTrace({ unmasked: false });
  #filters = 0;
  #drawings = 0;

  async answer({ id, name, question }: Asked): Promise<unknown> {
    return await this.#answers[name](question as never, id);
  }

  readonly #answers: {
    [Q in QuestionName]: (
      question: Questions[Q][0],
      id: number,
    ) => Questions[Q][1] | Promise<Questions[Q][1]>;
  } = {
    open: (question, id) => this.#open(question, id),
    rows: ({ places }) => this.#trace.rows(places),
    match: ({ filter }) => this.#match(filter),
    ladder: ({ n }) => this.#ladder(n),
    placeOfTransfer: ({ number }) => this.#trace.placeOfTransfer(number),
  };

  async #open({ trace: given, unmasked }: Questions["open"][0], id: number): Promise<Opened> {
    const trace = new OpenedTrace({ unmasked });
    this.#trace = trace;
    const telling = new SoFar(trace, id);
    const reader = (await unpacked(await piecesOf(given))).getReader();
    try {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        trace.push(piece.value);
        telling.tell();
      }
    } finally {
      telling.end();
    }
    trace.end();
    const opened = openedOf(trace, false);
    if (opened === undefined) throw new Error(trace.cut ?? "there is no trace");
    return opened;
  }

  async #match(filter: Filter): Promise<Uint32Array | null> {
    const own = ++this.#filters;
    const matching = this.#trace.matching(filter);
    const last = await this.#inTurns(matching, () => own === this.#filters);
    return last ? matching.found : null;
  }

  async #ladder(n: number): Promise<Ladder | undefined | null> {
    const own = ++this.#drawings;
    const drawing = this.#trace.drawing(n);
    if (drawing === undefined) return undefined;
    const last = await this.#inTurns(drawing, () => own === this.#drawings);
    return last ? drawing.ladder : null;
  }

  /** Lets other questions be answered between two turns; false when nobody waits for it any more. */
  async #inTurns(
    work: { step(events: number): boolean },
    isWanted: () => boolean,
  ): Promise<boolean> {
    while (work.step(TURN)) {
      await new Promise((resolve) => setTimeout(resolve));
      if (!isWanted()) return false;
    }
    return true;
  }
}

/** Tells what there is of a trace on its way in, now and then. */
class SoFar {
  readonly #trace: OpenedTrace;
  readonly #id: number;
  /** What comes slowly may come no more for a while after it was told of last. */
  readonly #timer = setInterval(() => this.tell(), SO_FAR_MS);
  #told = 0;
  #nextMs = performance.now() + SO_FAR_MS;

  constructor(trace: OpenedTrace, id: number) {
    this.#trace = trace;
    this.#id = id;
  }

  /** If there is more than last time, and telling takes a small part of the time only. */
  tell(): void {
    const beganMs = performance.now();
    const { length } = this.#trace.columns;
    if (beganMs < this.#nextMs || length === this.#told) return;
    const soFar = openedOf(this.#trace, true);
    if (soFar !== undefined) sayOpened({ id: this.#id, soFar }, soFar);
    this.#told = length;
    const nowMs = performance.now();
    this.#nextMs = nowMs + Math.max(SO_FAR_MS, SO_FAR_PART * (nowMs - beganMs));
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

/** Undefined of what has no head. */
function openedOf(trace: OpenedTrace, reading: boolean): Opened | undefined {
  const { head, cut, transfers, faults, makers } = trace;
  const verdict = trace.verdict();
  if (head === undefined || verdict === undefined) return undefined;
  const [times, codes] = [commandTimes(transfers), codesOf(transfers)];
  const columns = trace.columns.shared();
  const ladders = reading ? [] : trace.ladders;
  return {
    ...{ reading, head, verdict, ladders, cut },
    ...{ columns, transfers, times, codes, faults, makers },
  };
}

const desk = new Desk();

self.addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  const { id } = data;
  desk.answer(data).then(
    (answer) => {
      if (data.name === "open") sayOpened({ id, answer }, answer as Opened);
      else say({ id, answer });
    },
    (error: unknown) => say({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});

function say(said: Said): void {
  self.postMessage(said);
}

/** The columns were made for the page alone: they are handed over, and no copy of them is left here. */
function sayOpened(said: Said, { columns: { times, numbers, lanes } }: Opened): void {
  self.postMessage(said, { transfer: [times.buffer, numbers.buffer, lanes.buffer] });
}
