/** What the page asks its worker, and what comes back: the worker has the trace, the page what it shows. */
import type { Ladder } from "../src/explain/index.ts";
import type { Verdict } from "../src/referee/index.ts";
import type { TraceHead } from "../src/trace/head.ts";
import type { Columns } from "./trace/columns.ts";
import type { Row } from "./trace/event-rows.ts";
import type { Filter } from "./trace/filter.ts";
import type { FaultSpan } from "./trace/opened-trace.ts";
import type { CommandTimes, TransferRow } from "./trace/transfers.ts";

/** A trace that was read to its end, or as far as it has come, as a page needs it at once. */
export interface Opened {
  /** More of it comes: nothing of the verdict is final. */
  readonly reading: boolean;
  readonly head: TraceHead;
  readonly verdict: Verdict;
  /** Of what was found, in the order of the trace. */
  readonly ladders: readonly Ladder[];
  /** Why it is not whole; undefined of one that is. */
  readonly cut: string | undefined;
  readonly columns: Columns;
  readonly transfers: readonly TransferRow[];
  readonly times: readonly CommandTimes[];
  /** What those completion codes mean that came. */
  readonly codes: ReadonlyMap<number, string>;
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

/** From the worker: an answer, or that something cannot be answered, or how far the trace that is opened has come. */
export type Said =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly id: number; readonly soFar: Opened };

interface Waiting {
  readonly done: (answer: never) => void;
  readonly failed: (error: Error) => void;
  readonly soFar: ((opened: Opened) => void) | undefined;
}

/** Asks a worker, whose answers come in whatever order. */
export class Asking {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Said>) => this.#take(data));
    worker.addEventListener("error", ({ message }) => {
      for (const { failed } of this.#waiting.values()) failed(new Error(message));
      this.#waiting.clear();
    });
  }

  /** `soFar` is told what there is of a trace on its way in, now and then. */
  ask<Q extends QuestionName>(
    name: Q,
    question: Questions[Q][0],
    soFar?: (opened: Opened) => void,
  ): Promise<Questions[Q][1]> {
    const id = ++this.#last;
    const asked: Asked = { id, name, question };
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed, soFar });
      this.#worker.postMessage(asked);
    });
  }

  #take(said: Said): void {
    const waiting = this.#waiting.get(said.id);
    if ("soFar" in said) {
      waiting?.soFar?.(said.soFar);
      return;
    }
    this.#waiting.delete(said.id);
    if ("error" in said) waiting?.failed(new Error(said.error));
    else waiting?.done(said.answer as never);
  }
}
