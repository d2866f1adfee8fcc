import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packagePath } from "../../package-root.ts";

/** Of what is built: what a run comes to. The command and the pages only show it. */
const NOT_PLAYED = /^(cli|viewer)\//;

/**
 * Names what is built here by its content, not by its version: outcomes may be put together only when all
 * were had by the same code.
 */
export function buildId(): string {
  const folder = packagePath("dist");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".js") && !NOT_PLAYED.test(path))
    .sort();
  const hash = createHash("sha256");
  for (const path of files) hash.update(`${path}\n`).update(readFileSync(join(folder, path)));
  return hash.digest("hex").slice(0, 12);
}
