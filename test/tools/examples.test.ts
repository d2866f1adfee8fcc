import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** In the package, so that it finds itself by its own name: as `dist` is, not as `src` is. */
const FOLDER = join(ROOT, "reports", `examples-${process.pid}`);

/** The example that each public subpath begins with, and what it prints. */
const EXAMPLES: Readonly<Record<string, string>> = {
  ipmi: "2.07\n",
  time: "10000000 us\n",
  trace: "",
  wire: "true\n",
  host: "82h, made by host-interface\n",
  devices: "NO_DEVICE\n",
  bmc: "14\n",
  referee: "",
  lab: "as expected\n",
};

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  for (const room of Object.keys(EXAMPLES)) {
    writeFileSync(join(FOLDER, `${room}.ts`), exampleOf(room));
  }
  const compilerOptions = {
    module: "nodenext",
    target: "es2023",
    strict: true,
    noEmit: true,
    types: ["node"],
  };
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify({ compilerOptions }));
});

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function exampleOf(room: string): string {
  const head = readFileSync(join(ROOT, "src", room, "index.ts"), "utf8");
  const [, block = ""] = /```ts\n([\s\S]*?) \* ```/.exec(head) ?? [];
  return block.replace(/^ \* ?/gm, "");
}

test("the examples of all public subpaths compile", () => {
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  const { status, stdout } = spawnSync(tsc, ["-p", FOLDER], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

test.each(Object.entries(EXAMPLES))("the example of %s does what it says", (room, prints) => {
  const file = join(FOLDER, `${room}.ts`);
  const run = spawnSync(process.execPath, ["--import", "tsx", file], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  expect(run.stdout).toBe(prints);
});

test("every public subpath has one", () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const rooms = Object.keys(exports).flatMap((path) => /^\.\/(\w+)$/.exec(path)?.[1] ?? []);
  expect(rooms).toEqual(Object.keys(EXAMPLES));
});
