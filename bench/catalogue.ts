/** Every single fault of the whole catalogue on our own stack, and what it saw at most. */
import { answerBoundUs, panicBoundUs } from "../src/host/index.ts";
import {
  type EventMap,
  eventMap,
  explore,
  FaultEverywhere,
  type FaultKind,
  faultKinds,
  grouped,
  type Maxima,
  most,
  NO_MAXIMA,
  plainPlan,
  runPlan,
  Situations,
  threads,
} from "../src/lab/explore/index.ts";
import {
  durationText,
  interfaceOf,
  type PlayedInterface,
  readScenario,
  whyNotFor,
} from "../src/lab/index.ts";
import { DEFAULT_PROMISES } from "../src/trace/head.ts";
import { scenarioNames, scenarioText } from "./scenarios.ts";

const WORKERS = 2;
const SECONDS_MAX = 3_600;

interface Subject {
  readonly text: string;
  readonly seed: number;
  readonly kind: PlayedInterface;
  /** Of its run without an injected fault. */
  readonly events: number;
}

/** The catalogue's scenarios for our own stack, the shortest first. */
function subjects(): readonly Subject[] {
  return scenarioNames()
    .map((name) => ({ text: scenarioText(name), scenario: readScenario(scenarioText(name), name) }))
    .filter(({ scenario }) => whyNotFor(scenario, { kind: "stack" }) === undefined)
    .map(({ text, scenario }) => {
      const { seed = 0 } = scenario;
      const { events } = runPlan(plainPlan(text, seed));
      return { text, seed, kind: interfaceOf(scenario), events };
    })
    .sort((a, b) => a.events - b.events);
}

/** What there is to do, and what was done. */
class Tally {
  readonly maxima = new Map<PlayedInterface, Maxima>();
  scenarios = 0;
  pairs = 0;
  /** Runs that stand for all pairs, and the events that those would make. */
  classes = 0;
  classEvents = 0;
  runs = 0;
  events = 0;
  brokenRuns = 0;
  cut = 0;
}

/** Prints how long it takes, and the bounds with the most that was seen beside each. */
export async function catalogueFigures(): Promise<void> {
  const tally = new Tally();
  const crew = threads(WORKERS);
  const situations = new Situations();
  const tried = new Set<string>();
  const from = performance.now();
  const seconds = () => (performance.now() - from) / 1_000;
  for (const subject of subjects()) {
    const { text, seed, kind } = subject;
    const map = eventMap(text, seed, { situations });
    const kinds = faultKinds(text);
    count(tally, subject, map, kinds);
    const strategy = new FaultEverywhere(text, { seed, kinds, map, tried });
    const found = await explore({ strategy, crew, timeIsUp: () => seconds() >= SECONDS_MAX });
    tally.maxima.set(kind, most(tally.maxima.get(kind) ?? NO_MAXIMA, found.maxima));
    tally.runs += found.runs;
    tally.events += found.events;
    tally.brokenRuns += found.brokenRuns;
    if (found.ended !== "complete") tally.cut++;
  }
  await crew.dismiss();
  print(tally, seconds());
  printBounds(tally);
}

function count(tally: Tally, subject: Subject, map: EventMap, kinds: readonly FaultKind[]): void {
  const { text, seed, events } = subject;
  const { total } = new FaultEverywhere(text, { seed, kinds, map });
  tally.scenarios++;
  tally.pairs += map.places.length * kinds.length;
  tally.classes += total;
  tally.classEvents += total * events;
}

function print(tally: Tally, seconds: number): void {
  const { scenarios, pairs, classes, classEvents, runs, events, brokenRuns, cut } = tally;
  const minutes = (value: number) => `${(value / 60).toFixed(1)} min`;
  const eventsPerSecond = events / seconds;
  const rows = [
    ["events and faults, in pairs", grouped(pairs)],
    ["runs that stand for all of them", grouped(classes)],
    ["each fault once in each situation", `${grouped(runs)} runs in ${minutes(seconds)}`],
    ["  scenarios that were cut short", String(cut)],
    ["  events", `${grouped(events)}, ${(eventsPerSecond / 1e6).toFixed(2)} M/s`],
    ["  broken runs", String(brokenRuns)],
    ["all runs, estimated at that rate", minutes(classEvents / eventsPerSecond)],
  ] as const;
  console.log(`\nevery single fault of the catalogue: ${scenarios} scenarios, ${WORKERS} workers`);
  for (const [what, figure] of rows) console.log(`  ${what.padEnd(34)}  ${figure}`);
}

function printBounds({ maxima }: Tally): void {
  console.log("\nthe most that was seen in these runs, and the bound that is stated");
  for (const [kind, seen] of maxima) {
    const rows = [
      ["longest answer", durationText(seen.answerUs), durationText(answerBoundUs(kind))],
      ["longest panic", durationText(seen.panicUs), durationText(panicBoundUs())],
      ["longest removal", durationText(seen.removalUs), durationText(0)],
      ["accesses in one step", seen.runAccesses, DEFAULT_PROMISES.runAccessesMax],
    ] as const;
    for (const [what, most, bound] of rows) {
      console.log(`  ${kind.padEnd(6)}  ${what.padEnd(22)}  ${most}, ${bound}`);
    }
  }
}
