/**
 * Takes away from the catalogue's traces what a witness in the field would not see - any beginning,
 * one face, what the users asked for, stretches in the middle - and looks whether the referee accuses
 * anybody by the rest whom he does not accuse by the whole.
 *
 *     npm run test:witness                            all interfaces: every beginning of ten scenarios,
 *                                                     and 100,000 parts drawn over all
 *     npm run test:witness -- --draws 1000 --seed 7 --interface bt
 *     npm run test:witness -- --scenario bring-up     every beginning, and the drawn parts, of that one
 *     ... --beginnings 100                            so many of each scenario, evenly spread, in place of all
 *
 * Exits with 1 when somebody was accused.
 */
import { parseArgs } from "node:util";
import { grouped } from "../../src/lab/explore/index.ts";
import { INTERFACES, type InterfaceKind } from "../../src/lab/index.ts";
import { Draws } from "../../src/match/draws.ts";
import { subjectsOn } from "../judge/subjects.ts";
import { accusedBy, drawnPart, fromThere, type Part } from "./part.ts";
import { type Recorded, recorded } from "./recorded.ts";
import { WHOLLY } from "./wholly.ts";

const { values } = parseArgs({
  options: {
    interface: { type: "string", multiple: true, default: [...INTERFACES] },
    scenario: { type: "string", multiple: true },
    beginnings: { type: "string", default: "Infinity" },
    draws: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
  },
});

const kinds = INTERFACES.filter((each) => values.interface.includes(each));
const accused = kinds.map(tried).reduce((sum, each) => sum + each, 0);
console.log(`${grouped(accused)} accused`);
process.exitCode = accused === 0 ? 0 : 1;

/** Everything on one interface; gives how many parts accuse somebody. */
function tried(kind: InterfaceKind): number {
  const wanted = values.scenario;
  const matches = subjectsOn(kind, (name) => wanted?.includes(name) ?? true).map(recorded);
  const sorts = new Map<string, number>();
  let judged = 0;
  let accused = 0;
  const judge = (match: Recorded, part: Part): void => {
    judged++;
    const found = accusedBy(match, part);
    if (found.length > 0) accused++;
    for (const each of found) {
      const sort = each.slice(0, each.indexOf(":"));
      const times = sorts.get(sort) ?? 0;
      if (times === 0) console.log(`${kind} ${match.name} ${JSON.stringify(part)}\n  ${each}`);
      sorts.set(sort, times + 1);
    }
  };
  for (const match of matches) {
    if (wanted === undefined && !WHOLLY.has(match.name)) continue;
    const { length } = match.events;
    const step = Math.max(1, Math.floor(length / Number(values.beginnings)));
    for (let from = 1; from < length; from += step) judge(match, fromThere(from));
  }
  const draws = matches.length === 0 ? 0 : Math.ceil(Number(values.draws) / kinds.length);
  for (let index = 0; index < draws; index++) {
    const drawn = new Draws(Number(values.seed), index);
    const match = drawn.one(matches);
    judge(match, drawnPart(drawn, match));
  }
  for (const [sort, times] of sorts) console.log(`    ${grouped(times)} x ${sort}`);
  console.log(`${kind}: ${grouped(judged)} parts, ${grouped(accused)} accuse somebody`);
  return accused;
}
