/**
 * The same on every Node that we promise: fetches the other versions' binaries from the package
 * registry, and on each plays the catalogue from `dist` (the same hashes as here), and runs the tests
 * that are nearest to the platform. Needs `npm run build` first. Exits with 1 when something differs.
 * All versions are tried side by side: much of it has one processor in hand alone.
 *
 *     npm run nodes [-- FOLDER]      FOLDER gets vitest's report of each, as node-VERSION.json
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** The newest of each line that `engines` in package.json stands for, beside our own. */
const VERSIONS = ["22.23.3", "24.21.0"] as const;
const TESTS = ["ipmi", "time", "trace", "wire", "bmc", "scenario", "referee", "cli/cli.test.ts"];

/** A program that has ended. */
interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const [reports] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "baseboard-nodes-"));
let failures = 0;
try {
  const here = hashes(process.execPath);
  await Promise.all(VERSIONS.map((version) => tryOn(version, here)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;

async function tryOn(version: string, here: Promise<string>): Promise<void> {
  const node = await fetched(version);
  if (node === undefined) return fail(version, "cannot be fetched");
  if ((await hashes(node)) !== (await here)) {
    fail(version, `plays the catalogue otherwise than ${process.version}`);
  }
  const cli = await ended(node, ["dist/cli/main.js", "run", "--all"]);
  if (cli.status !== 0) fail(version, `baseboard run --all ends with ${cli.status}: ${cli.stderr}`);
  const report = reports === undefined ? [] : reporters(join(reports, `node-${version}.json`));
  const tests = TESTS.map((each) => `test/${each}`);
  const shared = [`--maxWorkers=${100 / VERSIONS.length}%`, ...report];
  const vitest = ["node_modules/vitest/vitest.mjs", "run", ...shared, ...tests];
  const { status, stdout, stderr } = await ended(node, vitest);
  console.log(`${stdout}${stderr}`);
  if (status !== 0) fail(version, "tests fail");
  console.log(`node ${version}: ${(await here).trim().split("\n").at(-1)}`);
}

function reporters(file: string): readonly string[] {
  return ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
}

/** The binary of that version, out of the registry's package for this machine. */
async function fetched(version: string): Promise<string | undefined> {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(folder, version);
  const quiet = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts"];
  const install = ["install", "--prefix", prefix, ...quiet, `${name}@${version}`];
  console.error((await ended("npm", install)).stderr);
  const binary = join(prefix, "node_modules", name, "bin", "node");
  return existsSync(binary) ? binary : undefined;
}

/** A line for each match of the catalogue, as that Node plays it. */
async function hashes(node: string): Promise<string> {
  const script = ["--import", "tsx", "tools/trace-hashes.ts"];
  const { status, stdout, stderr } = await ended(node, script);
  if (status === 0) return stdout;
  fail(node, stderr);
  return "";
}

async function ended(program: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const over = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = await over;
  return { status: status ?? 1, stdout, stderr };
}

function fail(where: string, what: string): void {
  failures++;
  console.error(`node ${where}: ${what}`);
}
