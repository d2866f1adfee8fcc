import { type Figures, markdownTable, tableText } from "./store.ts";

/**
 * What a document shows that is not written by hand stands between two markers:
 *
 *     <!-- figures PART -->   ...   <!-- /figures -->     a part of docs/figures.json, as text
 *     <!-- table PART -->     ...   <!-- /table -->       the same as a Markdown table
 *     <!-- output COMMAND --> ...   <!-- /output -->      what `baseboard COMMAND` prints
 *     <!-- output COMMAND | first N -->                   its first N lines; `last N`: its last
 */
const BLOCK = /<!-- (figures|table|output) (.+?) -->\n[\s\S]*?<!-- \/\1 -->/g;

export interface Sources {
  readonly figures: Figures;
  /** What the command prints; the commands of one document share a folder. Without, outputs stay. */
  readonly run?: (args: readonly string[]) => string;
}

/** The document with all its blocks filled anew. What differs by wall time alone is left as it is. */
export function filled(document: string, sources: Sources): string {
  return document.replaceAll(BLOCK, (block, kind: string, what: string) => {
    const { figures, run } = sources;
    if (kind === "output" && run === undefined) return block;
    const content = run && kind === "output" ? outputOf(what, run) : figuresOf(kind, what, figures);
    const fresh = `<!-- ${kind} ${what} -->\n\n${content}\n\n<!-- /${kind} -->`;
    return timeless(fresh) === timeless(block) ? block : fresh;
  });
}

function figuresOf(kind: string, part: string, figures: Figures): string {
  const tables = figures[part];
  if (tables === undefined) throw new Error(`docs/figures.json has no part "${part}"`);
  if (kind === "table") return tables.map(markdownTable).join("\n\n");
  return indented(tables.map(tableText).join("\n\n"));
}

function outputOf(what: string, run: NonNullable<Sources["run"]>): string {
  const [command = "", part = ""] = what.split(" | ");
  const lines = run(command.split(" ")).trim().split("\n");
  const [end, count] = part.split(" ");
  if (end === "first") return indented([...lines.slice(0, Number(count)), "..."].join("\n"));
  if (end === "last") return indented(["...", ...lines.slice(-Number(count))].join("\n"));
  return indented(lines.join("\n"));
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}

/** How long something took says nothing of whether a document is stale. */
function timeless(text: string): string {
  return text.replace(/in [\d.]+ (ms|s|min), [\d.,]+ runs\/s/g, "in some time");
}
