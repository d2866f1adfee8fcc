import type { Taps } from "../trace/head.ts";

/** Whose tap brings a kind of event; `any`: it comes whichever face is tapped. */
export type Face = keyof Taps | "any";

/** A command by its numbers. */
export interface Command {
  readonly netFn: number;
  readonly cmd: number;
}

/** Whether it is one of these commands. */
export function isOf(commands: readonly Command[], { netFn, cmd }: Command): boolean {
  return commands.some((each) => each.cmd === cmd && each.netFn === netFn);
}

/** An automaton that hears only of some commands says of which; who does not say so hears of all. */
export interface Concerned {
  /** Asked once for each command. */
  concerns?(command: Command): boolean;
}

interface Listener<E> {
  readonly handler: (event: E) => void;
  readonly automaton: Concerned | undefined;
}

/** One kind of event: the face that brings it, and the handlers of the rules that asked for it. */
export class Topic<E> {
  readonly face: Face;
  readonly #listeners: Listener<E>[] = [];

  constructor(face: Face) {
    this.face = face;
  }

  /** `automaton`: whose method the handler is, if it is one. */
  listen(handler: (event: E) => void, automaton?: Concerned): void {
    this.#listeners.push({ handler, automaton });
  }

  tell(event: E): void {
    const listeners = this.#listeners;
    for (let i = 0; i < listeners.length; i++) {
      const listener = listeners[i];
      listener?.handler.call(listener.automaton, event);
    }
  }

  /** Those of the handlers, in their order, whose automata this command concerns. */
  protected concerned(command: Command): Topic<E> {
    const concerned = new Topic<E>(this.face);
    for (const { handler, automaton } of this.#listeners) {
      if (automaton?.concerns?.(command) ?? true) concerned.listen(handler, automaton);
    }
    return concerned;
  }
}

/** A kind of event that is about a command, of which an automaton hears if the command concerns it. */
export class CommandTopic<E extends Command> extends Topic<E> {
  readonly #byCommand = new Map<number, Topic<E>>();

  override listen(handler: (event: E) => void, automaton?: Concerned): void {
    super.listen(handler, automaton);
    this.#byCommand.clear();
  }

  override tell(event: E): void {
    // A request too short to have a command has -1.
    const key = (event.netFn << 9) + event.cmd;
    const known = this.#byCommand.get(key);
    const concerned = known ?? this.concerned(event);
    if (known === undefined) this.#byCommand.set(key, concerned);
    concerned.tell(event);
  }
}

/** A topic for each kind of event, by the kind's name. */
export type Topics<M> = { readonly [K in keyof M]: Topic<M[K]> };
/** The kinds of event of a table of topics, and what each of them carries. */
export type EventsOf<T> = { [K in keyof T]: T[K] extends Topic<infer E> ? E : never };
/** Handlers for any of these kinds of event. */
export type Handlers<M> = { [K in keyof M]?: (event: M[K]) => void } & Concerned;

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
    topic.listen(handler, automaton);
    hears = true;
  }
  return hears;
}
