import type { AnswerGiven, RequestAccepted, TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/tracer.ts";

/** Who asked what, and what came of it, in the order of asking. */
export class AnswerBook implements TraceSink {
  readonly #asked = new Map<number, { request: RequestAccepted; answer?: AnswerGiven }>();

  event(event: TraceEvent): void {
    if (event.e === "request") this.#asked.set(event.id, { request: event });
    else if (event.e === "answer") {
      const entry = this.#asked.get(event.id);
      if (entry !== undefined) entry.answer = event;
    }
  }

  /** A user's requests, each with its answer if it has one. */
  of(user: string): { request: RequestAccepted; answer?: AnswerGiven }[] {
    return [...this.#asked.values()].filter(({ request }) => request.user === user);
  }
}
