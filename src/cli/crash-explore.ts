import type { CrashCommand } from "../crash/commands.ts";
import { SPOKEN } from "../crash/interfaces.ts";
import { CrashExploration } from "../lab/crash/explore.ts";
import { type LabPlace, usualPlace } from "../lab/crash/place.ts";
import { type CrashPoint, parsePoint } from "../lab/crash/point.ts";
import type { Tally } from "../lab/crash/tally.ts";
import { inTurns, type Steps } from "../match/steps.ts";
import { MEDIUM } from "../wire/interface.ts";
import { parseLocation } from "../wire/location.ts";
import { type CrashOrders, checkLengths, checkPlace, crashCommands } from "./crash-orders.ts";
import { Exit, Failure } from "./failure.ts";
import { interruptible } from "./interruptible.ts";
import { withJson } from "./json-output.ts";
import { labSpacing } from "./lab-spacing.ts";
import { Progress } from "./progress.ts";
import {
  crashExplorationJson,
  crashExplorationText,
  crashPlayedJson,
  crashPlayedText,
  type Explored,
} from "./report/crash-exploration.ts";
import { TraceFile } from "./trace-file.ts";

export interface CrashExploreOptions extends CrashOrders {
  readonly interface?: string;
  readonly at?: string;
  readonly only?: string;
  readonly trace?: string;
  readonly json?: string;
}

type Kind = LabPlace["kind"];

/** What a user who says nothing has the executor tell the BMC. */
const USUAL: CrashOrders = { watchdog: "stop", sel: "OS stop" };

/** Plays an executor where everything breaks. Ends with 1 if anything came of that which must not. */
export async function crashExplore(options: CrashExploreOptions): Promise<void> {
  const { watchdog, sel, raw } = options;
  const said = watchdog !== undefined || sel !== undefined || raw !== undefined;
  const commands = crashCommands(said ? options : USUAL);
  const places = placesOf(options);
  for (const { kind } of places) checkLengths(commands, kind);
  if (options.only !== undefined) return playOne(options.only, options, places, commands);
  if (options.trace !== undefined) {
    throw wrong("--trace: the trace of one run; say which by --only, such as --only resets@117");
  }
  await withJson(options.json, async (json) => {
    const explored = await interruptible((signal) => {
      return inTurns(exploreAll(places, commands, { signal, quiet: json.alone }));
    });
    const broken = explored.some(({ tallies }) => tallies.some((each) => each.broken.length > 0));
    process.exitCode = broken ? Exit.NotAsExpected : Exit.AsExpected;
    json.put(
      () => crashExplorationJson(explored),
      () => crashExplorationText(explored),
    );
  });
}

interface Means {
  readonly signal: AbortSignal;
  readonly quiet: boolean;
}

function* exploreAll(
  places: readonly LabPlace[],
  commands: readonly CrashCommand[],
  { signal, quiet }: Means,
): Steps<readonly Explored[]> {
  const explorations = places.map((place) => new CrashExploration({ place, commands }));
  const trials = explorations.map((each) => each.trials.length);
  const progress = new Progress(
    trials.reduce((sum, each) => sum + each, 0),
    quiet,
  );
  const explored: Explored[] = [];
  for (const exploration of explorations) {
    const tallies: Tally[] = [];
    for (const trial of exploration.trials) {
      if (signal.aborted) return explored;
      const ends = progress.next(`${exploration.subject.place.kind}, ${trial}`);
      tallies.push(yield* exploration.explore(trial, { signal }));
      ends();
    }
    const { whole, subject } = exploration;
    explored.push({ subject, whole, tallies });
  }
  progress.end();
  return explored;
}

async function playOne(
  text: string,
  { trace, json }: CrashExploreOptions,
  [place, ...others]: readonly LabPlace[],
  commands: readonly CrashCommand[],
): Promise<void> {
  if (place === undefined || others.length > 0) {
    throw wrong("--only: one run is on one interface; say which by --interface or --at");
  }
  const exploration = new CrashExploration({ place, commands });
  const point = pointOf(text, exploration);
  await withJson(json, async (output) => {
    const file = trace === undefined ? undefined : new TraceFile(trace);
    try {
      const judged = exploration.play(point, file?.begin.bind(file));
      file?.finish();
      process.exitCode = judged.broken.length > 0 ? Exit.NotAsExpected : Exit.AsExpected;
      const { subject } = exploration;
      output.put(
        () => crashPlayedJson(subject, judged),
        () => crashPlayedText(subject, judged),
      );
    } finally {
      file?.discard();
    }
  });
}

function pointOf(text: string, exploration: CrashExploration): CrashPoint {
  const point = parsePoint(text);
  if (point === undefined) {
    throw wrong(
      `--only ${text}: what breaks and where, such as resets@117; what can break: ` +
        exploration.trials.join(", "),
    );
  }
  if (exploration.has(point)) return point;
  const { last } = exploration.range(point.trial);
  throw wrong(`--only ${text}: there are accesses up to ${last} to break at`);
}

/** Where the executor is to be: an interface of the user's, or each that it speaks. */
function placesOf({ interface: named, at }: CrashExploreOptions): readonly LabPlace[] {
  if (named !== undefined && at !== undefined) throw wrong("give --interface or --at, not both");
  if (at !== undefined) return [placeAt(at)];
  const kinds = Object.keys(SPOKEN).filter(isSpoken);
  // The waits of a bus are long ones: who wants them says so.
  const usual = kinds.filter((kind) => MEDIUM[kind] === "registers");
  if (named === undefined) return usual.map((kind) => usualPlace(kind));
  if (isSpoken(named)) return [usualPlace(named)];
  throw wrong(`--interface ${named}: the executor speaks ${kinds.join(", ")}`);
}

/** Wherever it is, it is there in the lab, too, as long as the lab has registers so far apart. */
function placeAt(text: string): LabPlace {
  const location = parseLocation(text);
  if (location.at === "i801") return location;
  if ("spacing" in location) {
    checkPlace(location, text);
    return { ...location, spacing: labSpacing(location) };
  }
  throw wrong(`--at ${text}: registers of an interface that the executor speaks, kcs:io:0xca8/4`);
}

function isSpoken(name: string): name is Kind {
  return Object.hasOwn(SPOKEN, name);
}

function wrong(message: string): Failure {
  return new Failure(Exit.WrongCommand, message);
}
