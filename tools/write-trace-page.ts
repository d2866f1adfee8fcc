/**
 * Fills the tables of docs/trace.md from the one list of events: each stands between the lines
 * `<!-- table NAME -->` and `<!-- end -->`. With --check it only says whether the page is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { EVENT_GROUPS } from "../src/trace/event-shapes.ts";
import type { Field } from "../src/trace/fields.ts";

const PAGE = new URL("../docs/trace.md", import.meta.url);

interface Shape {
  readonly what: string;
  readonly fields: Readonly<Record<string, Pick<Field<unknown>, "brief"> & Meanings>>;
}
interface Meanings {
  readonly meanings?: Readonly<Record<string, string>>;
}

const tables = new Map<string, string>();
for (const [name, shapes] of Object.entries(EVENT_GROUPS)) {
  tables.set(name, eventTable(shapes));
  for (const [event, { fields }] of Object.entries<Shape>(shapes)) wordTables(event, fields);
}

const page = readFileSync(PAGE, "utf8");
const missing = new Set(tables.keys());
const filled = page.replace(
  /^(<!-- table (\S+) -->\n)[\s\S]*?^(?=<!-- end -->$)/gm,
  (_all, line: string, name: string) => {
    const table = tables.get(name);
    if (table === undefined) throw new Error(`docs/trace.md: there is no table ${name}`);
    missing.delete(name);
    return `${line}${table}`;
  },
);
if (missing.size > 0) throw new Error(`docs/trace.md has no table ${[...missing].join(", ")}`);
if (!process.argv.includes("--check")) writeFileSync(PAGE, filled);
else if (filled !== page) {
  console.error("docs/trace.md:1: its tables are stale; `npm run trace-page` fills them");
  process.exit(1);
}

function eventTable(shapes: Readonly<Record<string, Shape>>): string {
  const rows = Object.entries(shapes).map(([name, { what, fields }]) => {
    const named = Object.entries(fields).map(([field, { brief }]) => {
      return brief === "" ? `\`${field}\`` : `\`${field}\`: ${brief}`;
    });
    return [`\`${name}\``, named.join("; "), what];
  });
  return table(["`e`", "fields", "what happened"], rows);
}

/** A table for each field whose words the list explains, by the field's own name and its event's. */
function wordTables(event: string, fields: Shape["fields"]): void {
  for (const [field, { meanings }] of Object.entries(fields)) {
    if (meanings === undefined) continue;
    const rows = Object.entries(meanings).map(([word, meaning]) => [`\`${word}\``, meaning]);
    tables.set(`${event}.${field}`, table([`\`${field}\``, "meaning"], rows));
  }
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");
}
