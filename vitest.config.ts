import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/peers/**"],
    // Most of them have one processor in hand alone: one for each, where it is one fewer when nothing is said.
    maxWorkers: "100%",
    testTimeout: 60_000,
  },
});
