import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Crew,
  planText,
  runFileOf,
  type SettledRun,
  traceHash,
  writeRunFile,
} from "../../src/lab/explore/index.ts";
import { treeOf } from "../../src/lab/explore/tree.ts";

/** Matches in which the same rule was broken under the same sort of fault. */
export interface Sort {
  readonly rule: string;
  readonly detail: string;
  readonly what: string;
  readonly first: SettledRun;
  matches: number;
}

/** Who was accused of what, by sorts. */
export class Accused {
  readonly sorts = new Map<string, Sort>();
  /** The matches in which somebody was accused, also those of which no more is known. */
  matches = 0;

  add(run: SettledRun): Sort | undefined {
    const [breach] = run.outcome.breaches;
    if (breach === undefined) return undefined;
    const { rule, detail } = breach;
    const what = whatOf(run);
    const known = this.sorts.get(`${rule} ${what}`);
    if (known !== undefined) known.matches++;
    else {
      const sort = { rule, detail, what, first: run, matches: 1 };
      this.sorts.set(`${rule} ${what}`, sort);
      return sort;
    }
    return undefined;
  }
}

/** The faults that were injected, without their figures. */
function whatOf({ plan }: SettledRun): string {
  const faults = plan.inject.map(({ fault }) => {
    const { until, for: lasting, ...what } = fault;
    return JSON.stringify(what).replace(/[{}"]/g, "");
  });
  if (faults.length > 0) return faults.join(" and ");
  return plan.delays.length > 0 ? "a schedule" : "latencies";
}

/** Writes a match of a sort as a run file, made small if there is a crew for it, and gives its name. */
export async function keep(sort: Sort, crew: Crew | undefined, folder: string): Promise<string> {
  const { plan, outcome } = sort.first;
  const [breach] = outcome.breaches;
  const shrunk = breach === undefined ? undefined : await crew?.shrink?.(plan, breach);
  const least = shrunk?.plan ?? plan;
  const tree = treeOf(plan.scenario);
  const name = `${String(tree["interface"] ?? "kcs")}-${sort.rule}-${String(tree["name"])}`;
  const file = join(folder, `${name}-${sort.first.index}.yaml`);
  const remark = `${sort.rule}: ${sort.detail}\n${planText(least)}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, writeRunFile(runFileOf(least, traceHash(least)), remark));
  return file;
}
