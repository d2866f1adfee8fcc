/** How fast explorations go, and how that grows with workers. */
import {
  type Crew,
  type EventMap,
  eventMap,
  explore,
  FaultEverywhere,
  faultKinds,
  HALT,
  plainPlan,
  type RunPlan,
  runPlan,
  threads,
} from "../src/lab/explore/index.ts";
import { Rehearsals } from "../src/lab/explore/rehearsals.ts";
import { runClasses } from "../src/lab/explore/run-classes.ts";
import { INTERFACES, type InterfaceKind, onInterface } from "../src/lab/index.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";
import { scenarioText } from "./scenarios.ts";

const SCENARIO = "panic-under-load";
const ROUNDS = 3;
const RUNS = 200;

async function rateOf(crew: Crew, text: string, map: EventMap): Promise<number> {
  const strategy = new FaultEverywhere(text, { seed: 0, kinds: [HALT], map });
  const from = performance.now();
  const { runs } = await explore({ strategy, crew });
  return runs / ((performance.now() - from) / 1_000);
}

/** Runs per second with one worker and with two, in turn, and the ratio of each turn. */
async function rates(text: string): Promise<{ one: number; two: number; ratio: number }> {
  const crews = [threads(1), threads(2)] as const;
  const map = eventMap(text, 0);
  const rounds: { one: number; two: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const one = await rateOf(crews[0], text, map);
    const two = await rateOf(crews[1], text, map);
    // The first round warms up.
    if (round > 0) rounds.push({ one, two });
  }
  for (const crew of crews) await crew.dismiss();
  return {
    one: median(rounds.map(({ one }) => one)),
    two: median(rounds.map(({ two }) => two)),
    ratio: median(rounds.map(({ one, two }) => two / one)),
  };
}

/** CPU time in ms. */
function cpuMs(once: () => void): number {
  const from = process.cpuUsage();
  once();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

/** What runs cost from the start and from checkpoints, the same ones in turn. */
function costs(kind: InterfaceKind): { whole: number; rehearsed: number } {
  const text = onInterface(scenarioText(SCENARIO), kind);
  const classes = runClasses(text, faultKinds(text), eventMap(text, 0));
  const stride = Math.ceil(classes.length / RUNS);
  const plans = classes
    .filter((_class, index) => index % stride === 0)
    .map(({ kind: fault, place: { n, labUs } }): RunPlan => {
      return { ...plainPlan(text, 0), judge: "both", inject: fault.injections({ n, labUs }) };
    });
  const rehearsals = new Rehearsals();
  const rounds: { whole: number; rehearsed: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const whole = cpuMs(() => plans.map((plan) => runPlan(plan))) / plans.length;
    const rehearsed = cpuMs(() => plans.map((plan) => rehearsals.run(plan))) / plans.length;
    // The first round warms up, and puts the checkpoints.
    if (round > 0) rounds.push({ whole, rehearsed });
  }
  return {
    whole: median(rounds.map(({ whole }) => whole)),
    rehearsed: median(rounds.map(({ rehearsed }) => rehearsed)),
  };
}

/** The rates of explorations on our own stack. */
export async function explorationFigures(): Promise<readonly Table[]> {
  const { one, two, ratio } = await rates(scenarioText(SCENARIO));
  return [
    {
      title: `a run of ${SCENARIO}, both judged, CPU time, median of ${ROUNDS} rounds of ${RUNS} runs`,
      rows: INTERFACES.map((kind) => {
        const { whole, rehearsed } = costs(kind);
        const saved = `${(whole / rehearsed).toFixed(1)} times as many`;
        return [
          kind,
          `${whole.toFixed(2)} ms from the start`,
          `${rehearsed.toFixed(2)} ms from a checkpoint: ${saved}`,
        ];
      }),
    },
    {
      title: `explored runs per second, ${SCENARIO}, the referee on, median of ${ROUNDS} rounds`,
      rows: [
        ["1 worker", `${one.toFixed(0)} runs/s`],
        ["2 workers", `${two.toFixed(0)} runs/s, ${ratio.toFixed(2)} of one`],
      ],
    },
  ];
}
