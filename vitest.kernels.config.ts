import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/peers/kernels/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 660_000,
    hookTimeout: 900_000,
  },
});
