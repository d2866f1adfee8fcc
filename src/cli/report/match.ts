/**
 * What one match comes to: for a reader, as a line of a list, as a JSON document. `run` prints it,
 * `matrix` and JUnit have it in their cells.
 */
import type { MatchResult, Scenario } from "../../lab/index.ts";
import { durationText } from "../../lab/index.ts";
import { verdictText } from "../../referee/index.ts";
import type { TraceHead } from "../../trace/head.ts";

/** What a match comes to, for a reader. */
export function matchReport(scenario: Scenario, result: MatchResult): string {
  const { head } = result;
  const lines = [
    `${scenario.name}: ${scenario.title}`,
    `host ${head.host}, bmc ${head.bmc}, ${head.interface}, seed ${head.seed}; ${durationText(result.lengthUs)} of ${CLOCK[head.clock]} time`,
    ...kernelLines(head),
    ...result.remarks.map((remark) => `remark: ${remark}`),
    "",
    verdictText(result.verdict, result.usual).trimEnd(),
    "",
    ...expectationLines(scenario, result),
  ];
  return `${lines.join("\n")}\n`;
}

/** What a guest ran, where its name and version do not say. */
export function kernelLines({ kernel }: TraceHead): readonly string[] {
  if (kernel === undefined) return [];
  const { name, version, sha256, modules, parameters } = kernel;
  const replaced = Object.entries(modules).map(([module, hash]) => {
    return `module ${module} given by hand (${short(hash)})`;
  });
  const set = parameters.map((parameter) => `parameter ${parameter}`);
  return [[`kernel ${name}, ${version}, image ${short(sha256)}`, ...replaced, ...set].join("; ")];
}

/** As much of a hash as tells two files apart. */
function short(hash: string): string {
  return hash.slice(0, 12);
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
export function matchJson(scenario: Scenario, result: MatchResult) {
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

function expectationLines({ expect }: Scenario, result: MatchResult): string[] {
  if (result.misses.length === 0) {
    return [expect === undefined ? "the scenario expects nothing" : "as the scenario expects"];
  }
  if (result.interrupted !== undefined) return [...result.misses];
  return ["NOT as the scenario expects:", ...result.misses.map((miss) => `  ${miss}`)];
}
