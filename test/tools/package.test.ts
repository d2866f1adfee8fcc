import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { contentFaults, packageContents } from "../../tools/package-contents.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PATHS = packageContents(ROOT);

describe("the package", () => {
  test("holds what it should, and nothing else", () => {
    expect(contentFaults(PATHS)).toEqual([]);
  });

  test("has everything that package.json points at", () => {
    const { bin, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const targets = Object.values({ ...bin, ...exports }).flatMap((each) => {
      return typeof each === "string" ? [each] : Object.values(each ?? {});
    });
    for (const target of targets) expect(PATHS).toContain(posix.normalize(String(target)));
  });

  // Goal: a debugger and an editor that follow a map find the source.
  test("has the source of every map", () => {
    const maps = PATHS.filter((path) => path.endsWith(".map") && existsSync(join(ROOT, path)));
    expect(maps.length).toBeGreaterThan(100);
    for (const path of maps) {
      const { sources } = JSON.parse(readFileSync(join(ROOT, path), "utf8"));
      for (const source of sources) {
        expect(PATHS).toContain(posix.join(posix.dirname(path), source));
      }
    }
  });
});

test.each([
  ["dist/.env", "must never"],
  ["docs/runs/x.md", "must never"],
  ["src/host/stack.test.ts", "must never"],
  ["test/x.ts", "is not on the list"],
  ["dist/trace.jsonl", "is not on the list"],
])("%s is found out", (path, says) => {
  expect(contentFaults([...PATHS, path]).join("\n")).toContain(`${path} ${says}`);
});
