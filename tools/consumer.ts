/**
 * The package as others meet it: packs it, installs it in an empty folder, and compiles a program
 * that uses every subpath, with the oldest TypeScript that we promise and with a newer one, library
 * checks on. Then runs its command, and has publint and attw look at it. Exits with 1 when something does not work.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The first is what README.md says. */
const TYPESCRIPTS = ["5.7.3", "5.9.3"] as const;
const NODE_TYPES = "20.19.43";
/** What others say of a package that its importers will not find. */
const LINTERS = ["publint@0.3.25", "@arethetypeswrong/cli@0.18.5"] as const;
const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"] as const;

const folder = mkdtempSync(join(tmpdir(), "baseboard-consumer-"));
try {
  const packed = run("npm", ["pack", "--silent", "--pack-destination", folder], ROOT).trim();
  const tarball = join(folder, packed.split("\n").at(-1) ?? "");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  writeFileSync(join(folder, "main.ts"), program());
  run("npm", ["install", ...QUIET, tarball, `@types/node@${NODE_TYPES}`], folder);
  for (const version of TYPESCRIPTS) {
    run("npm", ["install", ...QUIET, "--no-save", `typescript@${version}`], folder);
    const flags = [
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--strict",
      "--skipLibCheck",
      "false",
    ];
    run("node", ["node_modules/typescript/bin/tsc", ...flags, "main.ts"], folder);
    console.log(
      `the package's types hold under TypeScript ${version}: ${run("node", ["main.js"], folder)}`,
    );
  }
  run("node", ["node_modules/.bin/baseboard", "run", "sticky-event-buffer"], folder);
  run("npm", ["install", ...QUIET, "--no-save", ...LINTERS], folder);
  run("node_modules/.bin/publint", ["run", "node_modules/baseboard", "--strict"], folder);
  run("node_modules/.bin/attw", [tarball, "--profile", "esm-only"], folder);
  console.log("publint and attw find nothing");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A program that imports every public subpath. */
function program(): string {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const names = Object.keys(exports).flatMap((path) => /^\.\/(\w+)$/.exec(path)?.[1] ?? []);
  const imports = names.map((name) => `import * as ${name} from "baseboard/${name}";`);
  const sizes = names.map((name) => `Object.keys(${name}).length`);
  return `${imports.join("\n")}\nconsole.log([${sizes.join(", ")}].every((size) => size > 0));\n`;
}

/** What the program prints. Whatever fails ends this one. */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return stdout;
  console.error(`${command} ${args.join(" ")}: ${stdout}${stderr}`);
  throw new Error(`${command} ended with ${status}`);
}
