import { plainPlan, type RunPlan } from "../../src/lab/explore/index.ts";
import { isMap, textOf, treeOf } from "../../src/lab/explore/tree.ts";
import type { InterfaceKind } from "../../src/lab/index.ts";

/** What a BMC's latency is called in a scenario, and the greatest that is legal, by interface. */
const GREATEST_MS: Readonly<Record<string, Readonly<Record<InterfaceKind, number>>>> = {
  // A host waits for 5 s or more. @see IPMI 2.0 §9.15; §12.7 for a slave that holds nothing up
  "input-latency": { kcs: 4_900, smic: 4_900, bt: 4_900, ssif: 200 },
  "command-latency": { kcs: 4_900, smic: 4_900, bt: 4_900, ssif: 200 },
};

/** A scenario with each latency that is left to the BMC at its least, and at its greatest. */
export function latencyPlans(scenario: string, kind: InterfaceKind): readonly RunPlan[] {
  const tree = treeOf(scenario);
  const bmc = isMap(tree["bmc"] ?? "") ? tree["bmc"] : {};
  return Object.entries(GREATEST_MS)
    .filter(([name]) => !isMap(bmc ?? "") || !(name in Object(bmc)))
    .flatMap(([name, greatest]) => {
      return ["0us", `${greatest[kind]}ms`].map((value) => {
        const changed = { ...tree, bmc: { ...Object(bmc), [name]: value } };
        return plainPlan(textOf(changed), 0);
      });
    });
}
