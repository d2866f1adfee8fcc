/** Figures of one run, as ratios. Nothing here is a test: machines are shared and noisy. */

import { catalogueFigures } from "./catalogue.ts";
import { explorationFigures } from "./explore.ts";
import { interfaceFigures } from "./interfaces.ts";
import { linuxFigures } from "./linux.ts";
import { median } from "./median.ts";
import { bareCost, type MatchCost, matchCost } from "./wire.ts";

const ROUNDS = 3;
const BARE_TRANSACTIONS = 200_000;
const MATCH_REQUESTS = 40_000;
function rate(cost: MatchCost): number {
  return cost.accesses / cost.seconds;
}

function millions(value: number): string {
  return `${(value / 1e6).toFixed(2)} M/s`;
}

const judged: number[] = [];
const plain: number[] = [];
const bare: number[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const figures = [
    rate(bareCost(BARE_TRANSACTIONS)),
    rate(matchCost(MATCH_REQUESTS, true)),
    rate(matchCost(MATCH_REQUESTS, false)),
  ] as const;
  // The first round warms up.
  if (round === 0) continue;
  bare.push(figures[0]);
  judged.push(figures[1]);
  plain.push(figures[2]);
}
console.log(`register accesses per second, median of ${ROUNDS} rounds in one process`);
console.log(`  two bare machines               ${millions(median(bare))}`);
for (const [what, figures] of [
  ["match, trace and referee on", judged],
  ["match, tracing off", plain],
] as const) {
  const ratio = median(figures.map((value, index) => value / (bare[index] ?? Number.NaN)));
  console.log(`  ${what.padEnd(30)}  ${millions(median(figures))}  ratio ${ratio.toFixed(2)}`);
}

interfaceFigures();
await explorationFigures();
await linuxFigures();
// The longest comes last.
await catalogueFigures();
