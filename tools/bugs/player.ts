/**
 * Plays scenarios on sources with a bug in them, or without: `workshop.ts` bundles this file with all
 * that it imports, and runs it in a thread of its own. Tells what came of each match.
 */
import { createHash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { whyNotFor } from "../../src/match/party.ts";
import { playMatch } from "../../src/match/play.ts";
import { inOneGo } from "../../src/match/steps.ts";
import type { Finding } from "../../src/referee/verdict.ts";
import { onInterface } from "../../src/scenario/on-interface.ts";
import { readScenario } from "../../src/scenario/read.ts";
import type { Scenario } from "../../src/scenario/schema.ts";
import { model } from "../../src/seats/model/party.ts";
import { stack } from "../../src/seats/stack/party.ts";
import type { TraceHead } from "../../src/trace/head.ts";
import { JsonLinesSink } from "../../src/trace/jsonl.ts";
import type { InterfaceKind } from "../../src/wire/interface.ts";
import type { Bug } from "./bug.ts";
import { type Blame, type Breach, type Outcome, outcomeOf, type Played } from "./sort.ts";

/** What a player has to play. */
export interface Plan {
  readonly interfaces: readonly InterfaceKind[];
  /** The texts of all scenarios. */
  readonly scenarios: readonly string[];
  /** With a bug: the matches without any. */
  readonly bug?: { readonly bug: Bug; readonly without: readonly Played[]; readonly until: Until };
}

/** When to be content with what was found. */
export interface Until {
  /** So many matches in any case. */
  readonly first: number;
  /** Then until a match has this to say, if any has. */
  readonly blame: Blame;
}

/** A match that makes more is given up, and judged by what was seen. */
const EVENTS_MAX = 150_000;

play(workerData);

function play({ interfaces, scenarios, bug }: Plan): void {
  let count = 0;
  let content = false;
  for (const kind of interfaces) {
    for (const plain of scenarios) {
      const text = onInterface(plain, kind);
      const scenario = readScenario(text, "a scenario");
      if (whyNotFor(scenario, stack) !== undefined) continue;
      const played = playedOne(scenario, text, kind);
      const outcome = bug === undefined ? undefined : comparedOf(bug, played);
      parentPort?.postMessage(outcome ?? played);
      count++;
      content ||= outcome !== undefined && outcome.blame === bug?.until.blame;
      if (content && bug !== undefined && count >= bug.until.first) return;
    }
  }
}

function comparedOf({ bug, without }: NonNullable<Plan["bug"]>, played: Played): Outcome {
  const plain = without.find((each) => {
    return each.scenario === played.scenario && each.interface === played.interface;
  });
  if (plain === undefined) throw new Error(`${played.scenario} was not played without a bug`);
  return outcomeOf(bug, plain, played);
}

function playedOne(scenario: Scenario, scenarioText: string, kind: InterfaceKind): Played {
  const hash = createHash("sha256");
  const place = { scenario: scenario.name, interface: kind };
  try {
    const options = {
      scenarioText,
      eventsMax: EVENTS_MAX,
      sinks: (head: TraceHead) => [new JsonLinesSink(head, (line) => void hash.update(line))],
    };
    const { verdict } = inOneGo(playMatch(scenario, { host: stack, bmc: model }, options));
    // What the wire explains is no party's.
    const own = verdict.violations.filter(({ wire }) => wire.length === 0);
    const breaches = [
      ...own.map((found) => breachOf(found, false)),
      ...verdict.notes.map((found) => breachOf(found, true)),
    ];
    return { ...place, hash: hash.digest("hex"), breaches };
  } catch (thrown) {
    const crash = thrown instanceof Error ? thrown.message : String(thrown);
    return { ...place, hash: crash, breaches: [], crash };
  }
}

function breachOf({ rule, party, count, orders, follows }: Finding, note: boolean): Breach {
  return { rule, party, count, ordered: orders.length > 0, follows: follows !== null, note };
}
