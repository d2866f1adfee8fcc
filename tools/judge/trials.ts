/**
 * What right parties are put through on one interface. Nobody may be accused in any of it: a fault of
 * the wire is nobody's, and a legal course is legal.
 */
import {
  type Covered,
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
import type { Subject } from "./subjects.ts";

export const TRIALS = ["wire", "schedules", "latencies", "products"] as const;
export type TrialName = (typeof TRIALS)[number];

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
      yield new Listed(
        subjects.flatMap(({ text }) => latencyPlans(text)).map((plan) => () => plan),
      );
      return;
    case "products":
      return yield* products(subjects, options);
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

/** Runs one after the other. */
class Listed implements Strategy {
  readonly total: number;
  readonly #plans: readonly (() => RunPlan)[];
  #given = 0;

  constructor(plans: readonly (() => RunPlan)[]) {
    this.#plans = plans;
    this.total = plans.length;
  }

  next(): RunPlan | undefined {
    return this.#plans[this.#given++]?.();
  }

  settle(): void {}

  coverage(): Covered {
    return { by: "runs", runs: this.total, kind: "listed" };
  }
}

/** What was drawn is told of after so many matches. */
const CHUNK = 200;

function* products(
  subjects: readonly Subject[],
  { seed, draws }: TrialOptions,
): Generator<Strategy> {
  const known = new KnownMatches();
  for (let from = 0; from < draws && subjects.length > 0; from += CHUNK) {
    const to = Math.min(draws, from + CHUNK);
    const indices = Array.from({ length: to - from }, (_, i) => from + i);
    const plans = indices.map((index) => () => product(new Draws(seed, index), subjects, known));
    yield new Listed(plans);
  }
}

/** What comes of matches without a fault, so that each is had once. */
class KnownMatches {
  readonly #known = new Map<Subject, { map: EventMap; kinds: readonly FaultKind[] }>();

  of(subject: Subject): { map: EventMap; kinds: readonly FaultKind[] } {
    const known = this.#known.get(subject);
    if (known !== undefined) return known;
    const made = { map: eventMap(subject.text, 0), kinds: wireKinds(subject.text) };
    this.#known.set(subject, made);
    return made;
  }
}

/** One wire fault, some delays and a seed of a legal course, drawn. */
function product(draws: Draws, subjects: readonly Subject[], known: KnownMatches): RunPlan {
  const subject = draws.one(subjects);
  const { map, kinds } = known.of(subject);
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

const DELAYS_MAX = 3;
const SEEDS = 2 ** 32;
