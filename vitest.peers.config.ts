import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/peers/**/*.test.ts"],
    exclude: ["test/peers/kernels/**"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    // A browser on a machine that is busy with other things takes its time.
    expect: { poll: { timeout: 20_000 } },
  },
});
