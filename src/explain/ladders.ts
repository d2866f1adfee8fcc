import { answersSecretly, withoutSecret } from "../ipmi/secrets.ts";
import { Referee, type RefereeHead, type Scene, type Verdict } from "../referee/index.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { EventTexts } from "./event-text.ts";
import { Masking } from "./masking.ts";
import { type DecodedMessage, decodedMessage, RESPONSE_HEAD } from "./message.ts";
import { type Step, Steps } from "./steps.ts";

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
  readonly before: readonly Passage[];
  /** The transfer's before, where the event comes between two. */
  readonly first: Finished | undefined;
  readonly stepsMax: number;
  readonly place: string;
  readonly turn: Scene["turn"];
}

/** A transfer that is over, with its steps. */
interface Finished {
  readonly passage: Passage;
  readonly steps: Steps;
}

/** Judges a trace, and keeps of it what shows each finding: the ladder of the transfer at hand. */
export class Ladders implements TraceSink {
  readonly #referee: Referee;
  readonly #texts: EventTexts;
  readonly #masking: Masking;
  readonly #at: ReadonlySet<number> | undefined;
  readonly #unmasked: boolean;
  readonly #done = new Map<number, Ladder>();
  readonly #passages: Passage[] = [];
  #begun: Begun[] = [];
  #last: Finished | undefined;
  /** Since the last transfer was over. */
  #steps = new Steps();
  /** The transfer that is under way; 0 between two. */
  #number = 0;
  /** As it was after the event before: a transfer that begins takes the place of the one before. */
  #open: Passage | undefined;
  /** The one that was under way last. */
  #lastNumber = 0;
  #found = 0;
  #lastUs = 0;
  #firstN: number | undefined;
  #lastN = 0;

  constructor(head: RefereeHead, { at, unmasked = false }: LadderOptions = {}) {
    this.#referee = new Referee(head);
    this.#texts = new EventTexts(head.interface);
    this.#masking = new Masking(head.interface);
    this.#at = at === undefined ? undefined : new Set(at);
    this.#unmasked = unmasked;
  }

  event(event: TraceEvent): void {
    this.#referee.event(event);
    const { scene, found } = this.#referee;
    this.#lastUs = event.t;
    this.#firstN ??= event.n;
    this.#lastN = event.n;
    // A transfer may begin with the very event by which the one before it ends.
    const cut = this.#number !== 0 && scene.number !== this.#number;
    if (scene.number !== this.#lastNumber) this.#begins(scene.number);
    const telling = this.#at === undefined ? found > this.#found : this.#at.has(event.n);
    this.#found = found;
    this.#tell(event, telling);
    if (telling) this.#begun.push(this.#ladderAt(event.n, scene, cut));
    if (this.#number === 0) return this.#freeze(this.#isLong);
    this.#open = passageOf(scene, this.#unmasked);
    if (!scene.over) return this.#freeze(this.#isLong);
    this.#close(this.#open);
    this.#number = 0;
  }

  /** As the referee has it. */
  verdict(): Verdict {
    return this.#referee.verdict();
  }

  /** The numbers of the first event and of the last by now; undefined before the first. */
  get range(): readonly [first: number, last: number] | undefined {
    return this.#firstN === undefined ? undefined : [this.#firstN, this.#lastN];
  }

  /** By the event's number. Of a trace that goes on, as far as it went. */
  get ladders(): ReadonlyMap<number, Ladder> {
    this.#freeze(() => true);
    return this.#done;
  }

  #begins(number: number): void {
    if (this.#number !== 0 && this.#open !== undefined) {
      this.#close({ ...this.#open, endUs: this.#lastUs, outcome: "given up by the host" });
    }
    // What is far before it belongs to the one before; what was found there keeps its steps.
    this.#freeze(() => true);
    this.#steps.keepLast(LEAD);
    this.#number = number;
    this.#lastNumber = number;
  }

  #close(passage: Passage): void {
    this.#freeze(() => true, passage);
    this.#passages.push(passage);
    if (this.#passages.length > BEFORE + 1) this.#passages.shift();
    this.#last = { passage, steps: this.#steps };
    this.#steps = new Steps();
  }

  #tell(whole: TraceEvent, telling: boolean): void {
    const { event, masked } = this.#masking.of(whole);
    const told = this.#texts.told(this.#unmasked ? whole : event);
    // Who has the processor says nothing of the wire.
    if (event.e === "run" && !telling) return;
    const { n, t } = event;
    this.#steps.add({ ...told, n, t, masked: masked && !this.#unmasked }, telling);
  }

  #ladderAt(n: number, { place, turn }: Scene, cut: boolean): Begun {
    const first = cut || this.#number === 0 ? this.#last : undefined;
    const before = first === undefined ? this.#passages : this.#passages.slice(0, -1);
    const stepsMax = this.#steps.length + AFTER;
    return { n, before: before.slice(-BEFORE), first, stepsMax, place, turn };
  }

  /** Enough is known of what came after. */
  readonly #isLong = ({ stepsMax }: Begun) => this.#steps.length >= stepsMax;

  /** Those of the ladders that are whole by now. */
  #freeze(whole: (begun: Begun) => boolean, passage?: Passage): void {
    if (this.#begun.length === 0) return;
    const left: Begun[] = [];
    for (const begun of this.#begun) {
      if (whole(begun)) this.#done.set(begun.n, this.#ladder(begun, passage));
      else left.push(begun);
    }
    this.#begun = left;
  }

  #ladder({ n, before, first, place, turn }: Begun, passage: Passage | undefined): Ladder {
    const steps = [...(first?.steps.all ?? []), ...this.#steps.all];
    const leftOut = (first?.steps.leftOut ?? 0) + this.#steps.leftOut;
    return {
      n,
      before,
      passage: first?.passage ?? passage ?? this.#now,
      steps,
      leftOut,
      place,
      turn,
    };
  }

  /** The transfer that is under way, as far as it went. */
  get #now(): Passage | undefined {
    if (this.#number === 0 || this.#open === undefined) return undefined;
    return { ...this.#open, endUs: this.#lastUs, outcome: "under way" };
  }
}

function passageOf({ transfer, number }: Scene, unmasked: boolean): Passage {
  const request = transfer.request.copy();
  const response = transfer.response.copy();
  return {
    number,
    startUs: transfer.startUs,
    endUs: transfer.endUs,
    request: decodedMessage(unmasked ? request : withoutSecret(request), "request"),
    response: decodedMessage(unmasked ? response : shownResponse(request, response), "response"),
    outcome: outcomeOf(transfer),
  };
}

/** Of a request that is answered with a secret, the response's data are zeros. */
function shownResponse(request: Uint8Array, response: Uint8Array): Uint8Array {
  const shown = withoutSecret(response);
  return answersSecretly(request)
    ? shown.map((byte, at) => (at < RESPONSE_HEAD ? byte : 0))
    : shown;
}

function outcomeOf({ complete, abandoned }: Scene["transfer"]): Passage["outcome"] {
  if (complete) return "answered";
  return abandoned ? "given up by the host" : "broken off";
}
