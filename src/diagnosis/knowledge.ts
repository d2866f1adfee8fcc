import { type Message, messageFor } from "./messages/index.ts";

/**
 * `watched`: a user read the BMC's attributes in sysfs beside the scenario's own users; `debug`: the driver
 * said when it gave a transfer up.
 */
export type How = "alone" | "watched" | "debug";

/** What a kernel's console said in a match that was played. */
export interface KnownMatch {
  readonly scenario: string;
  /** Its version. */
  readonly kernel: string;
  readonly interface: string;
  /** What was different from an ordinary match. */
  readonly how: How;
  /** Whom the referee blamed, first the one whose broken rule the others follow from. */
  readonly fault: readonly string[];
  readonly broken: readonly string[];
  /** The kinds of lines, each with how often it came. */
  readonly lines: ReadonlyMap<string, number>;
}

/** The scenario in which nothing is wrong: what its consoles say, tells of no fault. */
export const RIGHT_MATCH = "a-right-match";

/** As it stands in the file: a line's kind is a number in the list of all. */
interface Stored {
  readonly shapes: readonly string[];
  readonly matches: readonly (Omit<KnownMatch, "lines"> & {
    readonly lines: readonly (readonly [number, number])[];
  })[];
}

/** What is known of kernels' logs, from matches that were played. */
export class Knowledge {
  readonly matches: readonly KnownMatch[];
  /** The kinds of lines that a match shows in which nothing is wrong. */
  readonly #right: ReadonlySet<string>;
  /** The scenarios that show a kind of line. */
  readonly #scenarios = new Map<string, Set<string>>();
  readonly #weights = new Map<string, number>();

  constructor(matches: readonly KnownMatch[]) {
    const right = matches.filter(({ scenario }) => scenario === RIGHT_MATCH);
    this.#right = new Set(right.flatMap(({ lines }) => [...lines.keys()]));
    this.matches = matches.filter(({ scenario }) => scenario !== RIGHT_MATCH);
    for (const { scenario, lines } of this.matches) {
      for (const shape of lines.keys()) {
        const scenarios = this.#scenarios.get(shape) ?? new Set();
        this.#scenarios.set(shape, scenarios.add(scenario));
      }
    }
    const all = new Set(this.matches.map(({ scenario }) => scenario)).size;
    for (const [shape, scenarios] of this.#scenarios) {
      if (this.tells(shape)) this.#weights.set(shape, Math.log(1 + all / scenarios.size));
    }
  }

  /** Whether a kind of line can be evidence at all: no right match shows it, nor is it good news. */
  tells(shape: string): boolean {
    return !this.#right.has(shape) && messageFor(shape)?.suspect !== "nobody";
  }

  /** What a kind of line is worth as evidence: the fewer scenarios show it, the more. */
  weight(shape: string): number {
    return this.#weights.get(shape) ?? 0;
  }

  /** The scenarios in which a kernel printed a message. */
  scenariosWith(message: Message): readonly string[] {
    const shapes = [...this.#scenarios].filter(([shape]) => messageFor(shape) === message);
    return [...new Set(shapes.flatMap(([, scenarios]) => [...scenarios]))].sort();
  }
}

/** Reads the matches from the base's text. */
export function readMatches(text: string): readonly KnownMatch[] {
  const { shapes, matches } = JSON.parse(text) as Stored;
  return matches.map(({ lines, ...match }) => ({
    ...match,
    lines: new Map(lines.map(([index, count]) => [shapes[index] ?? "", count])),
  }));
}

/** The base as it stands in its file, one match a line. */
export function knowledgeText(matches: readonly KnownMatch[]): string {
  const shapes = [...new Set(matches.flatMap(({ lines }) => [...lines.keys()]))].sort();
  const numbers = new Map(shapes.map((shape, index) => [shape, index]));
  const rows = matches.map(({ lines, ...match }) => {
    const pairs = [...lines].map(([shape, count]) => [numbers.get(shape) ?? 0, count]);
    return JSON.stringify({ ...match, lines: pairs });
  });
  const list = shapes.map((shape) => JSON.stringify(shape)).join(",\n");
  return `{"shapes":[\n${list}\n],"matches":[\n${rows.join(",\n")}\n]}\n`;
}
