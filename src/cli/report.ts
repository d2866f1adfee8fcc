import type { MatchResult, Scenario } from "../lab/index.ts";
import { durationText } from "../lab/index.ts";
import { verdictText } from "../referee/index.ts";

/** What a match comes to, for a reader. */
export function matchReport(scenario: Scenario, result: MatchResult): string {
  const { head } = result;
  const lines = [
    `${scenario.name}: ${scenario.title}`,
    `host ${head.host}, bmc ${head.bmc}, ${head.interface}, seed ${head.seed}; ${durationText(result.lengthUs)} of ${CLOCK[head.clock]} time`,
    ...result.remarks.map((remark) => `remark: ${remark}`),
    "",
    verdictText(result.verdict).trimEnd(),
    "",
    ...expectationLines(result),
  ];
  return `${lines.join("\n")}\n`;
}

const CLOCK = { virtual: "virtual", guest: "the guest's", real: "real" } as const;

/** One line, for a list of matches. */
export function matchLine(scenario: Scenario, result: MatchResult): string {
  if (result.interrupted !== undefined) {
    return `BROKEN OFF  ${scenario.name} on ${result.head.host}: ${result.interrupted}`;
  }
  const mark = result.misses.length === 0 ? "as expected" : "NOT AS EXPECTED";
  const parties = result.verdict.fault;
  const fault = parties.length === 0 ? "nobody" : parties.join(", then ");
  return `${mark}  ${scenario.name} on ${result.head.host}: at fault ${fault}`;
}

/** The same as one JSON document. */
export function matchJson(scenario: Scenario, result: MatchResult): object {
  return {
    ...result.head,
    title: scenario.title,
    lengthUs: result.lengthUs,
    asExpected: result.misses.length === 0,
    misses: result.misses,
    ...(result.interrupted === undefined ? {} : { interrupted: result.interrupted }),
    remarks: result.remarks,
    verdict: result.verdict,
    ...(result.attributes === undefined ? {} : { attributes: result.attributes }),
  };
}

function expectationLines(result: MatchResult): string[] {
  if (result.misses.length === 0) return ["as the scenario expects"];
  if (result.interrupted !== undefined) return [...result.misses];
  return ["NOT as the scenario expects:", ...result.misses.map((miss) => `  ${miss}`)];
}
