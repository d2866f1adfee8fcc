import { plainPlan, type RunPlan } from "../../src/lab/explore/index.ts";
import { isMap, textOf, treeOf } from "../../src/lab/explore/tree.ts";
import { readScenario } from "../../src/lab/index.ts";
import { legalUs } from "../../src/match/course.ts";

/** What a BMC's latencies are called in a scenario. */
const LATENCIES = ["input-latency", "command-latency"] as const;

/** A scenario with each latency that it leaves to the BMC at its least, and at its greatest. */
export function latencyPlans(text: string): readonly RunPlan[] {
  const scenario = readScenario(text, "a scenario of the catalogue");
  const tree = treeOf(text);
  const bmc = isMap(tree["bmc"]) ? tree["bmc"] : {};
  return LATENCIES.filter((name) => scenario.bmc?.[name] === undefined).flatMap((name) => {
    return [0, legalUs(scenario)].map((us) => {
      return plainPlan(textOf({ ...tree, bmc: { ...bmc, [name]: `${us}us` } }), 0);
    });
  });
}
