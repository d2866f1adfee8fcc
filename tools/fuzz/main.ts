/**
 * Gives hostile inputs to everything that takes any, and looks whether what must hold holds.
 *
 *     npm run fuzz -- --all [--seconds N] [--seed N]      every target, N seconds in all
 *     npm run fuzz -- TARGET... [--seconds N] [--seed N]
 *     npm run fuzz -- TARGET... --inputs N [--seed N]     each until it had so many inputs
 *     npm run fuzz -- TARGET --seed N --one K [--keep I,J,...]   one case again, or some of its steps
 *     npm run fuzz -- --list
 *     ... --record            writes what was done into docs/figures.json
 *
 * Exits with 1 when something was found that is not on the list of known findings (known.ts).
 */
import { parseArgs } from "node:util";
import { type Table, writeFigures } from "../figures/store.ts";
import { type Figures, type Finding, failureOf, search } from "./search.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets.ts";

const SECONDS_DEFAULT = 60;
const SEED_DEFAULT = 1;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    seconds: { type: "string", default: String(SECONDS_DEFAULT) },
    seed: { type: "string", default: String(SEED_DEFAULT) },
    inputs: { type: "string" },
    one: { type: "string" },
    keep: { type: "string" },
    record: { type: "boolean", default: false },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.list) {
    for (const { name, about } of TARGETS) console.log(`${name.padEnd(16)} ${about}`);
    return 0;
  }
  const chosen = chosenTargets();
  if (chosen === undefined) return 2;
  const seed = Number(values.seed);
  return values.one === undefined ? await searchAll(chosen, seed) : await again(chosen, seed);
}

function chosenTargets(): readonly Target[] | undefined {
  if (values.all) return TARGETS;
  const chosen = TARGETS.filter(({ name }) => positionals.includes(name));
  if (chosen.length === positionals.length && chosen.length > 0) return chosen;
  console.error(`which target? --all, or of: ${TARGETS.map(({ name }) => name).join(" ")}`);
  return undefined;
}

async function searchAll(targets: readonly Target[], seed: number): Promise<number> {
  const share = (Number(values.seconds) * 1_000) / targets.length;
  const all: Figures[] = [];
  for (const target of targets) {
    // What a target makes once, before its first case, is not of its share.
    target.draw(seed, 0);
    const untilMs = Date.now() + share;
    const inputsMin = values.inputs === undefined ? undefined : Number(values.inputs);
    const figures = await search(target, {
      seed,
      enough: (_, inputs) =>
        inputsMin === undefined ? Date.now() >= untilMs : inputs >= inputsMin,
      onFinding: printFinding,
    });
    all.push(figures);
    const { cases, inputs, unit } = figures;
    console.log(
      `${target.name.padEnd(16)} seed ${seed}, cases 0 to ${cases - 1}: ` +
        `${counted(inputs)} ${unit}; ${outcomeText(figures)}`,
    );
  }
  if (values.record) writeFigures("fuzz", [tableOf(all)]);
  const failed = all.filter(({ findings }) => fresh(findings).length > 0).length;
  console.log(`${all.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

function tableOf(all: readonly Figures[]): Table {
  const rows = all.map(({ target, seed, cases, inputs, unit, findings }) => [
    `\`${target}\``,
    String(seed),
    counted(cases),
    `${counted(inputs)} ${unit}`,
    String(fresh(findings).length),
  ]);
  return {
    title: "hostile inputs",
    rows: [["target", "seed", "cases", "inputs", "failures"], ...rows],
  };
}

function counted(count: number): string {
  return count.toLocaleString("en-US");
}

function fresh(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ known }) => known === undefined);
}

function outcomeText({ findings }: Figures): string {
  const known = findings.filter((each) => each.known !== undefined);
  const times = known.reduce((sum, { count }) => sum + count, 0);
  const found = fresh(findings).length;
  const text = found === 0 ? "held" : `broke in ${found} ${found === 1 ? "way" : "ways"}`;
  return times === 0 ? text : `${text}; what is known was seen ${times} times`;
}

function printFinding({ target, message, where, command, steps, known }: Finding): void {
  if (known !== undefined) return console.log(`${target}: known: ${known.what}\n  ${command}`);
  console.log(`${target}: ${message}\n  ${where.join("\n  ")}\n  repeat: ${command}`);
  console.log(steps.replace(/^/gm, "    "));
}

/** Plays one case, and shows what it throws with its whole stack. */
async function again([target]: readonly Target[], seed: number): Promise<number> {
  if (target === undefined) return 2;
  const drawn = target.draw(seed, Number(values.one));
  const all = [...Array(drawn.steps).keys()];
  const { keep } = values;
  const kept = keep === undefined ? all : all.filter((at) => keep.split(",").includes(String(at)));
  console.log(drawn.text(kept));
  const failure = await failureOf(drawn, kept);
  if (!("thrown" in failure)) {
    console.log(`held, ${failure.inputs} ${target.unit}`);
    return 0;
  }
  console.log(failure.thrown.stack);
  return 1;
}
