import { plainPlan, type RunPlan } from "../../src/lab/explore/index.ts";
import { isMap, textOf, treeOf } from "../../src/lab/explore/tree.ts";
import { interfaceOf, readScenario, type Scenario } from "../../src/lab/index.ts";
import { legalUs } from "../../src/match/course.ts";

/**
 * What a BMC's latencies are called in a scenario. On BT and SSIF a request's time is one for all of
 * it, and the BMC has a turn for the request and one for its response.
 */
const LATENCIES = ["input-latency", "command-latency"] as const;

function greatestUs(name: (typeof LATENCIES)[number], scenario: Scenario): number {
  const turns = name === "input-latency" && ["bt", "ssif"].includes(interfaceOf(scenario)) ? 2 : 1;
  return Math.floor(legalUs(scenario) / turns);
}

/** A scenario with each latency that it leaves to the BMC at its least, and at its greatest. */
export function latencyPlans(text: string): readonly RunPlan[] {
  const scenario = readScenario(text, "a scenario of the catalogue");
  const tree = treeOf(text);
  const bmc = isMap(tree["bmc"]) ? tree["bmc"] : {};
  return LATENCIES.filter((name) => scenario.bmc?.[name] === undefined).flatMap((name) => {
    return [0, greatestUs(name, scenario)].map((us) => {
      return plainPlan(textOf({ ...tree, bmc: { ...bmc, [name]: `${us}us` } }), 0);
    });
  });
}
