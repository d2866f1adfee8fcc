/** How long the command takes before it does anything, beside what Node itself takes. */
import { spawnSync } from "node:child_process";
import { packagePath } from "../src/package-root.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";

const ROUNDS = 9;
const MAIN = packagePath("dist/cli/main.js");
const RUNS: Readonly<Record<string, readonly string[]>> = {
  "node -e 0": ["-e", "0"],
  "baseboard --version": [MAIN, "--version"],
  "baseboard run device-id": [MAIN, "run", "device-id"],
};

/** What was built is measured: `npm run build` comes first. */
export function startFigures(): readonly Table[] {
  const taken = Object.entries(RUNS).map(([name, args]) => ({ name, ms: wallMs(args) }));
  const node = taken[0]?.ms ?? Number.NaN;
  const rows = taken.map(({ name, ms }) => {
    return [name, `${Math.round(ms)} ms`, `${(ms / node).toFixed(1)} of Node's`];
  });
  return [{ title: `start of the command, wall time, median of ${ROUNDS}`, rows }];
}

function wallMs(args: readonly string[]): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
    return performance.now() - begun;
  });
  return median(rounds);
}
