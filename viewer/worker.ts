/** Reads and judges the trace, and answers what the page asks about it, without holding the page up. */
import type { Ladder } from "../src/explain/index.ts";
import type { Asked, Opened, QuestionName, Questions, Said } from "./questions.ts";
import type { Filter } from "./trace/filter.ts";
import { OpenedTrace } from "./trace/opened-trace.ts";
import { piecesOf, unpacked } from "./trace/pieces.ts";
import { commandTimes } from "./trace/transfers.ts";

/** So many events are looked through before something else may be answered. */
const TURN = 20_000;

class Desk {
  #trace = new OpenedTrace({ unmasked: false });
  #filters = 0;
  #drawings = 0;

  async answer({ name, question }: Asked): Promise<unknown> {
    return await this.#answers[name](question as never);
  }

  readonly #answers: {
    [Q in QuestionName]: (question: Questions[Q][0]) => Questions[Q][1] | Promise<Questions[Q][1]>;
  } = {
    open: (question) => this.#open(question),
    rows: ({ places }) => this.#trace.rows(places),
    match: ({ filter }) => this.#match(filter),
    ladder: ({ n }) => this.#ladder(n),
    placeOfTransfer: ({ number }) => this.#trace.placeOfTransfer(number),
  };

  async #open({ trace: given, unmasked }: Questions["open"][0]): Promise<Opened> {
    const trace = new OpenedTrace({ unmasked });
    this.#trace = trace;
    const reader = (await unpacked(await piecesOf(given))).getReader();
    const decoder = new TextDecoder();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      trace.push(decoder.decode(piece.value, { stream: true }));
      say({ events: trace.columns.length });
    }
    trace.push(decoder.decode());
    trace.end();
    const { head, cut, ladders, transfers, faults, makers } = trace;
    const verdict = trace.verdict();
    if (head === undefined || verdict === undefined) throw new Error(cut ?? "there is no trace");
    const times = commandTimes(transfers);
    const columns = trace.columns.shared();
    return { head, verdict, ladders, cut, columns, transfers, times, faults, makers };
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

const desk = new Desk();

self.addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  const { id } = data;
  desk.answer(data).then(
    (answer) => say({ id, answer }),
    (error: unknown) => say({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});

function say(said: Said): void {
  self.postMessage(said);
}
