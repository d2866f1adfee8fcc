import { isWell, type SuiteTest, type TestSuite } from "./suites.ts";

/** A table for a Markdown document; its first row is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...others] = rows;
  const rule = head.map(() => "---");
  const lines = [head, rule, ...others].map((row) => {
    return `| ${row.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return `${lines.join("\n")}\n`;
}

/** All that there is to say of each test that is not well, behind a line to click on. */
export function markdownTroubles(suites: readonly TestSuite[]): string {
  const wrong = suites.flatMap(({ name, tests }) => {
    return tests.filter((each) => !isWell(each)).map((each) => folded(name, each));
  });
  return wrong.map((block) => `\n${block}\n`).join("");
}

/** No name and no report ends the block that it stands in. */
function folded(suite: string, { name, outcome }: SuiteTest): string {
  const text = "report" in outcome ? outcome.report.trimEnd() : "";
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(Math.max(FENCE, longest + 1));
  const summary = `<summary>${inHtml(`${name} on ${suite}`)}</summary>`;
  return ["<details>", summary, "", `${fence}text`, text, fence, "", "</details>"].join("\n");
}

const FENCE = 3;

function inHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
