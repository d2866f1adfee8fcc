import { runStackMatch, type Scenario } from "../../src/lab/index.ts";
import { JsonLinesSink } from "../../src/trace/jsonl.ts";

/** What comes of a match of our own stack, and its trace as it stands in a file. */
export function run(scenario: Scenario, scenarioText: string) {
  let trace = "";
  const result = runStackMatch(scenario, {
    scenarioText,
    sinks: (head) => [
      new JsonLinesSink(head, (text) => {
        trace += text;
      }),
    ],
  });
  return { result, trace };
}
