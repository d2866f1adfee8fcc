import { assert } from "../../assert.ts";
import type { AccessStep, Scenario } from "../../scenario/schema.ts";
import { type HostWire, onSystemInterface, type RegisterWire } from "../../wire/interface.ts";

/** What a script acts on, and its steps; of what `whyNot` has no word against. */
export function registersOf(
  wire: HostWire,
  { host }: Scenario,
): { readonly wire: RegisterWire; readonly steps: readonly AccessStep[] } {
  const registers = onSystemInterface<RegisterWire | undefined>(wire, {
    registers: (block) => block,
    bus: () => undefined,
  });
  assert(registers !== undefined, "a script is played on registers");
  assert(host?.script !== undefined, "a script is played that is there");
  return { wire: registers, steps: host.script };
}
