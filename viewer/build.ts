/** Makes the pages' scripts, `dist/viewer`: for any trace, for one of each interface, and for explorations. */
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { TRANSPORTS } from "../src/trace/head.ts";

const configFile = fileURLToPath(new URL("vite.config.ts", import.meta.url));
for (const mode of ["exploration", "page", ...TRANSPORTS.map((kind) => `page-${kind}`)]) {
  await build({ configFile, mode });
}
