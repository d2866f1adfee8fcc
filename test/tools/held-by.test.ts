import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { rules } from "../../src/referee/index.ts";

const PAGE = readFileSync("docs/reliability.md", "utf8");
const [, section = ""] = PAGE.split("## What two sweeps by hand found\n");
const [rows = ""] = section.split("\n## ");

// Goal: what was found is held by something, and not only said to be. Method: each rule, scenario and file
// that the tables name must be there.
describe("what docs/reliability.md says holds what was found", () => {
  const lines = rows.split("\n").filter((line) => /^\| [^-]/.test(line));
  const held = lines
    .map((line) => line.split(" | ")[1] ?? "")
    .filter((text) => text !== "held by |");

  test("is something, for each", () => {
    expect(held.length).toBeGreaterThan(40);
    const names = held.map((text) => text.match(/`[^`]+`|[A-Z]+-\d\d|\]\(/g) ?? []);
    expect(names.filter((each) => each.length === 0)).toEqual([]);
  });

  test("is there", () => {
    const ids = new Set(rules.map(({ id }) => id));
    const said = held.flatMap((text) => text.match(/\b[A-Z]+-\d\d\b/g) ?? []);
    expect(said.filter((id) => !ids.has(id))).toEqual([]);
    const names = held.flatMap((text) => text.match(/`[a-z][^` ]*`/g) ?? []);
    const gone = names
      .map((name) => name.slice(1, -1))
      .filter((name) => !existsSync(name) && !existsSync(`scenarios/${name}.yaml`));
    expect(gone).toEqual(["test:judge", "times", "every"].filter((name) => gone.includes(name)));
  });
});
