/**
 * What right parties are put through on one interface. Nobody may be accused in any of it: a fault of
 * the wire is nobody's, and a legal course is legal.
 */
import {
  type EventMap,
  eventMap,
  FaultEverywhere,
  type FaultKind,
  plainPlan,
  type RunPlan,
  Schedules,
  Situations,
  type Strategy,
  wireKinds,
} from "../../src/lab/explore/index.ts";
import { Draws } from "../../src/match/draws.ts";
import { latencyPlans } from "./latencies.ts";

export const TRIALS = ["wire", "schedules", "latencies", "products"] as const;
export type TrialName = (typeof TRIALS)[number];

/** A scenario as it is played on the interface. */
export interface Subject {
  readonly name: string;
  readonly text: string;
}

export interface TrialOptions {
  readonly seed: number;
  /** So many products are drawn. */
  readonly draws: number;
}

/** The matches of one trial over all subjects, the shortest first. */
export function* trialOf(
  trial: TrialName,
  subjects: readonly Subject[],
  options: TrialOptions,
): Generator<Strategy> {
  switch (trial) {
    case "wire":
      return yield* wireFaults(subjects);
    case "schedules":
      for (const { text } of subjects) {
        yield new Schedules(text, { seed: 0, delaysMax: 1, draws: false });
      }
      return;
    case "latencies":
      yield new Listed(subjects.flatMap(({ text }) => latencyPlans(text)));
      return;
    case "products":
      yield new Products(subjects, options);
  }
}

/** Each fault of the wire once in each situation of the catalogue. */
function* wireFaults(subjects: readonly Subject[]): Generator<Strategy> {
  const situations = new Situations();
  const tried = new Set<string>();
  for (const { text } of subjects) {
    const map = eventMap(text, 0, { situations });
    yield new FaultEverywhere(text, { seed: 0, kinds: wireKinds(text), map, tried });
  }
}

/** Runs that are known beforehand. */
class Listed implements Strategy {
  readonly total: number;
  readonly #plans: readonly RunPlan[];
  #given = 0;

  constructor(plans: readonly RunPlan[]) {
    this.#plans = plans;
    this.total = plans.length;
  }

  next(): RunPlan | undefined {
    return this.#plans[this.#given++];
  }

  settle(): void {}

  coverage(): string {
    return `${this.total} runs`;
  }
}

/** One wire fault, some delays and a seed of a legal course, drawn. */
class Products implements Strategy {
  readonly total: number;
  readonly #subjects: readonly Subject[];
  readonly #options: TrialOptions;
  readonly #known = new Map<Subject, { map: EventMap; kinds: readonly FaultKind[] }>();
  #given = 0;

  constructor(subjects: readonly Subject[], options: TrialOptions) {
    this.#subjects = subjects;
    this.#options = options;
    this.total = subjects.length === 0 ? 0 : options.draws;
  }

  next(): RunPlan | undefined {
    if (this.#given >= this.total) return undefined;
    const draws = new Draws(this.#options.seed, this.#given++);
    const subject = draws.one(this.#subjects);
    const { map, kinds } = this.#of(subject);
    const { n } = draws.one(map.places);
    const inject = draws.one(kinds).injections({ n });
    const points = Math.max(1, map.outcome.choices);
    const delays = Array.from({ length: draws.below(DELAYS_MAX + 1) }, () => draws.below(points));
    return {
      ...plainPlan(subject.text, draws.below(SEEDS)),
      inject,
      delays: [...new Set(delays)].sort((a, b) => a - b).map((from) => ({ from, count: 1 })),
    };
  }

  settle(): void {}

  coverage(): string {
    return `${this.total} drawn`;
  }

  #of(subject: Subject): { map: EventMap; kinds: readonly FaultKind[] } {
    const known = this.#known.get(subject);
    if (known !== undefined) return known;
    const made = { map: eventMap(subject.text, 0), kinds: wireKinds(subject.text) };
    this.#known.set(subject, made);
    return made;
  }
}

const DELAYS_MAX = 3;
const SEEDS = 2 ** 32;
