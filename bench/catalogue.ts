/** Every single fault of the whole catalogue on our own stack, on each interface, and the bounds. */
import { answerBoundUs, panicBoundUs } from "../src/host/index.ts";
import {
  type Crew,
  type EventMap,
  eventMap,
  explore,
  FaultEverywhere,
  type FaultKind,
  faultKinds,
  grouped,
  most,
  NO_MAXIMA,
  plainPlan,
  runPlan,
  Situations,
  threads,
} from "../src/lab/explore/index.ts";
import {
  durationText,
  HOSTS,
  INTERFACES,
  type InterfaceKind,
  onInterface,
  readScenario,
  whyNotFor,
} from "../src/lab/index.ts";
import { DEFAULT_PROMISES } from "../src/trace/head.ts";
import type { Table } from "../tools/figures/store.ts";
import { scenarioNames, scenarioText } from "./scenarios.ts";

const WORKERS = 2;
const SECONDS_MAX = 1_800;

interface Subject {
  readonly text: string;
  readonly seed: number;
  /** Of its run without an injected fault. */
  readonly events: number;
}

/** The catalogue's scenarios that make sense on an interface, the shortest first. */
function subjects(kind: InterfaceKind): readonly Subject[] {
  return scenarioNames()
    .map((name) => onInterface(scenarioText(name), kind))
    .map((text) => ({ text, scenario: readScenario(text, "the catalogue") }))
    .filter(({ scenario }) => whyNotFor(scenario, HOSTS.stack) === undefined)
    .map(({ text, scenario }) => {
      const { seed = 0 } = scenario;
      const { events } = runPlan(plainPlan(text, seed));
      return { text, seed, events };
    })
    .sort((a, b) => a.events - b.events);
}

/** What there is to do, and what was done. */
class Tally {
  maxima = NO_MAXIMA;
  scenarios = 0;
  pairs = 0;
  /** Runs that stand for all pairs, and the events that those would make. */
  classes = 0;
  classEvents = 0;
  runs = 0;
  events = 0;
  brokenRuns = 0;
  cut = 0;
  seconds = 0;
}

/** How long it takes, and the bounds with the most that was seen beside each. */
export async function catalogueFigures(): Promise<readonly Table[]> {
  const crew = threads(WORKERS);
  const tallies = new Map<InterfaceKind, Tally>();
  for (const kind of INTERFACES) tallies.set(kind, await explored(kind, crew));
  await crew.dismiss();
  const all = [...tallies];
  return [
    {
      title: `every single fault of the catalogue, ${WORKERS} workers`,
      rows: all.flatMap(([kind, tally]) => tallyRows(kind, tally)),
    },
    {
      title: "the most that was seen in these runs, and the bound that is stated",
      rows: all.flatMap(([kind, { maxima }]) => boundRows(kind, maxima)),
    },
  ];
}

async function explored(kind: InterfaceKind, crew: Crew): Promise<Tally> {
  const tally = new Tally();
  const situations = new Situations();
  const tried = new Set<string>();
  const from = performance.now();
  const seconds = () => (performance.now() - from) / 1_000;
  for (const subject of subjects(kind)) {
    const { text, seed } = subject;
    const map = eventMap(text, seed, { situations });
    const kinds = faultKinds(text);
    count(tally, subject, map, kinds);
    const strategy = new FaultEverywhere(text, { seed, kinds, map, tried });
    const found = await explore({ strategy, crew, timeIsUp: () => seconds() >= SECONDS_MAX });
    tally.maxima = most(tally.maxima, found.maxima);
    tally.runs += found.runs;
    tally.events += found.events;
    tally.brokenRuns += found.brokenRuns;
    if (found.ended !== "complete") tally.cut++;
  }
  tally.seconds = seconds();
  return tally;
}

function count(tally: Tally, subject: Subject, map: EventMap, kinds: readonly FaultKind[]): void {
  const { text, seed, events } = subject;
  const { total } = new FaultEverywhere(text, { seed, kinds, map });
  tally.scenarios++;
  tally.pairs += map.places.length * kinds.length;
  tally.classes += total;
  tally.classEvents += total * events;
}

function tallyRows(kind: InterfaceKind, tally: Tally): string[][] {
  const { scenarios, pairs, classes, classEvents, runs, events, brokenRuns, cut, seconds } = tally;
  const minutes = (value: number) => `${(value / 60).toFixed(1)} min`;
  const eventsPerSecond = events / seconds;
  return [
    [kind, "scenarios", String(scenarios)],
    [kind, "events and faults, in pairs", grouped(pairs)],
    [kind, "runs that stand for all of them", grouped(classes)],
    [kind, "each fault once in each situation", `${grouped(runs)} runs in ${minutes(seconds)}`],
    [kind, "scenarios that were cut short", String(cut)],
    [kind, "events", `${grouped(events)}, ${(eventsPerSecond / 1e6).toFixed(2)} M/s`],
    [kind, "broken runs", String(brokenRuns)],
    [kind, "all runs, estimated at that rate", minutes(classEvents / eventsPerSecond)],
  ];
}

function boundRows(kind: InterfaceKind, maxima: Tally["maxima"]): string[][] {
  const { answerUs, panicUs, removalUs, runAccesses } = maxima;
  const most = (us: number, boundUs: number) => `${durationText(us)}, ${durationText(boundUs)}`;
  return [
    [kind, "longest answer", most(answerUs, answerBoundUs(kind))],
    [kind, "longest panic", most(panicUs, panicBoundUs())],
    [kind, "longest removal", most(removalUs, 0)],
    [kind, "accesses in one step", `${runAccesses}, ${DEFAULT_PROMISES.runAccessesMax}`],
  ];
}
