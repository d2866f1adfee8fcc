import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

/** All figures that documents show. What measures writes its part here, and nothing else does. */
const FILE = new URL("../../docs/figures.json", import.meta.url);

const tableSchema = z.strictObject({
  title: z.string(),
  /** The cells of each line. */
  rows: z.array(z.array(z.string())),
});

const figuresSchema = z.record(z.string(), z.array(tableSchema));

/** Lines of cells under a title. */
export type Table = z.output<typeof tableSchema>;
/** The tables of each part, by its name. */
export type Figures = z.output<typeof figuresSchema>;

export function readFigures(): Figures {
  return figuresSchema.parse(JSON.parse(readFileSync(FILE, "utf8")));
}

/** Puts a part's tables in the place of its earlier ones. */
export function writeFigures(part: string, tables: readonly Table[]): void {
  const figures = { ...readFigures(), [part]: tables };
  const sorted = Object.fromEntries(Object.entries(figures).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(FILE, `${JSON.stringify(sorted, undefined, 2)}\n`);
}

/** A table as text: the title, then the lines with their cells in columns. */
export function tableText({ title, rows }: Table): string {
  const widths = rows.reduce<number[]>((so, row) => {
    return row.map((cell, at) => Math.max(cell.length, so[at] ?? 0)).concat(so.slice(row.length));
  }, []);
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "));
  return [title, ...lines.map((line) => `  ${line.trimEnd()}`)].join("\n");
}

/** A table as Markdown; its first row names the columns. */
export function markdownTable({ rows: [head = [], ...rows] }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
