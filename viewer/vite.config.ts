import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** One script without imports: the worker is a text in it, so a page of one file can start it. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  logLevel: "warn",
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL("../dist/viewer", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    modulePreload: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      input: fileURLToPath(new URL("page.ts", import.meta.url)),
      output: { entryFileNames: "page.js", codeSplitting: false },
    },
  },
  worker: { format: "iife" },
});
