import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They try every schedule or every register value: they find most, and take longest. */
const EXHAUSTIVE = /-(dead|schedules|pair)\.|exactly-one|panic/;

/** A mutant is done with at the first test that fails, so the quick ones go first. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = ({ moduleId }: TestSpecification): number => Number(EXHAUSTIVE.test(moduleId));
    return [...files].sort((a, b) => slow(a) - slow(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  test: {
    include: ["test/host/**/*.test.ts"],
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
  },
});
