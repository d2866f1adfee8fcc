import { KNOWN_FINDINGS, type KnownFinding } from "./known.ts";
import { Broken, type Case, type Target } from "./target.ts";

/** One way in which a target broke, with the first case that showed it, made small. */
export interface Finding {
  readonly target: string;
  readonly message: string;
  /** The lines of the stack that say where. */
  readonly where: readonly string[];
  /** Repeats it. */
  readonly command: string;
  /** The steps that it takes. */
  readonly steps: string;
  readonly known: KnownFinding | undefined;
  count: number;
}

export interface Figures {
  readonly target: string;
  readonly unit: string;
  readonly seed: number;
  cases: number;
  inputs: number;
  readonly findings: Finding[];
}

export interface SearchOptions {
  readonly seed: number;
  /** Ends the search, by its own time or by what was done. Asked before each case. */
  readonly enough: (cases: number, inputs: number) => boolean;
  readonly onFinding?: (finding: Finding) => void;
  readonly known?: readonly KnownFinding[];
}

/** Plays a target's cases one after the other, and makes the first of each kind of failure small. */
export async function search(target: Target, options: SearchOptions): Promise<Figures> {
  const { seed } = options;
  const figures: Figures = {
    target: target.name,
    unit: target.unit,
    seed,
    cases: 0,
    inputs: 0,
    findings: [],
  };
  const kinds = new Map<string, Finding>();
  for (let number = 0; !options.enough(number, figures.inputs); number++) {
    const drawn = target.draw(seed, number);
    const all = [...Array(drawn.steps).keys()];
    figures.cases++;
    const failure = await failureOf(drawn, all);
    if (!("thrown" in failure)) {
      figures.inputs += failure.inputs;
      continue;
    }
    const seen = kinds.get(kindOf(failure.thrown));
    if (seen !== undefined) {
      seen.count++;
      continue;
    }
    const kept = await minimised(drawn, all, kindOf(failure.thrown));
    const finding = findingOf(
      target,
      seed,
      number,
      { drawn, kept, thrown: failure.thrown },
      options,
    );
    kinds.set(kindOf(failure.thrown), finding);
    figures.findings.push(finding);
    options.onFinding?.(finding);
  }
  return figures;
}

/** What a case throws when it is played with these steps; or the number of its inputs. */
export async function failureOf(
  drawn: Case,
  kept: readonly number[],
): Promise<{ readonly thrown: Error } | { readonly inputs: number }> {
  try {
    return { inputs: await drawn.play(kept) };
  } catch (error) {
    return { thrown: error instanceof Error ? error : new Error(String(error)) };
  }
}

const REPLAYS_MAX = 400;

/** Leaves out ever smaller pieces as long as the case fails in the same way. */
async function minimised(
  drawn: Case,
  all: readonly number[],
  kind: string,
): Promise<readonly number[]> {
  let kept = all;
  let replays = 0;
  for (let size = Math.ceil(all.length / 2); size >= 1 && kept.length > 1; ) {
    let smaller = false;
    for (let from = 0; from < kept.length && replays < REPLAYS_MAX; ) {
      const tried = [...kept.slice(0, from), ...kept.slice(from + size)];
      replays++;
      const failure = await failureOf(drawn, tried);
      if ("thrown" in failure && kindOf(failure.thrown) === kind) {
        kept = tried;
        smaller = true;
      } else from += size;
    }
    if (size === 1 && (!smaller || replays >= REPLAYS_MAX)) break;
    size = Math.max(1, Math.floor(size / 2));
  }
  return kept;
}

/** Failures are of one kind when they say the same but for numbers, and come from the same place. */
export function kindOf(error: Error): string {
  if (error instanceof Broken && error.kind !== undefined) return error.kind;
  const words = error.message.replace(/\b[0-9a-f]{2}( [0-9a-f]{2})+\b/g, "#").replace(/\d+/g, "#");
  return `${error.name}: ${words.slice(0, 80)} ${placesOf(error)[0]?.replace(/:\d+:\d+/, "") ?? ""}`;
}

function placesOf(error: Error): readonly string[] {
  const lines = (error.stack ?? "").split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("at ") && line.includes("/src/")).slice(0, 3);
}

function findingOf(
  target: Target,
  seed: number,
  number: number,
  { drawn, kept, thrown }: { drawn: Case; kept: readonly number[]; thrown: Error },
  { known = KNOWN_FINDINGS }: SearchOptions,
): Finding {
  const message = `${thrown.name}: ${thrown.message}`;
  return {
    target: target.name,
    message,
    where: placesOf(thrown),
    command: repeating(target.name, seed, number, kept.length < drawn.steps ? kept : undefined),
    steps: drawn.text(kept),
    known: known.find((each) => each.targets.includes(target.name) && each.shows.test(message)),
    count: 1,
  };
}

/** The command that plays one case again, with all its steps or with some. */
function repeating(
  target: string,
  seed: number,
  number: number,
  kept: readonly number[] | undefined,
): string {
  const keep = kept === undefined ? "" : ` --keep ${kept.join(",") || "none"}`;
  return `npm run fuzz -- ${target} --seed ${seed} --one ${number}${keep}`;
}
