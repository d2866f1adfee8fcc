/** What the page asks its worker, and what comes back: the worker has the trace, the page what it shows. */
import type { Ladder } from "../src/explain/index.ts";
import type { Verdict } from "../src/referee/index.ts";
import type { TraceHead } from "../src/trace/head.ts";
import type { Columns } from "./trace/columns.ts";
import type { Row } from "./trace/event-rows.ts";
import type { Filter } from "./trace/filter.ts";
import type { FaultSpan } from "./trace/opened-trace.ts";
import type { CommandTimes, TransferRow } from "./trace/transfers.ts";

/** A trace that was read to its end, as a page needs it at once. */
export interface Opened {
  readonly head: TraceHead;
  readonly verdict: Verdict;
  /** Of what was found, in the order of the trace. */
  readonly ladders: readonly Ladder[];
  /** Why it is not whole; undefined of one that is. */
  readonly cut: string | undefined;
  readonly columns: Columns;
  readonly transfers: readonly TransferRow[];
  readonly times: readonly CommandTimes[];
  readonly faults: readonly FaultSpan[];
  readonly makers: readonly string[];
}

/** JSON Lines, packed by gzip or not: as they are, or where they are to be had, a piece at a time. */
export type TraceGiven = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly address: string };

/** By the question's name: what it says, and what is answered. */
export interface Questions {
  open: [{ readonly trace: TraceGiven; readonly unmasked: boolean }, Opened];
  rows: [{ readonly places: readonly number[] }, readonly Row[]];
  /** Null when another filter was asked for meanwhile. */
  match: [{ readonly filter: Filter }, Uint32Array | null];
  /** Null when another one was asked for meanwhile. */
  ladder: [{ readonly n: number }, Ladder | undefined | null];
  placeOfTransfer: [{ readonly number: number }, number];
}
export type QuestionName = keyof Questions;

export interface Asked<Q extends QuestionName = QuestionName> {
  readonly id: number;
  readonly name: Q;
  readonly question: Questions[Q][0];
}

/** From the worker: an answer, or that something cannot be answered, or how far it is. */
export type Said =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly events: number };

/** Asks a worker, whose answers come in whatever order. */
export class Asking {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { readonly done: (answer: never) => void; readonly failed: (error: Error) => void }
  >();
  #last = 0;

  /** `progress` is told how many events have been read by now. */
  constructor(worker: Worker, progress: (events: number) => void) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Said>) => {
      if ("events" in data) progress(data.events);
      else this.#settle(data);
    });
    worker.addEventListener("error", ({ message }) => {
      for (const { failed } of this.#waiting.values()) failed(new Error(message));
      this.#waiting.clear();
    });
  }

  ask<Q extends QuestionName>(name: Q, question: Questions[Q][0]): Promise<Questions[Q][1]> {
    const id = ++this.#last;
    const asked: Asked = { id, name, question };
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#worker.postMessage(asked);
    });
  }

  #settle(said: Exclude<Said, { events: number }>): void {
    const waiting = this.#waiting.get(said.id);
    this.#waiting.delete(said.id);
    if ("error" in said) waiting?.failed(new Error(said.error));
    else waiting?.done(said.answer as never);
  }
}
