/** Mutation tests of the host's inner parts: see docs/mutation.md. */
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "vitest.mutation.config.ts" },
  coverageAnalysis: "perTest",
  mutate: [
    "src/host/interfaces/**/*.ts",
    "src/host/system-interface/*.ts",
    "src/host/messages/message-handler.ts",
  ],
  // The compiler has no interface that Stryker could rewrite its settings by; a file that is not
  // there keeps it from trying.
  tsconfigFile: "none",
  ignorePatterns: ["coverage", "dist", "docs", "runs", "scenarios", "schema"],
  tempDirName: ".stryker-tmp",
  incrementalFile: "reports/mutation/incremental.json",
  concurrency: 1,
  thresholds: { high: 95, low: 85, break: 85 },
  reporters: ["clear-text", "html", "json"],
  clearTextReporter: { allowColor: false, logTests: false, skipFull: true },
  htmlReporter: { fileName: "reports/mutation/index.html" },
  jsonReporter: { fileName: "reports/mutation/mutation.json" },
};
