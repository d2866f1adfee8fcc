/**
 * Puts right parties through whatever is nobody's fault, and looks whether anybody is accused.
 *
 *     npm run test:judge                              all interfaces, all trials
 *     npm run test:judge -- --interface bt --trial wire --trial schedules
 *     npm run test:judge -- --draws 1000 --seed 7     so many products, drawn by that seed
 *     ... --workers N, --scenario NAME, --out FOLDER  where accusations are kept as run files
 *     ... --as-found                                  which are not made small
 *
 * Exits with 1 when somebody was accused.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Crew, explore, grouped, threads } from "../../src/lab/explore/index.ts";
import { INTERFACES, type InterfaceKind } from "../../src/lab/index.ts";
import { Accused, keep } from "./accused.ts";
import { type Subject, subjectsOn } from "./subjects.ts";
import { TRIALS, type TrialName, trialOf } from "./trials.ts";

const { values } = parseArgs({
  options: {
    interface: { type: "string", multiple: true, default: [...INTERFACES] },
    trial: { type: "string", multiple: true, default: [...TRIALS] },
    scenario: { type: "string", multiple: true },
    draws: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: String(availableParallelism()) },
    "as-found": { type: "boolean", default: false },
    out: { type: "string", default: "runs/judge" },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const kinds = INTERFACES.filter((each) => values.interface.includes(each));
  const trials = TRIALS.filter((each) => values.trial.includes(each));
  const crew = threads(Number(values.workers));
  let matches = 0;
  let accused = 0;
  try {
    for (const kind of kinds) {
      const subjects = subjectsOn(kind, (name) => values.scenario?.includes(name) ?? true);
      for (const trial of trials) {
        const came = await tried(trial, kind, subjects, crew);
        matches += came.matches;
        accused += came.accused;
      }
    }
  } finally {
    await crew.dismiss();
  }
  console.log(`${grouped(matches)} matches, ${grouped(accused)} accused`);
  return accused === 0 ? 0 : 1;
}

/** One trial on one interface. */
async function tried(
  trial: TrialName,
  kind: InterfaceKind,
  subjects: readonly Subject[],
  crew: Crew,
): Promise<{ matches: number; accused: number }> {
  const accused = new Accused();
  const fromMs = performance.now();
  let matches = 0;
  const draws = Math.ceil(Number(values.draws) / values.interface.length);
  const seed = Number(values.seed);
  for (const strategy of trialOf(trial, subjects, { seed, draws })) {
    const result = await explore({
      strategy,
      crew,
      judge: "both",
      onProgress: ({ runs }) => progress(`${kind} ${trial}: ${grouped(matches + runs)} matches`),
    });
    matches += result.runs;
    accused.matches += result.brokenRuns;
    for (const run of result.broken) {
      const sort = accused.add(run);
      if (sort === undefined) continue;
      const file = await keep(sort, values["as-found"] ? undefined : crew, values.out);
      progress("");
      console.log(`${kind} ${trial}: ${sort.rule} under ${sort.what}: ${sort.detail}`);
      console.log(`  baseboard replay ${file}`);
    }
  }
  progress("");
  const seconds = (performance.now() - fromMs) / 1_000;
  const sorts = [...accused.sorts.values()].toSorted((a, b) => b.matches - a.matches);
  for (const { rule, what, matches } of sorts)
    console.log(`    ${matches} x ${rule} under ${what}`);
  console.log(
    `${kind} ${trial}: ${grouped(matches)} matches in ${seconds.toFixed(0)} s, ` +
      `${grouped(accused.matches)} accused`,
  );
  return { matches, accused: accused.matches };
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
