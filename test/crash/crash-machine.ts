import type { CrashBounds } from "../../src/crash/executor.ts";
import type { Outcome } from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import { type CrashRun, type CrashSetup, crashedMachine } from "../../src/lab/crash/machine.ts";
import { BOUNDS, COMMANDS } from "./bounds.ts";

/** A crashed machine of the tests' own commands and bounds, unless the setup has others. */
export function crash(
  setup: Partial<Omit<CrashSetup, "bounds">> & { readonly bounds?: Partial<CrashBounds> },
) {
  const run: CrashRun = crashedMachine({
    ...{ kind: "kcs", spacing: 1, commands: COMMANDS },
    ...setup,
    bounds: { ...BOUNDS, ...setup.bounds },
  });
  const outcomes: readonly Outcome[] = run.results.commands.map(({ outcome }) => outcome);
  if (run.owed.length > 0) throw new Error(`the executor: ${run.owed.join("; ")}`);
  return { ...run, outcomes, carriedOut: run.carriedOut.map(hex) };
}
