import { readFileSync } from "node:fs";
import { allDone, readResults } from "../crash/results.ts";
import { failureAt } from "./environment.ts";
import { Exit } from "./failure.ts";
import { withJson } from "./json-output.ts";
import { crashReportJson, crashReportText } from "./report/crash-results.ts";

/** Where a kernel shows the boot parameters that it was given. */
export const BOOT_PARAMS = "/sys/kernel/boot_params/data";

export interface CrashReportOptions {
  readonly from: string;
  readonly json?: string;
}

/** What the executor before this kernel noted. Ends with 1 unless the BMC did all that it was told. */
export async function crashReport({ from, json }: CrashReportOptions): Promise<void> {
  const page = contents(from);
  await withJson(json, async (output) => {
    const results = readResults(page);
    process.exitCode = allDone(results) ? Exit.AsExpected : Exit.NotAsExpected;
    output.put(
      () => crashReportJson(results),
      () => crashReportText(results),
    );
  });
}

function contents(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw failureAt(`${path}: cannot be read`, error);
  }
}
