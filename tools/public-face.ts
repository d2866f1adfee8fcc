/**
 * What the package's subpaths show to others must be documented: each `index.ts` begins with a comment
 * that says what it is, who uses it, and has an example; each declaration that it exports has a
 * docstring. Prints each breach as `file:line: what`, and exits with 1.
 */
import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const DECLARATION =
  /^export (?:declare |abstract |async )*(?:const|function|class|interface|type) (\w+)/;

const breaches: string[] = [];

for (const index of subpaths()) {
  const text = read(index);
  if (!/^\/\*\*\n[\s\S]*?```ts\n[\s\S]*?```[\s\S]*?\*\//.test(text)) {
    breaches.push(`${index}:1: begins with no comment that has an example`);
  }
  checkFile(index, undefined, new Set());
}
for (const breach of [...new Set(breaches)].sort()) console.error(breach);
if (breaches.length > 0) process.exit(1);
console.log("public face: every export says what it is");

/** The index of each subpath that package.json exports. */
function subpaths(): readonly string[] {
  const names = [...read("package.json").matchAll(/"types": "\.\/dist\/(.+)\.d\.ts"/g)];
  return names.map(([, path]) => `src/${path}.ts`);
}

/** Checks the declarations of those names in a file, or all, and what it exports from others. */
function checkFile(file: string, names: ReadonlySet<string> | undefined, seen: Set<string>): void {
  const key = `${file} ${names === undefined ? "*" : [...names].join()}`;
  if (seen.has(key)) return;
  seen.add(key);
  const text = read(file);
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const name = DECLARATION.exec(line)?.[1];
    if (name === undefined || names?.has(name) === false) continue;
    const before = lines[index - 1] ?? "";
    // A type beside its constant, and a further signature, are documented there.
    const again = new RegExp(`^export (const|function|type) ${name}\\b`, "m");
    const first = again.exec(text);
    const isFirst = first === null || text.slice(0, first.index).split("\n").length - 1 === index;
    if (isFirst && !before.trimEnd().endsWith("*/")) {
      breaches.push(`${file}:${index + 1}: ${name} is exported and has no docstring`);
    }
  }
  for (const { from, exported } of exportsFrom(text)) {
    const wanted = exported?.filter(({ as }) => names?.has(as) !== false).map((each) => each.name);
    const target = posix.join(posix.dirname(file), from);
    const passed = wanted === undefined ? names : new Set(wanted);
    if (passed?.size !== 0) checkFile(target, passed, seen);
  }
}

interface ExportFrom {
  readonly from: string;
  /** Undefined: everything. */
  readonly exported: readonly { readonly name: string; readonly as: string }[] | undefined;
}

function exportsFrom(text: string): readonly ExportFrom[] {
  const found = text.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from "(\.[^"]+)";/gm);
  return [...found].map(([, what = "", from = ""]) => {
    if (what === "*") return { from, exported: undefined };
    const words = what
      .slice(1, -1)
      .split(",")
      .map((word) => word.replace("type ", "").trim());
    const exported = words
      .filter((word) => word !== "")
      .map((word) => {
        const [name = "", as = name] = word.split(" as ");
        return { name, as };
      });
    return { from, exported };
  });
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}
