/** How fast explorations go, and how that grows with workers. */
import {
  type Crew,
  type EventMap,
  eventMap,
  explore,
  FaultEverywhere,
  HALT,
  threads,
} from "../src/lab/explore/index.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";
import { scenarioText } from "./scenarios.ts";

const SCENARIO = "panic-under-load";
const ROUNDS = 3;

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

/** The rates of explorations on our own stack. */
export async function explorationFigures(): Promise<readonly Table[]> {
  const { one, two, ratio } = await rates(scenarioText(SCENARIO));
  return [
    {
      title: `explored runs per second, ${SCENARIO}, the referee on, median of ${ROUNDS} rounds`,
      rows: [
        ["1 worker", `${one.toFixed(0)} runs/s`],
        ["2 workers", `${two.toFixed(0)} runs/s, ${ratio.toFixed(2)} of one`],
      ],
    },
  ];
}
