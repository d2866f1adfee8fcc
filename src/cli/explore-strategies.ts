/**
 * From the options of `explore` to the way of searching, which `lab/explore` has.
 */
import {
  type EventMap,
  FaultEverywhere,
  type FaultKind,
  FaultPairs,
  faultKinds,
  guestEventMap,
  HALT,
  type Outcome,
  Schedules,
  type Share,
  Situations,
  type Strategy,
  Swarm,
  surveyedRun,
} from "../lab/explore/index.ts";
import { type HostParty, inTurns } from "../lab/index.ts";
import { Exit, Failure } from "./failure.ts";

/** What a user may ask for, besides its limits. */
export interface Wishes {
  readonly faultEverywhere?: boolean;
  readonly pairs?: boolean;
  readonly schedules?: boolean;
  readonly random?: boolean;
  /** Names of kinds of fault; the option's own choice when left out. */
  readonly fault?: readonly string[];
  readonly situations?: boolean;
}

/** What is searched, and how. */
export interface Subject {
  readonly host: HostParty;
  readonly text: string;
  readonly seed: number;
  readonly qemu?: string | undefined;
  /** The part of the search that is had here. */
  readonly share: Share;
  /** Ends a look at a kernel. */
  readonly signal: AbortSignal;
}

/** A way of searching, for one scenario after the other. */
export interface Search {
  /** For a headline: `a fault at every event`. */
  readonly what: string;
  begin(subject: Subject): Promise<Begun>;
}

export interface Begun {
  readonly strategy: Strategy;
  /** What the scenario comes to as it stands, where that was looked at. */
  readonly plain?: Outcome;
}

/** Refuses what does not go together. */
export function searchFor(wishes: Wishes, host: HostParty): Search {
  const named = WAYS.filter((way) => wishes[way] === true);
  if (named.length > 1) {
    const flags = "--fault-everywhere, --pairs, --schedules and --random";
    throw new Failure(Exit.WrongCommand, `give one of ${flags}, not ${named.length}`);
  }
  const way = named[0] ?? "faultEverywhere";
  if (!host.pure && way !== "faultEverywhere") {
    const why = "a kernel's run cannot be scheduled: only a fault at every event can be tried";
    throw new Failure(Exit.WrongCommand, why);
  }
  if (wishes.situations === true && way !== "faultEverywhere") {
    throw new Failure(Exit.WrongCommand, "--situations is for a fault at every event");
  }
  // Of a kernel's life nothing is in our hands, so that a panic alone cannot be tried.
  const everyKind = wishes.faultEverywhere === true || !host.pure;
  return SEARCHES[way]({ ...wishes, faultEverywhere: everyKind });
}

const WAYS = ["faultEverywhere", "pairs", "schedules", "random"] as const;
type Way = (typeof WAYS)[number];

const SEARCHES: Readonly<Record<Way, (wishes: Wishes) => Search>> = {
  faultEverywhere: (wishes) => {
    const situationsOnly = wishes.situations === true;
    // What was tried in one scenario is not tried again in the same situation of another.
    const situations = new Situations();
    const tried = new Set<string>();
    return {
      what: `${faultText(wishes)} ${situationsOnly ? "in every situation" : "at every event"}`,
      begin: async (subject) => {
        const kinds = kindsFor(subject, wishes);
        const { text, seed, share } = subject;
        const map = await mapOf(subject, situations);
        const searched = { seed, kinds, map, share, ...(situationsOnly && { tried }) };
        return { strategy: new FaultEverywhere(text, searched), plain: map.outcome };
      },
    };
  },
  pairs: (wishes) => ({
    what: "pairs of faults",
    begin: async (subject) => {
      const { text, seed, share, signal } = subject;
      const kinds = kindsFor(subject, { ...wishes, faultEverywhere: true });
      const map = await inTurns(surveyedRun(text, seed, { signal }));
      return { strategy: new FaultPairs(text, { seed, kinds, map, share }), plain: map.outcome };
    },
  }),
  schedules: () => ({
    what: "schedules",
    begin: async ({ text, seed, share }) => ({ strategy: new Schedules(text, { seed, share }) }),
  }),
  random: () => ({
    what: "random runs",
    begin: async ({ text, seed, share, signal }) => {
      const { places, outcome } = await inTurns(surveyedRun(text, seed, { signal }));
      return { strategy: new Swarm(text, { seed, events: places.length, share }), plain: outcome };
    },
  }),
};

async function mapOf(subject: Subject, situations: Situations): Promise<EventMap> {
  const { host, text, seed, qemu, signal } = subject;
  if (host.pure) return inTurns(surveyedRun(text, seed, { situations, signal }));
  return guestEventMap(text, seed, { host, qemu, signal, situations });
}

function faultText({ fault, faultEverywhere }: Wishes): string {
  if (fault !== undefined) return fault.join(", ");
  return faultEverywhere === true ? "a fault" : "a panic";
}

/** The kinds that were asked for by name, or all, or without a word the panic. */
function kindsFor({ host, text }: Subject, wishes: Wishes): readonly FaultKind[] {
  const all = faultKinds(text, host.seat);
  if (wishes.fault === undefined) {
    return wishes.faultEverywhere === true ? all : [HALT];
  }
  return wishes.fault.map((name) => {
    const kind = all.find((each) => each.name === name);
    if (kind !== undefined) return kind;
    const right = all.map((each) => each.name).join(", ");
    throw new Failure(Exit.WrongCommand, `--fault ${name}: one of ${right}`);
  });
}
