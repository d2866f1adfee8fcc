import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/**
 * One script without imports for each page, so that a page of one file can hold it: `--mode page` and
 * `--mode exploration`. A worker is a text in it.
 */
export default defineConfig(({ mode }) => ({
  root: fileURLToPath(new URL(".", import.meta.url)),
  logLevel: "warn",
  publicDir: false,
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: fileURLToPath(new URL("../dist/viewer", import.meta.url)),
    emptyOutDir: false,
    target: "es2023",
    modulePreload: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      input: fileURLToPath(new URL(`${mode}.ts`, import.meta.url)),
      output: { entryFileNames: `${mode}.js`, codeSplitting: false },
    },
  },
  worker: { format: "iife" },
}));
