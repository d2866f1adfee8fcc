import { assert } from "../../assert.ts";
import type { Arena } from "../../match/arena.ts";
import type { Watch } from "../../match/match.ts";
import { inOneGo, type Steps } from "../../match/steps.ts";
import type { VirtualTime } from "../../time/virtual.ts";
import { isBmcAccess, isHostAccess, namesBy } from "../../trace/event-names.ts";
import type { AccessBy, TraceEvent } from "../../trace/events.ts";
import { plainPlan } from "./plan.ts";
import { type Outcome, plannedRun, type RunOptions } from "./run.ts";
import { Situations } from "./situations.ts";
import { UserBooks } from "./user-books.ts";

/**
 * An event of the run without an injected fault, and when a fault that fires at it would act. A
 * *moment* is a number: where it is the same at two events, nothing at all happens between the
 * acting at the one and the acting at the other.
 */
export interface Place {
  readonly n: number;
  /** The event's time, in µs. */
  readonly t: number;
  /** The event is an access to the interface, of the host or of the BMC. */
  readonly register: boolean;
  /** @see Situations */
  readonly situation: number;
  /** The moment at which the host's processor stops that is told to. */
  readonly halt: number;
  /** The moment at which the lab acts, and the time then, in µs. NEVER: the run is over before. */
  readonly lab: number;
  readonly labUs: number;
  /** The moment at which the host does what the lab asks it to, between two of its tasks. */
  readonly host: number;
  /** What happened before the lab acts: responses that the BMC's application made, ... */
  readonly responses: number;
  /** ... faults of the scenario itself that fired or ended, and a panic, ... */
  readonly faults: number;
  /** ... and accesses of the host to the interface. */
  readonly accesses: number;
  /** What happened before the host acts: events of its life, ... */
  readonly life: number;
  /** ... and by user what `UserBooks` says of him. */
  readonly users: ReadonlyMap<string, number>;
}

export const NEVER = -1;

/** What is known of a scenario's run without an injected fault. */
export interface EventMap {
  /** In the order of the events. */
  readonly places: readonly Place[];
  /** The host's accesses to the interface, in order. */
  readonly accesses: readonly HostAccess[];
  /** The lab was asked when it would act. Without, no two places are known to come to the same. */
  readonly surveyed: boolean;
  /** What came of that run. */
  readonly outcome: Outcome;
}

interface SurveyOptions extends RunOptions {
  readonly situations?: Situations;
}

/** Where a fault could fire in a scenario's run, and which places come to the same. */
export function eventMap(scenario: string, seed: number, options: SurveyOptions = {}): EventMap {
  return inOneGo(surveyedRun(scenario, seed, options));
}

/** The same in steps. */
export function* surveyedRun(
  scenario: string,
  seed: number,
  { situations = new Situations(), ...options }: SurveyOptions = {},
): Steps<EventMap> {
  situations.begin(scenario);
  const survey = new Survey(situations);
  const outcome = yield* plannedRun(plainPlan(scenario, seed), { ...options, watch: survey });
  const { places, accesses } = survey;
  return { places, accesses, surveyed: true, outcome };
}

/** An event of which nothing but the trace is known. */
export function placeOf(event: TraceEvent): Place {
  const { n, t } = event;
  return {
    n,
    t,
    register: isHostAccess(event) || isBmcAccess(event),
    situation: n,
    halt: NEVER,
    lab: NEVER,
    labUs: t,
    host: NEVER,
    responses: 0,
    faults: 0,
    accesses: 0,
    life: 0,
    users: NOBODY,
  };
}

const NOBODY: ReadonlyMap<string, number> = new Map();

/** An access of the host to the interface. */
export type HostAccess = AccessBy<"host">;

type Draft = { -readonly [K in keyof Place]: Place[K] };

/** Puts a task of its own where each fault would put its own, at each event. */
class Survey implements Watch {
  readonly places: Draft[] = [];
  readonly accesses: HostAccess[] = [];
  readonly #situations: Situations;
  readonly #users = new UserBooks();
  readonly #labMoments = new Moments();
  readonly #hostMoments = new Moments();
  readonly #haltMoments = new Moments();
  #arena: Arena | undefined;
  #ownTasks = 0;
  #responses = 0;
  #faults = 0;
  #life = 0;

  constructor(situations: Situations) {
    this.#situations = situations;
  }

  enter(arena: Arena): void {
    this.#arena = arena;
    const { daemon } = arena.bmc;
    const { interposer } = daemon;
    daemon.interposer = (request, response) => {
      this.#responses++;
      return interposer(request, response);
    };
  }

  event(event: TraceEvent): void {
    if (event.e === "end") return;
    assert(this.#arena !== undefined, "the match was entered before its first event");
    const { labLane, hostLane, time } = this.#arena;
    if (isHostAccess(event)) this.accesses.push(event);
    if (event.e === "host") this.#life++;
    // Some rules ask what was done before the host panicked.
    if (event.e === "fault" || (event.e === "host" && event.what === "panic")) this.#faults++;
    this.#users.take(event);
    const place: Draft = {
      ...placeOf(event),
      situation: this.#situations.of(event),
      halt: this.#halt(event, time),
      responses: this.#responses,
      faults: this.#faults,
      accesses: this.accesses.length,
      life: this.#life,
      users: this.#users.state,
    };
    this.places.push(place);
    labLane.at(time.nowUs, "survey", () => {
      this.#labActs(place, time);
      hostLane.at(time.nowUs, "survey", () => this.#hostActs(place, time));
    });
  }

  #labActs(place: Draft, time: VirtualTime): void {
    this.#ownTasks++;
    place.lab = this.#labMoments.at(this.places.length, time.begun - this.#ownTasks, time.nowUs);
    place.labUs = time.nowUs;
    place.responses = this.#responses;
    place.faults = this.#faults;
    place.accesses = this.accesses.length;
  }

  #hostActs(place: Draft, time: VirtualTime): void {
    this.#ownTasks++;
    place.host = this.#hostMoments.at(this.places.length, time.begun - this.#ownTasks, time.nowUs);
    place.life = this.#life;
    place.users = this.#users.state;
  }

  /**
   * What the host itself does is a moment each. Whatever else happens, the processor stops at the
   * end of the access or of the task within which it happens, if not later.
   */
  #halt(event: TraceEvent, time: VirtualTime): number {
    if (HOSTS.has(event.e)) return this.#haltMoments.next();
    const hosts = time.running === this.#arena?.hostLane;
    return this.#haltMoments.at(time.begun - this.#ownTasks, hosts ? 1 : 0, 0);
  }
}

/** Numbers moments: two are the same when nothing that counts has changed since the last. */
class Moments {
  #number = 0;
  #a = NEVER;
  #b = NEVER;
  #c = NEVER;

  at(a: number, b: number, c: number): number {
    if (a !== this.#a || b !== this.#b || c !== this.#c) this.#number++;
    this.#a = a;
    this.#b = b;
    this.#c = c;
    return this.#number;
  }

  next(): number {
    this.#a = NEVER;
    return ++this.#number;
  }
}

/** What the host does, access by access. */
const HOSTS = namesBy("host");
