/**
 * Puts bugs into a bundle of the sources, one at a time, plays the catalogue, and looks whom the
 * referee blames, and by which rule.
 *
 *     npm run test:bugs                       all of them, each until the wanted rule was found
 *     npm run test:bugs -- --all              each on every match, so that each wrong word is seen
 *     npm run test:bugs -- --only NAME[,...]  one of them, or those whose names begin so
 *     npm run test:bugs -- --every N          each N-th
 *     ... --scenario NAME[,...]    on these alone, and not on the whole catalogue
 *     ... --interface KIND[,...]   there, in place of where it is tried else
 *     ... --list            names them
 *     ... --workers N       so many at a time
 *     ... --json FILE       what came, as JSON; `-` is standard output
 *     ... --record          writes the table into docs/figures.json
 *     npm run test:bugs -- --drawn N [--seed S] [--under host/watchdog]
 *                           N slips that nobody picked, drawn out of all single edits of the sources
 *                           there; each on one interface and on scenarios that are drawn, too, until its
 *                           party was blamed; with --all on the whole catalogue
 *
 * Exits with 1 when a bug has lost its place in the sources, or shows nothing.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { INTERFACES } from "../../src/wire/interface.ts";
import { writeFigures } from "../figures/store.ts";
import { type Bug, interfacesOf } from "./bug.ts";
import { drawnBugs } from "./drawn/draw.ts";
import { drawnLine, drawnTable, playDrawn } from "./drawn/run.ts";
import { BUGS } from "./list/index.ts";
import type { Outcome, Result } from "./sort.ts";
import { tableOf, tableText } from "./table.ts";
import { checkPlace, SOURCES, Workshop } from "./workshop.ts";

const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    only: { type: "string" },
    every: { type: "string", default: "1" },
    interface: { type: "string" },
    scenario: { type: "string" },
    list: { type: "boolean", default: false },
    workers: { type: "string", default: "1" },
    json: { type: "string" },
    record: { type: "boolean", default: false },
    drawn: { type: "string" },
    seed: { type: "string", default: "1" },
    under: { type: "string", default: "host" },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.drawn !== undefined) return await drawn(Number(values.drawn));
  const bugs = chosen();
  if (bugs.length === 0) {
    console.error("no bug of that name: --list names them");
    return 2;
  }
  if (values.list) {
    for (const { name, party, rules } of bugs) console.log(`${name}  ${party}  ${rules.join(" ")}`);
    return 0;
  }
  for (const bug of bugs) checkPlace(bug);
  const results = await playAll(bugs, Math.max(Number(values.workers), 1));
  const text = tableText(tableOf(bugs, results));
  if (values.json === "-") console.log(JSON.stringify(results, undefined, 2));
  else console.log(text);
  if (values.json !== undefined && values.json !== "-") {
    writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
  }
  if (values.record) writeFigures("bugs", [tableOf(bugs, results)]);
  return results.some(({ sort }) => sort === "shows nothing") ? 1 : 0;
}

async function drawn(count: number): Promise<number> {
  const under = values.under.replace(/^src\//, "");
  const kinds = INTERFACES.filter((kind) => values.interface?.split(",").includes(kind) ?? true);
  const bugs = drawnBugs({ sources: SOURCES, under, kinds }, count, Number(values.seed));
  if (values.list) {
    for (const { name, interfaces } of bugs) console.log(`${name}  ${interfaces?.join()}`);
    return 0;
  }
  const results = await playDrawn(newWorkshop, bugs, Number(values.seed), {
    all: values.all,
    workers: Math.max(Number(values.workers), 1),
    tell: (result) => console.log(drawnLine(result)),
  });
  console.log(tableText(drawnTable(results)));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results)}\n`);
  return 0;
}

function chosen(): readonly Bug[] {
  const { only, every } = values;
  const beginnings = only?.split(",");
  const named = BUGS.filter(({ name }) => {
    return beginnings === undefined || beginnings.some((each) => name.startsWith(each));
  });
  return named.filter((_, at) => at % Math.max(Number(every), 1) === 0).flatMap(onThese);
}

/** The bug on the interfaces that were asked for; none when it can show on none of them. */
function onThese(bug: Bug): readonly Bug[] {
  const asked = values.interface?.split(",");
  if (asked === undefined) return [bug];
  const may = bug.interfaces ?? INTERFACES;
  const interfaces = may.filter((kind) => asked.includes(kind));
  return interfaces.length === 0 ? [] : [{ ...bug, interfaces }];
}

async function playAll(bugs: readonly Bug[], workers: number): Promise<readonly Result[]> {
  const workshops = Array.from({ length: Math.min(workers, bugs.length) }, newWorkshop);
  try {
    const [first] = workshops;
    const kinds = INTERFACES.filter((kind) => {
      return bugs.some((bug) => interfacesOf(bug).includes(kind));
    });
    const without = (await first?.plain(kinds)) ?? [];
    // All workshops take from one list, in its order.
    const next = bugs.entries();
    const results: Result[] = [];
    const work = async (workshop: Workshop) => {
      for (const [at, bug] of next) {
        const result = await workshop.with(bug, without, values.all);
        results[at] = result;
        if (values.json !== "-") console.log(line(result));
      }
    };
    await Promise.all(workshops.map(work));
    return results;
  } finally {
    for (const workshop of workshops) await workshop.close();
  }
}

function newWorkshop(): Workshop {
  return new Workshop(values.scenario?.split(","));
}

function line({ name, party, wanted, sort, example, accusations }: Result): string {
  const seen = example === undefined ? "" : `  ${where(example)}: ${example.first ?? "nothing"}`;
  const accused = accusations.map((each) => `\n    ${where(each)}: ${each.accused.join(" ")}`);
  const also = accusations.length === 0 ? "" : `\n  the innocent accused:${accused.join("")}`;
  return `${sort.padEnd(17)} ${name} (${party}, ${wanted.join(" ")})${seen}${also}`;
}

function where({ scenario, interface: on, crash }: Outcome): string {
  return `${scenario} on ${on}${crash === undefined ? "" : ` crashed (${crash})`}`;
}
