import { readFileSync } from "node:fs";
import { z } from "zod";
import { packagePath } from "../package-root.ts";

/** The version, as the package itself says. */
export function version(): string {
  const text = readFileSync(packagePath("package.json"), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
