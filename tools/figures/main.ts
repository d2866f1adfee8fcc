/**
 * Fills what documents show between their markers (documents.ts), from docs/figures.json and from
 * what commands print. Needs `npm run build` first.
 *
 *     npm run figures                fills the documents
 *     npm run figures -- --check     says which are stale, and exits with 1
 */
import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { filled } from "./documents.ts";
import { readFigures } from "./store.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const checks = process.argv.includes("--check");

const figures = readFigures();
const stale: string[] = [];
for (const name of documents()) {
  const before = readFileSync(join(ROOT, name), "utf8");
  const after = inFolder((folder) => {
    return filled(before, { figures, run: (args) => printed(args, folder) });
  });
  if (after === before) continue;
  stale.push(name);
  if (!checks) writeFileSync(join(ROOT, name), after);
}
for (const name of stale)
  console.log(checks ? `${name} is stale: npm run figures` : `${name} filled`);
process.exitCode = checks && stale.length > 0 ? 1 : 0;

function documents(): readonly string[] {
  const docs = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...docs.sort().map((name) => `docs/${name}`)];
}

/** A folder that has what a user's has, and where commands may leave files. */
function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "baseboard-figures-"));
  try {
    for (const name of ["docs", "test"]) symlinkSync(join(ROOT, name), join(folder, name));
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printed(args: readonly string[], cwd: string): string {
  const main = join(ROOT, "dist/cli/main.js");
  const { stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(`baseboard ${args.join(" ")} prints nothing: ${stderr}`);
  return stdout;
}
