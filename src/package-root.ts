import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A file or folder of this package, by its path in it: wherever this runs from, be it the source, what was built of
 * it file by file, or the one file of the command.
 */
export function packagePath(path: string): string {
  return join(ROOT, path);
}

const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

function rootAbove(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  return above === folder ? folder : rootAbove(above);
}
