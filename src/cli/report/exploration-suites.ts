/** What was explored, for test tools: a suite for each host, a test for each scenario. */
import { grouped } from "../../lab/explore/index.ts";
import { explorationReport, foundLine } from "./exploration.ts";
import type { ExplorationDocument } from "./exploration-document.ts";
import { markdownTable, markdownTroubles } from "./markdown.ts";
import type { TestOutcome, TestSuite } from "./suites.ts";

/** A scenario in which no run is broken passes. One that was not tried is neither passed nor failed. */
export function explorationSuites(all: readonly ExplorationDocument[]): readonly TestSuite[] {
  return [...new Set(all.map(({ host }) => host))].map((host) => ({
    name: host,
    tests: all
      .filter((each) => each.host === host)
      .map((each) => ({
        name: `${each.scenario} (${each.interface}): ${each.what}`,
        // How long a search took is its machine's time, and no two are the same.
        lengthUs: 0,
        outcome: outcomeOf(each),
      })),
  }));
}

/** A table, and below it what is broken. */
export function explorationMarkdown(all: readonly ExplorationDocument[]): string {
  const rows = all.map((each) => [
    each.scenario,
    each.host,
    each.interface,
    each.what,
    grouped(each.runs),
    grouped(each.brokenRuns),
    String(each.brokenSorts.length),
    each.ended,
    each.coverage,
  ]);
  const head = ["scenario", "host", "interface", "what was tried", "runs", "broken", "sorts"];
  const table = markdownTable([[...head, "ended", "covered"], ...rows]);
  return table + markdownTroubles(explorationSuites(all));
}

function outcomeOf(each: ExplorationDocument): TestOutcome {
  const { runs, brokenRuns, broken, brokenSorts, ended } = each;
  if (brokenRuns > 0) {
    const [first] = broken;
    const why = first === undefined ? (brokenSorts[0] ?? "") : `${first.rule} ${first.detail}`;
    const message = `${foundLine([each])}: ${why}`;
    return { state: "failed", type: "exploration", message, report: explorationReport(each) };
  }
  if (ended === "interrupted") {
    const message = "it was interrupted";
    return { state: "broken", type: "interrupted", message, report: explorationReport(each) };
  }
  if (runs === 0) return { state: "skipped", reason: "nothing was tried" };
  return { state: "passed" };
}
