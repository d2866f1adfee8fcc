import { responseWithoutSecret, withoutSecret } from "../ipmi/secrets.ts";
import {
  Referee,
  type RefereeHead,
  type Scene,
  type Transfer,
  type Verdict,
} from "../referee/index.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { EventTexts } from "./event-text.ts";
import { Masking } from "./masking.ts";
import { type DecodedMessage, decodedMessage } from "./message.ts";
import type { Step } from "./steps.ts";
import { Telling } from "./telling.ts";

/** One request over the wire, and what came of it. */
export interface Passage {
  /** Of the transfer in the trace, from 1. */
  readonly number: number;
  readonly startUs: number;
  /** Of one that is under way: by now. */
  readonly endUs: number;
  /** Undefined of what is too short to be one. */
  readonly request: DecodedMessage | undefined;
  readonly response: DecodedMessage | undefined;
  readonly outcome: "answered" | "given up by the host" | "broken off" | "under way";
}

/** What went on round an event, from the transfer in which it happened: what a ladder is drawn from. */
export interface Ladder {
  /** The event that it is about: its step stands `apart`. */
  readonly n: number;
  /** The transfers before those that are shown, the last one last. */
  readonly before: readonly Passage[];
  /** The transfer in which it happened, or after which; undefined before the first. */
  readonly passage: Passage | undefined;
  readonly steps: readonly Step[];
  /** So many events in the middle are not among the steps. */
  readonly leftOut: number;
  /** Where the host was in its transfer, for a sentence: "in the read phase". */
  readonly place: string;
  readonly turn: Scene["turn"];
}

export interface LadderOptions {
  /** The numbers of the events to be told of; those that the verdict names when left out. */
  readonly at?: readonly number[];
  /** Passwords and keys are shown. */
  readonly unmasked?: boolean;
  /** False: only the transfers are followed, and the verdict has no findings. */
  readonly judges?: boolean;
  /** Is told of each transfer when it is over, or left for another one. */
  readonly passed?: (over: Over) => void;
}

/** So many transfers before are told of. */
const BEFORE = 4;
/** So many steps after the event its transfer's end is waited for. */
const AFTER = 300;
/** So many steps before a transfer, as whose request it is. */
const LEAD = 4;

/** What is on its way to be a ladder. */
interface Begun {
  readonly n: number;
  readonly before: readonly Over[];
  /** The transfer's before, where the event comes between two. */
  readonly first: Finished | undefined;
  readonly stepsMax: number;
  readonly place: string;
  readonly turn: Scene["turn"];
}

/** A transfer as it was when it ended: few are ever told of, so nothing of it is decoded yet. */
export interface Over extends Pick<Passage, "number" | "startUs" | "endUs" | "outcome"> {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
}

/** A transfer that is over, with its steps. */
interface Finished {
  readonly over: Over;
  readonly told: Telling;
}

/** Judges a trace, and keeps of it what shows each finding: the ladder of the transfer at hand. */
export class Ladders implements TraceSink {
  readonly #referee: Referee;
  readonly #masking: Masking;
  readonly #texts: EventTexts;
  readonly #at: ReadonlySet<number> | undefined;
  readonly #unmasked: boolean;
  readonly #passed: ((over: Over) => void) | undefined;
  readonly #done = new Map<number, Ladder>();
  readonly #overs: Over[] = [];
  #begun: Begun[] = [];
  #last: Finished | undefined;
  /** Since the last transfer was over. */
  #told: Telling;
  /** The transfer that is under way; 0 between two. */
  #number = 0;
  /** The one that was under way last. */
  #lastNumber = 0;
  /** Those that ended by the event at hand. */
  readonly #ended: Over[] = [];
  #found = 0;
  #lastUs = 0;
  #firstN: number | undefined;
  #lastN = 0;
  /** The transfer to which the event taken last belongs. */
  #lastOf = 0;
  #masked = false;

  constructor(head: RefereeHead, options: LadderOptions = {}) {
    const { at, unmasked = false, judges = true, passed } = options;
    this.#referee = new Referee(head, judges ? undefined : [], (transfer, number) => {
      this.#ended.push(overOf(transfer, number));
    });
    this.#passed = passed;
    this.#texts = new EventTexts(head.interface);
    this.#masking = new Masking(head.interface);
    this.#at = at === undefined ? undefined : new Set(at);
    this.#unmasked = unmasked;
    this.#told = new Telling(this.#texts);
  }

  event(event: TraceEvent): void {
    this.#referee.event(event);
    const { scene, found } = this.#referee;
    this.#lastUs = event.t;
    this.#firstN ??= event.n;
    this.#lastN = event.n;
    // A transfer may begin with the very event by which the one before it ends.
    const cut = this.#number !== 0 && scene.number !== this.#number;
    if (cut) this.#close();
    if (scene.number !== this.#lastNumber) this.#begins(scene.number);
    this.#lastOf = this.#number;
    const telling = this.#at === undefined ? found > this.#found : this.#at.has(event.n);
    this.#found = found;
    this.#tell(event, telling);
    if (telling) this.#begun.push(this.#ladderAt(event.n, scene, cut));
    if (this.#number !== 0 && scene.over) this.#close();
    else if (this.#begun.length > 0) {
      const steps = this.#told.steps.length;
      this.#freeze(({ stepsMax }) => steps >= stepsMax);
    }
  }

  /** As the referee has it. */
  verdict(): Verdict {
    return this.#referee.verdict();
  }

  /** The numbers of the first event and of the last by now; undefined before the first. */
  get range(): readonly [first: number, last: number] | undefined {
    return this.#firstN === undefined ? undefined : [this.#firstN, this.#lastN];
  }

  /** The number of the transfer to which the event taken last belongs; 0 between two. */
  get transferNumber(): number {
    return this.#lastOf;
  }

  /** Zeros stand for something secret of the event taken last. */
  get masked(): boolean {
    return this.#masked;
  }

  /** The transfer that is under way, as far as it went. */
  get underWay(): Over | undefined {
    if (this.#number === 0) return undefined;
    const over = overOf(this.#referee.scene.transfer, this.#number);
    return { ...over, endUs: this.#lastUs, outcome: "under way" };
  }

  /** The ladder round that event is whole: what is still to come changes nothing of it. */
  isWhole(n: number): boolean {
    return this.#done.has(n);
  }

  /** The same ladder; undefined of one that is not whole. */
  whole(n: number): Ladder | undefined {
    return this.#done.get(n);
  }

  /** By the event's number. Of a trace that goes on, as far as it went. */
  get ladders(): ReadonlyMap<number, Ladder> {
    this.#freeze(() => true);
    return this.#done;
  }

  #begins(number: number): void {
    // What is far before it belongs to the one before; what was found there keeps its steps.
    this.#freeze(() => true);
    this.#told.keepLast(LEAD);
    this.#number = number;
    this.#lastNumber = number;
  }

  /** The transfer under way is over, or left for another one. */
  #close(): void {
    const own = this.#ended.find(({ number }) => number === this.#number);
    const { transfer } = this.#referee.scene;
    const over = own ?? { ...overOf(transfer, this.#number), outcome: "broken off" };
    this.#freeze(() => true, over);
    const overs = [...this.#ended.splice(0).filter((each) => each !== own), over];
    if (this.#passed !== undefined) for (const each of overs) this.#passed(each);
    this.#overs.push(...overs);
    this.#overs.splice(0, Math.max(0, this.#overs.length - BEFORE - 1));
    this.#last = { over, told: this.#told };
    this.#told = new Telling(this.#texts);
    this.#number = 0;
  }

  #tell(whole: TraceEvent, telling: boolean): void {
    const shown = this.#unmasked ? { event: whole, masked: false } : this.#masking.of(whole);
    this.#masked = shown.masked;
    // Who has the processor says nothing of the wire.
    if (whole.e === "run" && !telling) return;
    this.#told.add(shown, telling);
  }

  #ladderAt(n: number, { place, turn }: Scene, cut: boolean): Begun {
    const first = cut || this.#number === 0 ? this.#last : undefined;
    const before = first === undefined ? this.#overs : this.#overs.slice(0, -1);
    const stepsMax = this.#told.steps.length + AFTER;
    return { n, before: before.slice(-BEFORE), first, stepsMax, place, turn };
  }

  /** Those of the ladders that are whole by now. */
  #freeze(whole: (begun: Begun) => boolean, over?: Over): void {
    if (this.#begun.length === 0) return;
    const left: Begun[] = [];
    for (const begun of this.#begun) {
      if (whole(begun)) this.#done.set(begun.n, this.#ladder(begun, over));
      else left.push(begun);
    }
    this.#begun = left;
  }

  #ladder({ n, before, first, place, turn }: Begun, over: Over | undefined): Ladder {
    const parts = [...(first === undefined ? [] : [first.told.steps]), this.#told.steps];
    const shown = first?.over ?? over ?? this.underWay;
    return {
      n,
      before: before.map((each) => passageOf(each, this.#unmasked)),
      passage: shown === undefined ? undefined : passageOf(shown, this.#unmasked),
      steps: parts.flatMap(({ all }) => all),
      leftOut: parts.reduce((sum, { leftOut }) => sum + leftOut, 0),
      place,
      turn,
    };
  }
}

function overOf(transfer: Transfer, number: number): Over {
  return {
    number,
    startUs: transfer.startUs,
    endUs: transfer.endUs,
    request: transfer.request.copy(),
    response: transfer.response.copy(),
    outcome: outcomeOf(transfer),
  };
}

function passageOf({ request, response, ...over }: Over, unmasked: boolean): Passage {
  return {
    ...over,
    request: decodedMessage(unmasked ? request : withoutSecret(request), "request"),
    response: decodedMessage(
      unmasked ? response : responseWithoutSecret(request, response),
      "response",
    ),
  };
}

function outcomeOf({ complete, abandoned }: Transfer): Passage["outcome"] {
  if (complete) return "answered";
  return abandoned ? "given up by the host" : "broken off";
}
