import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { z } from "zod";
import { type ExplorationDocument, explorationDocument } from "../report/exploration-document.ts";
import { explorationHtml, pageScript } from "./html.ts";

/** Explorations as a page of one file. Throws where the page's script is not built. */
export function explorationPage(documents: readonly ExplorationDocument[]): string {
  return explorationHtml(pageScript("exploration"), documents);
}

const documents = z.union([
  explorationDocument.transform((one) => [one]),
  z.array(explorationDocument).min(1),
]);

/** What `explore --json` or `merge` wrote into that file; undefined of a file of anything else. */
export function explorationsIn(path: string): readonly ExplorationDocument[] | undefined {
  try {
    if (!beginsAsOne(path)) return undefined;
    const read = documents.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return read.success ? read.data : undefined;
  } catch {
    // Whoever reads it as a trace says what is wrong with it.
    return undefined;
  }
}

/** A trace may have millions of lines, and what comes by a pipe is to be read once. */
function beginsAsOne(path: string): boolean {
  if (!statSync(path).isFile()) return false;
  const file = openSync(path, "r");
  try {
    const beginning = Buffer.alloc(BEGINNING_BYTES);
    const length = readSync(file, beginning);
    return /^\s*(?:\[\s*)?\{\s*"scenario"/.test(beginning.toString("utf8", 0, length));
  } finally {
    closeSync(file);
  }
}

const BEGINNING_BYTES = 200;
