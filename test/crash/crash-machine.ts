import type { CrashBounds } from "../../src/crash/executor.ts";
import type { Outcome } from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import { type CrashRun, type CrashSetup, crashedMachine } from "../../src/lab/crash/machine.ts";
import { usualPlace } from "../../src/lab/crash/place.ts";
import type { InterfaceKind, RegisterSpacing } from "../../src/wire/interface.ts";
import { BOUNDS, COMMANDS } from "./bounds.ts";

/** A crashed machine of the tests' own commands and bounds, unless the setup has others. */
export function crash(
  setup: Partial<Omit<CrashSetup, "bounds">> & {
    readonly kind?: InterfaceKind;
    readonly spacing?: RegisterSpacing;
    readonly bounds?: Partial<CrashBounds>;
  },
) {
  const run: CrashRun = crashedMachine({
    ...{ place: usualPlace(setup.kind ?? "kcs", setup.spacing), commands: COMMANDS },
    ...setup,
    bounds: { ...BOUNDS, ...setup.bounds },
  });
  const outcomes: readonly Outcome[] = run.results.commands.map(({ outcome }) => outcome);
  if (run.owed.length > 0) throw new Error(`the executor: ${run.owed.join("; ")}`);
  return { ...run, outcomes, carriedOut: run.carriedOut.map(hex) };
}
