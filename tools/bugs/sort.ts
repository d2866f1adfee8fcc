import type { Bug, Guilty } from "./bug.ts";

/** A breach that a verdict lists, without its words. */
export interface Breach {
  readonly rule: string;
  readonly party: Guilty;
  readonly count: number;
  /** The party acted on the scenario's orders. */
  readonly ordered: boolean;
  /** It follows from another breach. */
  readonly follows: boolean;
  /** What the specification only recommends. */
  readonly note: boolean;
}

/** What is kept of one match. */
export interface Played {
  readonly scenario: string;
  readonly interface: string;
  /** Of its whole trace. */
  readonly hash: string;
  /** As the verdict orders them. */
  readonly breaches: readonly Breach[];
  /** It ended by an exception. */
  readonly crash?: string;
}

/** What one match with a bug in it says of who is to blame, from the best to the worst. */
export const BLAMES = ["right rule", "right party", "nothing", "innocent"] as const;
export type Blame = (typeof BLAMES)[number];

/** What came of one match with a bug in it. */
export interface Outcome {
  readonly scenario: string;
  readonly interface: string;
  /** Undefined: the trace is the one without the bug. */
  readonly blame: Blame | undefined;
  /** The rule that comes first of what is found besides. */
  readonly first: string | undefined;
  /** Rules that the other party is said to have broken by itself. */
  readonly accused: readonly string[];
  readonly crash?: string;
}

/**
 * Compares a match with the same one without the bug: what is found besides is the bug's. What the
 * innocent party does on the scenario's orders is no accusation, nor is what follows from another breach.
 * A note counts where it is what was wanted.
 */
export function outcomeOf(bug: Bug, without: Played, played: Played): Outcome {
  const { scenario, interface: on, crash } = played;
  const place = { scenario, interface: on, ...(crash === undefined ? {} : { crash }) };
  // Where our own code stops itself by an assertion there is no verdict.
  if (played.hash === without.hash || crash !== undefined) {
    return { ...place, blame: undefined, first: undefined, accused: [] };
  }
  const found = played.breaches.filter((breach) => {
    if (breach.party !== bug.party && (breach.ordered || breach.follows)) return false;
    if (breach.note && (breach.party !== bug.party || !bug.rules.includes(breach.rule)))
      return false;
    return !without.breaches.some((known) => isSame(known, breach));
  });
  const accused = found.filter(({ party }) => party !== bug.party).map(({ rule }) => rule);
  // A consequence comes after its cause, which may be what the scenario ordered.
  const first = found.find(({ follows }) => !follows) ?? found[0];
  return { ...place, blame: blameOf(bug, first), first: first?.rule, accused };
}

function isSame(known: Breach, breach: Breach): boolean {
  return known.rule === breach.rule && known.party === breach.party;
}

function blameOf(bug: Bug, first: Breach | undefined): Blame {
  if (first === undefined) return "nothing";
  if (first.party !== bug.party) return "innocent";
  return bug.rules.includes(first.rule) ? "right rule" : "right party";
}

/** What the whole catalogue says of a bug. */
export interface Result {
  readonly name: string;
  readonly party: Guilty;
  readonly wanted: readonly string[];
  /** `shows nothing`: no match differs, so it is no bug that anybody could find. */
  readonly sort: Sort;
  /** Matches that differ, and in how many of them the innocent party is accused, too. */
  readonly differ: number;
  readonly accused: number;
  /** The match that speaks for the sort. */
  readonly example: Outcome | undefined;
  /** The matches in which the innocent is accused, first or besides. */
  readonly accusations: readonly Outcome[];
}

export const SORTS = [
  "right rule first",
  "right party",
  "wrong party first",
  "not found",
  "shows nothing",
] as const;
export type Sort = (typeof SORTS)[number];

/** The sort of a bug: one match that puts the innocent first outweighs all others. */
export function resultOf(bug: Bug, outcomes: readonly Outcome[]): Result {
  const differing = outcomes.filter(({ blame }) => blame !== undefined);
  const accusations = differing.filter(({ accused }) => accused.length > 0);
  const with_ = (blame: Blame) => differing.find((each) => each.blame === blame);
  const [sort, example] = sortOf(with_);
  return {
    name: bug.name,
    party: bug.party,
    wanted: bug.rules,
    sort,
    differ: differing.length,
    accused: accusations.length,
    example,
    accusations,
  };
}

function sortOf(example: (blame: Blame) => Outcome | undefined): [Sort, Outcome | undefined] {
  const innocent = example("innocent");
  if (innocent !== undefined) return ["wrong party first", innocent];
  const rule = example("right rule");
  if (rule !== undefined) return ["right rule first", rule];
  const party = example("right party");
  if (party !== undefined) return ["right party", party];
  const nothing = example("nothing");
  return nothing === undefined ? ["shows nothing", undefined] : ["not found", nothing];
}
