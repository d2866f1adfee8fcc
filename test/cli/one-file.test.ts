import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { packagePath } from "../../src/package-root.ts";

// Goal: the command starts quickly. Method: what it imports are packages, whose files Node has to find anyway, and
// no files of ours.
test("the built command is one file", () => {
  const built = readFileSync(packagePath("dist/cli/main.js"), "utf8");
  const imports = [...built.matchAll(/^(?:import|export) .*from "([^"]+)";$/gm)].map(
    ([, from]) => from,
  );
  expect(imports).toContain("commander");
  expect(imports.filter((from) => from?.startsWith("."))).toEqual([]);
  expect(built).not.toMatch(/import\("\.\.?\//);
});

test("what the package has is found from wherever this runs", () => {
  expect(JSON.parse(readFileSync(packagePath("package.json"), "utf8"))).toMatchObject({
    name: "baseboard",
  });
});
