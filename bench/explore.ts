/** How fast explorations go, how that grows with workers, and what they saw at most. */
import { readFileSync } from "node:fs";
import { answerBoundUs, panicBoundUs } from "../src/host/index.ts";
import {
  type Crew,
  type EventMap,
  eventMap,
  explore,
  FaultEverywhere,
  faultKinds,
  HALT,
  type Maxima,
  type Strategy,
  threads,
} from "../src/lab/explore/index.ts";
import { durationText } from "../src/lab/index.ts";
import { DEFAULT_PROMISES } from "../src/trace/head.ts";
import { median } from "./median.ts";

const SCENARIO = "panic-under-load";
const ROUNDS = 3;
const COVERED_SECONDS_MAX = 60;

function textOf(name: string): string {
  return readFileSync(new URL(`../scenarios/${name}.yaml`, import.meta.url), "utf8");
}

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

async function cover(strategy: Strategy): Promise<{ seconds: number; maxima: Maxima }> {
  const crew = threads(2);
  const from = performance.now();
  const seconds = () => (performance.now() - from) / 1_000;
  const timeIsUp = () => seconds() >= COVERED_SECONDS_MAX;
  const { maxima } = await explore({ strategy, crew, timeIsUp });
  await crew.dismiss();
  return { seconds: seconds(), maxima };
}

/** Prints the figures of explorations on our own stack. */
export async function explorationFigures(): Promise<void> {
  const text = textOf(SCENARIO);
  const { one, two, ratio } = await rates(text);
  console.log(`\nexplored runs per second, ${SCENARIO}, the referee on`);
  console.log(`  1 worker                        ${one.toFixed(0)} runs/s`);
  console.log(
    `  2 workers                       ${two.toFixed(0)} runs/s, ${ratio.toFixed(2)} of one`,
  );

  const map = eventMap(text, 0);
  const strategy = new FaultEverywhere(text, { seed: 0, kinds: faultKinds(text), map });
  const { seconds, maxima } = await cover(strategy);
  console.log(`\nevery single fault of ${SCENARIO}, 2 workers: ${seconds.toFixed(1)} s`);
  console.log(`  ${strategy.coverage()}`);
  const rows = [
    ["longest answer", durationText(maxima.answerUs), durationText(answerBoundUs("kcs"))],
    ["longest panic", durationText(maxima.panicUs), durationText(panicBoundUs())],
    ["register accesses at a stretch", maxima.runAccesses, DEFAULT_PROMISES.runAccessesMax],
  ] as const;
  console.log("\nthe most that was seen, and the bound that is stated");
  for (const [what, seen, bound] of rows) console.log(`  ${what.padEnd(30)}  ${seen}, ${bound}`);
}
