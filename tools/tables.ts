/**
 * Fills a page's tables from what they are about: each stands between the lines
 * `<!-- table NAME -->` and `<!-- end -->`. With --check it only says whether the page is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";

export function fillTables(
  file: string,
  tables: ReadonlyMap<string, string>,
  command: string,
): void {
  const url = new URL(`../${file}`, import.meta.url);
  const page = readFileSync(url, "utf8");
  const missing = new Set(tables.keys());
  const filled = page.replace(
    /^(<!-- table (\S+) -->\n)[\s\S]*?^(?=<!-- end -->$)/gm,
    (_all, line: string, name: string) => {
      const table = tables.get(name);
      if (table === undefined) throw new Error(`${file}: there is no table ${name}`);
      missing.delete(name);
      return `${line}${table}`;
    },
  );
  if (missing.size > 0) throw new Error(`${file} has no table ${[...missing].join(", ")}`);
  if (!process.argv.includes("--check")) writeFileSync(url, filled);
  else if (filled !== page) {
    console.error(`${file}:1: its tables are stale; \`${command}\` fills them`);
    process.exit(1);
  }
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");
}
