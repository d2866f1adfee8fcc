/**
 * Makes the table of docs/kernels.md out of verdicts:
 *
 *     npx baseboard run --all --host linux:6.1 --json > 6.1.json
 *     npx tsx tools/kernel-verdicts.ts 6.1.json 6.17.json
 *
 * A column for each kernel in the files, a row for each scenario.
 */
import { readFileSync } from "node:fs";

interface Finding {
  readonly rule: string;
  readonly party: string;
  readonly follows: number | null;
}

interface Result {
  readonly scenario: string;
  readonly host: string;
  readonly asExpected: boolean;
  readonly verdict: { readonly violations: readonly Finding[] };
}

const cells = new Map<string, Map<string, string>>();
const kernels = new Set<string>();

for (const file of process.argv.slice(2)) {
  const document: Result | Result[] = JSON.parse(readFileSync(file, "utf8"));
  for (const result of [document].flat()) {
    kernels.add(result.host);
    const row = cells.get(result.scenario) ?? new Map<string, string>();
    cells.set(result.scenario, row.set(result.host, cell(result)));
  }
}

const versions = [...kernels].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
console.log(`| scenario | ${versions.join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(versions.length)}`);
for (const [scenario, row] of [...cells].sort(([a], [b]) => a.localeCompare(b))) {
  console.log(`| ${scenario} | ${versions.map((each) => row.get(each) ?? "").join(" | ")} |`);
}

/** What the host broke of its own accord. */
function cell({ asExpected, verdict }: Result): string {
  if (asExpected) return "passes";
  const own = verdict.violations.filter(
    ({ party, follows }) => party === "host" && follows === null,
  );
  return own.length === 0 ? "not as expected" : own.map(({ rule }) => rule).join(", ");
}
