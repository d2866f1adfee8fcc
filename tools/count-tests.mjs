// Adds up vitest's JSON reports and prints the line that ends a run of .ci/run. A step that failed
// without a failed test (a report that is missing, a check) counts as one failure.
import { existsSync, readFileSync } from "node:fs";

const [steps, ...reports] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const report of reports) {
  if (!existsSync(report)) continue;
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
  passed += numPassedTests;
  failed += numFailedTests;
}
if (failed === 0) failed = Number(steps);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
