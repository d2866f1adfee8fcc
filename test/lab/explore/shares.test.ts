import { expect, test } from "vitest";
import {
  eventMap,
  FaultEverywhere,
  FaultPairs,
  faultKinds,
  NO_MAXIMA,
  Schedules,
  type Share,
  Situations,
  type Strategy,
  Swarm,
  together,
} from "../../../src/lab/explore/index.ts";
import { SMALL } from "./small.ts";

const kinds = faultKinds(SMALL);
const map = eventMap(SMALL, 0);
const few = { ...map, places: map.places.slice(300, 340) };
/** Of a run without a delay; each delay leaves one choice point less behind it. */
const CHOICES = 7;

/** Up to so many plans of a strategy when nothing is made of them, and what it says of them. */
function had(strategy: Strategy, most = Number.POSITIVE_INFINITY) {
  const plans: string[] = [];
  while (plans.length < most) {
    const plan = strategy.next();
    if (plan === undefined) break;
    strategy.settle(plan, { breaches: [], events: 1, choices: CHOICES, maxima: NO_MAXIMA });
    plans.push(JSON.stringify(plan));
  }
  return { plans, covered: strategy.coverage() };
}

interface Search {
  readonly name: string;
  readonly make: (share?: Share) => Strategy;
  /** Of what has no end, so many runs. */
  readonly most?: number;
}

const SEARCHES: readonly Search[] = [
  {
    name: "everywhere",
    make: (share) => new FaultEverywhere(SMALL, { seed: 0, kinds, map: few, share }),
  },
  {
    name: "schedules",
    make: (share) => new Schedules(SMALL, { seed: 7, draws: false, share }),
  },
  {
    name: "pairs",
    make: (share) => new FaultPairs(SMALL, { seed: 7, kinds, map, share }),
    most: 60,
  },
  {
    name: "random",
    make: (share) => new Swarm(SMALL, { seed: 7, events: map.places.length, share }),
    most: 60,
  },
];

// Goal: several machines have the search of one, nothing left out and nothing had twice. Method: the
// plans of all shares are those of the whole, and so is what they cover together.
test.each(SEARCHES)(
  "$name: the shares are the whole",
  ({ make, most = Number.POSITIVE_INFINITY }) => {
    const whole = had(make(), most);
    for (const of of [1, 3, 4, 5]) {
      const shares = Array.from({ length: of }, (_, index) => {
        return had(make({ part: index + 1, of }), most / of);
      });
      // Each has the schedule without a delay, from which the others follow.
      const plans = new Set(shares.flatMap((share) => share.plans));
      expect(plans).toEqual(new Set(whole.plans));
      expect(together(shares.map(({ covered }) => covered))).toEqual(whole.covered);
    }
  },
);

test("more shares than runs leave some of them nothing to do", () => {
  const of = 60;
  const shares = Array.from({ length: of }, (_, index) => {
    return had(new Schedules(SMALL, { seed: 7, draws: false, share: { part: index + 1, of } }));
  });
  expect(new Set(shares.flatMap(({ plans }) => plans)).size).toBe(1 + 7 + 21);
  expect(shares.filter(({ plans }) => plans.length === 1)).toHaveLength(of - CHOICES);
});

// What one share leaves out another has: no share tries it again in the next scenario.
test("situations that are another share's are not tried again", () => {
  const searched = (share?: Share) => {
    const situations = new Situations();
    const tried = new Set<string>();
    return [1, 2].map(() => {
      const surveyed = eventMap(SMALL, 0, { situations });
      return had(new FaultEverywhere(SMALL, { seed: 0, kinds, map: surveyed, tried, share }));
    });
  };
  const [whole, again] = searched();
  const shares = [1, 2, 3].map((part) => searched({ part, of: 3 }));
  expect(shares.flatMap(([first]) => first?.plans ?? []).sort()).toEqual(whole?.plans.toSorted());
  for (const [, second] of shares) expect(second).toEqual(again);
});

test("shares of different searches have nothing in common", () => {
  const [everywhere, schedules] = SEARCHES.map(({ make }) => had(make(), 20).covered);
  if (everywhere === undefined || schedules === undefined) throw new Error("there are both");
  expect(together([everywhere, schedules])).toBeUndefined();
  const other = { ...everywhere, events: 39 } as typeof everywhere;
  expect(together([everywhere, other])).toBeUndefined();
});
