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
  private readonly _situations: Situations;
  private readonly _users = new UserBooks();
  private readonly _labMoments = new Moments();
  private readonly _hostMoments = new Moments();
  private readonly _haltMoments = new Moments();
  private _arena: Arena | undefined;
  private _ownTasks = 0;
  private _responses = 0;
  private _faults = 0;
  private _life = 0;

  constructor(situations: Situations) {
    this._situations = situations;
  }

  enter(arena: Arena): void {
    this._arena = arena;
    const { daemon } = arena.bmc;
    const { interposer } = daemon;
    daemon.interposer = (request, response) => {
      this._responses++;
      return interposer(request, response);
    };
  }

  event(event: TraceEvent): void {
    if (event.e === "end") return;
    assert(this._arena !== undefined, "the match was entered before its first event");
    const { labLane, hostLane, time } = this._arena;
    if (isHostAccess(event)) this.accesses.push(event);
    if (event.e === "host") this._life++;
    // Some rules ask what was done before the host panicked.
    if (event.e === "fault" || (event.e === "host" && event.what === "panic")) this._faults++;
    this._users.take(event);
    const place: Draft = {
      ...placeOf(event),
      situation: this._situations.of(event),
      halt: this.#halt(event, time),
      responses: this._responses,
      faults: this._faults,
      accesses: this.accesses.length,
      life: this._life,
      users: this._users.state,
    };
    this.places.push(place);
    labLane.at(time.nowUs, "survey", () => {
      this.#labActs(place, time);
      hostLane.at(time.nowUs, "survey", () => this.#hostActs(place, time));
    });
  }

  #labActs(place: Draft, time: VirtualTime): void {
    this._ownTasks++;
    place.lab = this._labMoments.at(this.places.length, time.begun - this._ownTasks, time.nowUs);
    place.labUs = time.nowUs;
    place.responses = this._responses;
    place.faults = this._faults;
    place.accesses = this.accesses.length;
  }

  #hostActs(place: Draft, time: VirtualTime): void {
    this._ownTasks++;
    place.host = this._hostMoments.at(this.places.length, time.begun - this._ownTasks, time.nowUs);
    place.life = this._life;
    place.users = this._users.state;
  }

  /**
   * What the host itself does is a moment each. Whatever else happens, the processor stops at the
   * end of the access or of the task within which it happens, if not later.
   */
  #halt(event: TraceEvent, time: VirtualTime): number {
    if (HOSTS.has(event.e)) return this._haltMoments.next();
    const hosts = time.running === this._arena?.hostLane;
    return this._haltMoments.at(time.begun - this._ownTasks, hosts ? 1 : 0, 0);
  }
}

/** Numbers moments: two are the same when nothing that counts has changed since the last. */
class Moments {
  private _number = 0;
  private _a = NEVER;
  private _b = NEVER;
  private _c = NEVER;

  at(a: number, b: number, c: number): number {
    if (a !== this._a || b !== this._b || c !== this._c) this._number++;
    this._a = a;
    this._b = b;
    this._c = c;
    return this._number;
  }

  next(): number {
    this._a = NEVER;
    return ++this._number;
  }
}

/** What the host does, access by access. */
const HOSTS = namesBy("host");
