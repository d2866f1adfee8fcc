import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They try every schedule or every register value: they find most, and take longest. */
const EXHAUSTIVE = /-(dead|schedules|pair)\.|exactly-one|panic/;

/** They have one part in hand, without a stack round it. */
const NEAR = /host\/(interfaces|messages|system-interface)\//;

/** A mutant is done with at the first test that fails, so the quick ones go first. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => {
      return rank(a.moduleId) - rank(b.moduleId) || (a.moduleId < b.moduleId ? -1 : 1);
    });
  }
}

function rank(file: string): number {
  if (EXHAUSTIVE.test(file)) return 2;
  return NEAR.test(file) ? 0 : 1;
}

export default defineConfig({
  test: {
    include: ["test/host/**/*.test.ts"],
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
  },
});
