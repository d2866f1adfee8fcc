/** What the legal courses of one match come to, for a reader and as a JSON document. */
import { type Breach, breachesOf, grouped } from "../../lab/explore/index.ts";
import type { MatchResult, Scenario } from "../../lab/index.ts";
import type { HostWord } from "../../scenario/schema.ts";

/** So many seeds of one kind are listed. */
const SEEDS_SHOWN = 20;

/** Courses of one match with the same verdict. */
interface Kind {
  /** `fault: bmc (GEN-02)`. */
  readonly what: string;
  courses: number;
  readonly first: number;
}

/** Who is accused in a course of what the scenario neither expects nor had done to him. */
interface AccusedCourse {
  readonly seed: number;
  readonly breaches: readonly Breach[];
}

/** The courses of one scenario's match, by what they come to. */
export class Courses {
  readonly #scenario: Scenario;
  readonly #seat: HostWord;
  readonly #kinds = new Map<string, Kind>();
  readonly accused: AccusedCourse[] = [];
  /** Why a course broke off, if one did. */
  interrupted: string | undefined;
  #courses = 0;

  constructor(scenario: Scenario, seat: HostWord) {
    this.#scenario = scenario;
    this.#seat = seat;
  }

  /** One more course is over. */
  add(seed: number, { verdict, interrupted }: MatchResult): void {
    this.#courses++;
    this.interrupted ??= interrupted;
    const rules = verdict.violations.filter(({ follows }) => follows === null);
    const ids = [...new Set(rules.map(({ rule }) => rule))];
    const parties = verdict.fault.length === 0 ? "none" : verdict.fault.join(", then ");
    const what = `fault: ${parties}${ids.length === 0 ? "" : ` (${ids.join(", ")})`}`;
    const kind = this.#kinds.get(what);
    if (kind === undefined) this.#kinds.set(what, { what, courses: 1, first: seed });
    else kind.courses++;
    if (interrupted !== undefined) return;
    const breaches = breachesOf(this.#scenario, verdict, { host: this.#seat, judge: "both" });
    if (breaches.length > 0) this.accused.push({ seed, breaches });
  }

  /** A line for each kind of verdict, and the seeds of those who are accused. */
  text(): string {
    const kinds = [...this.#kinds.values()].toSorted((a, b) => b.courses - a.courses);
    const lines = kinds.map(({ what, courses, first }) => {
      return `  ${what}: ${counted(courses)}, the first by seed ${first}`;
    });
    return [
      `${this.#scenario.name}: ${counted(this.#courses)}`,
      ...lines,
      ...(this.interrupted === undefined ? [] : [`  broken off: ${this.interrupted}`]),
      ...this.#accusedLines(),
    ].join("\n");
  }

  /** The same as one JSON document. */
  json(): object {
    return {
      scenario: this.#scenario.name,
      courses: this.#courses,
      verdicts: [...this.#kinds.values()],
      accused: this.accused,
    };
  }

  #accusedLines(): readonly string[] {
    const seeds = new Map<string, number[]>();
    for (const { seed, breaches } of this.accused) {
      const rules = [...new Set(breaches.map(({ rule }) => rule))].join(", ");
      seeds.set(rules, [...(seeds.get(rules) ?? []), seed]);
    }
    if (seeds.size === 0) return ["  nobody is accused of what the scenario does not expect"];
    return [...seeds].map(([rules, all]) => {
      const more = all.length > SEEDS_SHOWN ? ` and ${all.length - SEEDS_SHOWN} more` : "";
      const shown = all.slice(0, SEEDS_SHOWN).join(", ");
      return `  not expected: ${rules}, by --seed ${shown}${more}`;
    });
  }
}

function counted(courses: number): string {
  return `${grouped(courses)} course${courses === 1 ? "" : "s"}`;
}
