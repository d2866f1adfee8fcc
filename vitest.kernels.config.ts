import { defineConfig } from "vitest/config";

/**
 * They make snapshots to compare (docs/kernels.md, What repeats), live in real time, which takes a processor to
 * spare, or keep all processors busy themselves.
 */
const ALONE = ["snapshots", "explore", "matrix", "linux-bmc"].map(
  (name) => `test/peers/kernels/${name}.test.ts`,
);

const shared = {
  globalSetup: "test/peers/kernels/fetch-kernels.ts",
  testTimeout: 660_000,
  hookTimeout: 900_000,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: "side by side",
          include: ["test/peers/kernels/**/*.test.ts"],
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: "alone",
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
