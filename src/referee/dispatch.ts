import type { Taps, Tellable, TraceHead } from "../trace/head.ts";

/**
 * What brings a kind of event: the tap of a face, or of either, or a witness who tells of that group;
 * `any`: it comes, if it does, whatever is shown.
 */
export type Source = keyof Taps | Tellable | "either" | "any";

/** What a trace shows, as its head says. */
export type Shown = Pick<TraceHead, "taps" | "witness">;

/** How many events an automaton has heard of. */
export interface Heard {
  times: number;
}

/** Whether a trace has what this source brings. */
export function brings({ taps, witness }: Shown, source: Source): boolean {
  switch (source) {
    case "any":
    case "either":
      return true;
    case "host":
    case "bmc":
      return taps[source];
    default:
      return witness === undefined || witness.tells.includes(source);
  }
}

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
  /** Counts what it hears. */
  readonly heard: Heard | undefined;
}

/** One kind of event: what brings it, and the handlers of the rules that asked for it. */
export class Topic<E> {
  readonly source: Source;
  private readonly _listeners: Listener<E>[] = [];

  constructor(source: Source) {
    this.source = source;
  }

  /** `automaton`: whose method the handler is, if it is one. `heard` counts what it hears, if that is asked for. */
  listen(handler: (event: E) => void, automaton?: Concerned, heard?: Heard): void {
    this._listeners.push({ handler, automaton, heard });
  }

  tell(event: E): void {
    const listeners = this._listeners;
    for (let i = 0; i < listeners.length; i++) {
      const listener = listeners[i];
      if (listener === undefined) return;
      const { handler, automaton, heard } = listener;
      if (heard !== undefined) heard.times++;
      handler.call(automaton, event);
    }
  }

  /** Those of the handlers, in their order, whose automata this command concerns. */
  protected concerned(command: Command): Topic<E> {
    const concerned = new Topic<E>(this.source);
    for (const { handler, automaton, heard } of this._listeners) {
      if (automaton?.concerns?.(command) ?? true) concerned.listen(handler, automaton, heard);
    }
    return concerned;
  }
}

/** A kind of event that is about a command, of which an automaton hears if the command concerns it. */
export class CommandTopic<E extends Command> extends Topic<E> {
  private readonly _byCommand = new Map<number, Topic<E>>();

  override listen(handler: (event: E) => void, automaton?: Concerned, heard?: Heard): void {
    super.listen(handler, automaton, heard);
    this._byCommand.clear();
  }

  override tell(event: E): void {
    // A request too short to have a command has -1.
    const key = (event.netFn << 9) + event.cmd;
    const known = this._byCommand.get(key);
    const concerned = known ?? this.concerned(event);
    if (known === undefined) this._byCommand.set(key, concerned);
    concerned.tell(event);
  }
}

/** A topic for each kind of event, by the kind's name. */
export type Topics<M> = { readonly [K in keyof M]: Topic<M[K]> };
/** The kinds of event of a table of topics, and what each of them carries. */
export type EventsOf<T> = { [K in keyof T]: T[K] extends Topic<infer E> ? E : never };
/** The kinds' names. */
type KindOf<M> = Extract<keyof M, string>;
/** Handlers for any of these kinds of event. */
export type Handlers<M> = { [K in keyof M]?: (event: M[K]) => void } & Concerned;

/**
 * Connects automata with topics, match after match. What a class of automata has handlers for is
 * looked up once.
 */
export class Switchboard<M> {
  private readonly _byClass = new Map<object, readonly KindOf<M>[]>();

  /**
   * Has the automaton told of what it has handlers for, unless this match will never bring it. Returns
   * whether it will hear of anything. `heard` counts what it heard, if that is asked for.
   */
  connect(topics: Topics<M>, automaton: Handlers<M>, shown: Shown, heard?: Heard): boolean {
    let hears = false;
    for (const kind of this.#kinds(topics, automaton)) {
      if (join(kind, topics, automaton, { shown, heard })) hears = true;
    }
    return hears;
  }

  /** What brings the events that the automaton has handlers for. */
  sources(topics: Topics<M>, automaton: Handlers<M>): readonly Source[] {
    return this.#kinds(topics, automaton).map((kind) => topics[kind].source);
  }

  #kinds(topics: Topics<M>, automaton: Handlers<M>): readonly KindOf<M>[] {
    const family: object = Object.getPrototypeOf(automaton);
    const known = this._byClass.get(family);
    if (known !== undefined) return known;
    // Objects made on the spot have no class in common but what is in each of them.
    if (family === Object.prototype) return kindsIn(topics, Object.keys(automaton));
    const kinds = kindsIn(
      topics,
      Object.keys(topics).filter((kind) => kind in automaton),
    );
    this._byClass.set(family, kinds);
    return kinds;
  }
}

function join<M, K extends KindOf<M>>(
  kind: K,
  topics: Topics<M>,
  automaton: Handlers<M>,
  { shown, heard }: { readonly shown: Shown; readonly heard: Heard | undefined },
): boolean {
  const topic = topics[kind];
  const handler = automaton[kind];
  if (handler === undefined || !brings(shown, topic.source)) return false;
  // What comes in any case, as a trace's end does, puts nothing to the test.
  topic.listen(handler, automaton, topic.source === "any" ? undefined : heard);
  return true;
}

function kindsIn<M>(topics: Topics<M>, names: readonly string[]): readonly KindOf<M>[] {
  return names.filter((name): name is KindOf<M> => name in topics);
}
