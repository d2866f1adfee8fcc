import { Random } from "./random.ts";

/** Something that must hold whatever it is given. */
export interface Target {
  readonly name: string;
  /** What is given to what, and what must hold. */
  readonly about: string;
  /** What `inputs` counts: accesses, texts, messages. */
  readonly unit: string;
  /** The case of that number under that seed: always the same. */
  draw(seed: number, number: number): Case;
}

/** One case: steps, of which some can be left out to find which ones it takes. */
export interface Case {
  readonly steps: number;
  /** Plays the steps of these numbers; gives the number of inputs. Throws when something does not hold. */
  play(kept: readonly number[]): number | Promise<number>;
  /** The steps, for a reader. */
  text(kept: readonly number[]): string;
}

/** What must hold does not: thrown by a target that finds so. */
export class Broken extends Error {
  override readonly name = "Broken";
  /** Failures of the same kind are one finding; without, the message tells them apart. */
  readonly kind: string | undefined;

  constructor(message: string, kind?: string) {
    super(message);
    this.kind = kind;
  }
}

/** A target whose cases are a setting and a list of steps, both plain data drawn beforehand. */
export function target<Setting, Step>(parts: {
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  readonly draw: (random: Random) => { readonly setting: Setting; readonly steps: readonly Step[] };
  readonly play: (setting: Setting, steps: readonly Step[]) => number | Promise<number>;
}): Target {
  const { name, about, unit } = parts;
  return {
    name,
    about,
    unit,
    draw: (seed, number) => {
      const { setting, steps } = parts.draw(new Random(seed, number));
      const those = (kept: readonly number[]) => steps.filter((_, at) => kept.includes(at));
      return {
        steps: steps.length,
        play: (kept) => parts.play(setting, kept.length === steps.length ? steps : those(kept)),
        text: (kept) => `${compact(setting)}\n${those(kept).map(compact).join("\n")}`,
      };
    },
  };
}

const TEXT_MAX = 300;

function compact(value: unknown): string {
  const json = JSON.stringify(value, (_, inner) => {
    return inner instanceof Uint8Array ? Buffer.from(inner).toString("hex") : inner;
  });
  return json.length > TEXT_MAX ? `${json.slice(0, TEXT_MAX)}...` : json;
}
