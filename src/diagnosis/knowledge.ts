/** What a kernel's console said in a match that was played. */
export interface KnownMatch {
  readonly scenario: string;
  /** Its version. */
  readonly kernel: string;
  readonly interface: string;
  /** A user read the BMC's attributes in sysfs beside the scenario's own users. */
  readonly watched: boolean;
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
  readonly right: ReadonlySet<string>;
  /** How many scenarios show a kind of line. */
  readonly #scenarios = new Map<string, number>();
  readonly #scenarioCount: number;

  constructor(matches: readonly KnownMatch[]) {
    const right = matches.filter(({ scenario }) => scenario === RIGHT_MATCH);
    this.right = new Set(right.flatMap(({ lines }) => [...lines.keys()]));
    this.matches = matches.filter(({ scenario }) => scenario !== RIGHT_MATCH);
    const names = [...new Set(this.matches.map(({ scenario }) => scenario))];
    this.#scenarioCount = names.length;
    for (const name of names) {
      const own = this.matches.filter(({ scenario }) => scenario === name);
      for (const shape of new Set(own.flatMap(({ lines }) => [...lines.keys()]))) {
        this.#scenarios.set(shape, (this.#scenarios.get(shape) ?? 0) + 1);
      }
    }
  }

  /** What a kind of line is worth as evidence: the fewer scenarios show it, the more. */
  weight(shape: string): number {
    if (this.right.has(shape)) return 0;
    const shown = this.#scenarios.get(shape);
    return shown === undefined ? 0 : Math.log(1 + this.#scenarioCount / shown);
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
