/** Figures of one run, as ratios. Nothing here is a test: machines are shared and noisy. */

import { explorationFigures } from "./explore.ts";
import { linuxFigures } from "./linux.ts";
import { median } from "./median.ts";
import { accessesOf, bareCost, floorOf, type MatchCost, matchCost } from "./wire.ts";

const ROUNDS = 3;
const BARE_TRANSACTIONS = 200_000;
const MATCH_REQUESTS = 40_000;
/** What the Linux driver needs on a BMC that answers at once, counted on the same wire. */
const LINUX_ACCESSES = [67, 121, 775];
const EXCHANGES = [
  { what: "Get Device ID, 2 bytes to 18", request: 2, response: 18 },
  { what: "6 bytes to 32", request: 6, response: 32 },
  { what: "6 bytes to 250", request: 6, response: 250 },
];

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

console.log("\nregister accesses of one transaction: ours, the protocol's floor, Linux's driver");
for (const [index, { what, request, response }] of EXCHANGES.entries()) {
  const ours = accessesOf(request, response);
  const floor = floorOf(request, response);
  const linux = LINUX_ACCESSES[index] ?? Number.NaN;
  const ratios = `${(ours / floor).toFixed(2)} of the floor, ${(ours / linux).toFixed(2)} of Linux`;
  console.log(`  ${what.padEnd(30)}  ${ours}, ${floor}, ${linux}: ${ratios}`);
}

await explorationFigures();
await linuxFigures();
