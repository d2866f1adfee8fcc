import { readScenario } from "../lab/index.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { InterfaceKind } from "../wire/interface.ts";

/** Longer than any round of cases takes, on a BMC that answers nothing. In seconds. */
const LENGTH_S = 86_400;

/** A wire with nothing wrong on it, for a BMC to be checked on. */
export function plainScenario(kind: InterfaceKind): Scenario {
  return readScenario(
    `
name: check
title: A check
source: baseboard check
story: The cases of a check are done, one after the other.
interface: ${kind}
until: ${LENGTH_S}s
settle: 1s
workload: [{ user: program, steps: [{ request: Get Device ID }] }]
`,
    "check.yaml",
  );
}

/** The BMC and the wire of a scenario, for as long as a check takes. */
export function checkedIn(scenario: Scenario): Scenario {
  return { ...scenario, until: scenario.until + LENGTH_S * 1_000_000 };
}
