/**
 * Publishes a release by trusted publishing: from CI, for a tag, with provenance and without a token.
 *
 *     npm run release                 all checks, and what would be published; changes nothing
 *     npm run release -- --publish    in CI, on the tag
 *
 * Each refusal says what is wrong. CONTRIBUTING.md says how a release is made.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentFaults, packageContents } from "./package-contents.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Trusted publishing came with this version of npm. */
const NPM_MIN = [11, 5, 1] as const;

const publishes = process.argv.includes("--publish");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

const refusals = [...ofTree(), ...(publishes ? ofPlace() : [])];
if (refusals.length === 0) {
  must("npm", ["ci", "--no-audit", "--no-fund"]);
  must("npm", ["run", "check"]);
  must("npm", ["run", "build"]);
  refusals.push(...contentFaults(packageContents(ROOT)));
}
for (const refusal of refusals) console.error(`no release: ${refusal}`);
if (refusals.length > 0) process.exit(1);
must("npm", ["publish", "--access", "public", ...(publishes ? ["--provenance"] : ["--dry-run"])]);

/** The tree is the tag's, and the changelog speaks of it. */
function ofTree(): string[] {
  const faults: string[] = [];
  if (said("git", ["status", "--porcelain"]) !== "") faults.push("the tree has changes");
  const tags = said("git", ["tag", "--points-at", "HEAD"]).split("\n");
  if (publishes && !tags.includes(`v${version}`)) faults.push(`HEAD has no tag v${version}`);
  const changelog = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");
  const heading = changelog.split("\n").find((line) => line.startsWith(`## ${version}`));
  if (heading === undefined) faults.push(`CHANGELOG.md has no section for ${version}`);
  if (publishes && heading?.includes("not released")) {
    faults.push(`CHANGELOG.md says that ${version} is not released`);
  }
  return faults;
}

/** CI with an identity that the registry trusts, and nothing else that would open it. */
function ofPlace(): string[] {
  const faults: string[] = [];
  const { env } = process;
  if (env["ACTIONS_ID_TOKEN_REQUEST_URL"] === undefined && env["NPM_ID_TOKEN"] === undefined) {
    faults.push("there is no identity of CI's: a release is not published from a desk");
  }
  for (const name of ["NPM_TOKEN", "NODE_AUTH_TOKEN"]) {
    if ((env[name] ?? "") !== "") faults.push(`${name} is set: trusted publishing needs no token`);
  }
  const npm = said("npm", ["--version"]);
  if (older(npm, NPM_MIN)) faults.push(`npm ${npm} is older than ${NPM_MIN.join(".")}`);
  return faults;
}

function older(text: string, than: readonly number[]): boolean {
  const parts = text.split(".").map(Number);
  const differs = than.findIndex((part, index) => part !== parts[index]);
  return differs >= 0 && (parts[differs] ?? 0) < (than[differs] ?? 0);
}

function said(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { cwd: ROOT, encoding: "utf8" }).stdout.trim();
}

function must(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
