import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { filled } from "../../tools/figures/documents.ts";
import { readFigures } from "../../tools/figures/store.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIGURES = {
  speed: [
    {
      title: "Speed",
      rows: [
        ["a", "1/s"],
        ["longer", "22/s"],
      ],
    },
  ],
};

describe("what stands between markers", () => {
  test("figures are text, in columns", () => {
    const document = "x\n<!-- figures speed -->\nold\n<!-- /figures -->\ny\n";
    const text = "    Speed\n      a       1/s\n      longer  22/s";
    const fresh = `x\n<!-- figures speed -->\n\n${text}\n\n<!-- /figures -->\ny\n`;
    expect(filled(document, { figures: FIGURES })).toBe(fresh);
    expect(filled(fresh, { figures: FIGURES })).toBe(fresh);
  });

  test("a table's first row names its columns", () => {
    const document = "<!-- table speed -->\n<!-- /table -->";
    expect(filled(document, { figures: FIGURES })).toContain(
      "| a | 1/s |\n| --- | --- |\n| longer | 22/s |",
    );
  });

  test("output is a command's, and stays when only its wall time differs", () => {
    const ran: string[] = [];
    const printing = (text: string) => (args: readonly string[]) => {
      ran.push(args.join(" "));
      return text;
    };
    const document = "<!-- output explore x | first 2 -->\n<!-- /output -->";
    const text = "7 runs in 1.5 s, 4 runs/s\n\nmore\n";
    const fresh = filled(document, { figures: {}, run: printing(text) });
    expect(ran).toEqual(["explore x"]);
    expect(fresh).toContain("    7 runs in 1.5 s, 4 runs/s\n\n    ...\n");
    const slower = text.replace("1.5 s, 4", "9 min, 0.1");
    expect(filled(fresh, { figures: {}, run: printing(slower) })).toBe(fresh);
    const other = text.replace("7 runs", "8 runs");
    expect(filled(fresh, { figures: {}, run: printing(other) })).not.toBe(fresh);
  });

  test("a part that is not there is an error", () => {
    const document = "<!-- figures nothing -->\n<!-- /figures -->";
    expect(() => filled(document, { figures: FIGURES })).toThrow('no part "nothing"');
  });
});

// Goal: no document shows figures that are not those of docs/figures.json. What commands print takes
// longer: `npm run figures -- --check` has them.
test.each(documents())("%s shows the figures as they are", (name) => {
  const document = readFileSync(`${ROOT}/${name}`, "utf8");
  expect(filled(document, { figures: readFigures() })).toBe(document);
});

function documents(): readonly string[] {
  const docs = readdirSync(`${ROOT}/docs`).filter((name) => name.endsWith(".md"));
  return ["README.md", ...docs.map((name) => `docs/${name}`)];
}
