import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/**
 * The command as one file, in place of the one that the compiler made: to read some seven hundred files takes longer
 * than a match does. Packages of others are imported as before; a worker's code lies beside it as it was.
 */
export default defineConfig({
  logLevel: "warn",
  publicDir: false,
  build: {
    ssr: fileURLToPath(new URL("src/cli/main.ts", import.meta.url)),
    outDir: fileURLToPath(new URL("dist/cli", import.meta.url)),
    emptyOutDir: false,
    target: "node20",
    sourcemap: true,
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: { output: { entryFileNames: "main.js", codeSplitting: false } },
  },
});
