/**
 * The same on every Node that we promise: fetches the other versions' binaries from the package
 * registry, and on each plays the catalogue from `dist` (the same hashes as here), and runs the tests
 * that are nearest to the platform. Needs `npm run build` first. Exits with 1 when something differs.
 *
 *     npm run nodes [-- FOLDER]      FOLDER gets vitest's report of each, as node-VERSION.json
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The newest of each line that `engines` in package.json stands for, beside our own. */
const VERSIONS = ["22.23.3", "24.21.0"] as const;
const TESTS = ["ipmi", "time", "trace", "wire", "bmc", "scenario", "referee", "cli/cli.test.ts"];

const [reports] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "baseboard-nodes-"));
let failures = 0;
try {
  const here = hashes(process.execPath);
  for (const version of VERSIONS) tryOn(version, here);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;

function tryOn(version: string, here: string): void {
  const node = fetched(version);
  if (node === undefined) return fail(version, "cannot be fetched");
  if (hashes(node) !== here) fail(version, `plays the catalogue otherwise than ${process.version}`);
  const cli = spawnSync(node, ["dist/cli/main.js", "run", "--all"], { encoding: "utf8" });
  if (cli.status !== 0) fail(version, `baseboard run --all ends with ${cli.status}: ${cli.stderr}`);
  const report = reports === undefined ? [] : reporters(join(reports, `node-${version}.json`));
  const tests = TESTS.map((each) => `test/${each}`);
  const vitest = ["node_modules/vitest/vitest.mjs", "run", ...report, ...tests];
  const { status } = spawnSync(node, vitest, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) fail(version, "tests fail");
  console.log(`node ${version}: ${here.trim().split("\n").at(-1)}`);
}

function reporters(file: string): readonly string[] {
  return ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
}

/** The binary of that version, out of the registry's package for this machine. */
function fetched(version: string): string | undefined {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(folder, version);
  const quiet = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts"];
  spawnSync("npm", ["install", "--prefix", prefix, ...quiet, `${name}@${version}`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const binary = join(prefix, "node_modules", name, "bin", "node");
  return existsSync(binary) ? binary : undefined;
}

/** A line for each match of the catalogue, as that Node plays it. */
function hashes(node: string): string {
  const script = ["--import", "tsx", "tools/trace-hashes.ts"];
  const { status, stdout, stderr } = spawnSync(node, script, { encoding: "utf8" });
  if (status === 0) return stdout;
  fail(node, stderr);
  return "";
}

function fail(where: string, what: string): void {
  failures++;
  console.error(`node ${where}: ${what}`);
}
