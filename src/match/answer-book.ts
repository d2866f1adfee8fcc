import type { AnswerGiven, RequestAccepted, TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/tracer.ts";

/** A request, its answer if it has one, and how many it got. */
export interface Asked {
  readonly request: RequestAccepted;
  /** By what name its host refused it, when it did. */
  readonly refused?: string;
  readonly answer?: AnswerGiven;
  readonly answers: number;
}

/** Who asked what, and what came of it, in the order of asking. */
export class AnswerBook implements TraceSink {
  private readonly _asked = new Map<number, Asked>();
  /** How often the driver went. */
  removals = 0;

  event(event: TraceEvent): void {
    if (event.e === "request") this._asked.set(event.id, { request: event, answers: 0 });
    else if (event.e === "refused") {
      const asked = this._asked.get(event.id);
      if (asked !== undefined) this._asked.set(event.id, { ...asked, refused: event.code });
    } else if (event.e === "answer") {
      const { request, answers } = this._asked.get(event.id) ?? {};
      if (request === undefined || answers === undefined) return;
      this._asked.set(event.id, { request, answer: event, answers: answers + 1 });
    } else if (event.e === "host" && event.what === "removed") this.removals++;
  }

  /** A user's requests, each with its answer if it has one. */
  of(user: string): Asked[] {
    return [...this._asked.values()].filter(({ request }) => request.user === user);
  }
}
