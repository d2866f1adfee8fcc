import { readFileSync } from "node:fs";
import { Knowledge, readMatches } from "../diagnosis/index.ts";
import { packagePath } from "../package-root.ts";

/** What the kernels' consoles said in matches that were played. */
export const KNOWLEDGE_FILE = packagePath("knowledge/consoles.json");

/** Reads the base, which takes some milliseconds. */
export function loadKnowledge(): Knowledge {
  return new Knowledge(readMatches(readFileSync(KNOWLEDGE_FILE, "utf8")));
}
