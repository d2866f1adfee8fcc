import type { Taps } from "../trace/head.ts";

/** Whose tap brings a kind of event; `any`: it comes whichever face is tapped. */
export type Face = keyof Taps | "any";

/** One kind of event: the face that brings it, and the handlers of the rules that asked for it. */
export class Topic<E> {
  readonly face: Face;
  readonly #handlers: ((event: E) => void)[] = [];

  constructor(face: Face) {
    this.face = face;
  }

  listen(handler: (event: E) => void): void {
    this.#handlers.push(handler);
  }

  tell(event: E): void {
    const handlers = this.#handlers;
    for (let i = 0; i < handlers.length; i++) handlers[i]?.(event);
  }
}

/** A topic for each kind of event, by the kind's name. */
export type Topics<M> = { readonly [K in keyof M]: Topic<M[K]> };
/** The kinds of event of a table of topics, and what each of them carries. */
export type EventsOf<T> = { [K in keyof T]: T[K] extends Topic<infer E> ? E : never };
/** Handlers for any of these kinds of event. */
export type Handlers<M> = { [K in keyof M]?: (event: M[K]) => void };

/**
 * Has the automaton told of what it has handlers for, unless no tap of this match will ever bring
 * it. Returns whether it will hear of anything.
 */
export function connect<M>(topics: Topics<M>, automaton: Handlers<M>, taps: Taps): boolean {
  let hears = false;
  for (const kind in topics) {
    const topic = topics[kind];
    const handler = automaton[kind];
    if (handler === undefined || (topic.face !== "any" && !taps[topic.face])) continue;
    topic.listen(handler.bind(automaton));
    hears = true;
  }
  return hears;
}
