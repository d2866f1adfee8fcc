import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Knowledge, readMatches } from "../diagnosis/index.ts";

/** What the kernels' consoles said in matches that were played. */
export const KNOWLEDGE_FILE = fileURLToPath(
  new URL("../../knowledge/consoles.json", import.meta.url),
);

/** Reads the base, which takes some milliseconds. */
export function loadKnowledge(): Knowledge {
  return new Knowledge(readMatches(readFileSync(KNOWLEDGE_FILE, "utf8")));
}
