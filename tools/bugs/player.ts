/**
 * Plays the catalogue on the sources that lie beside it: `workshop.ts` starts it in a copy of the
 * repository, with a bug in it or without. Prints a line of JSON for each match.
 *
 *     player.ts PLAN      a file with a Plan
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chosenScenarios, playedOn } from "../../src/cli/catalogue.ts";
import { HOSTS, runStackMatch, type Scenario, whyNotFor } from "../../src/lab/index.ts";
import { JsonLinesSink } from "../../src/trace/index.ts";
import type { InterfaceKind } from "../../src/wire/interface.ts";
import type { Bug } from "./bug.ts";
import { outcomeOf, type Played } from "./sort.ts";

/** What a player has to play. */
export interface Plan {
  readonly interfaces: readonly InterfaceKind[];
  /** With a bug: outcomes are printed, and not matches. */
  readonly bug?: Bug;
  /** A file with the matches without any bug, as JSON. */
  readonly without?: string;
  /** Go on when the rule that was wanted was found. */
  readonly all: boolean;
}

/** A match that makes more is given up, and judged by what was seen. */
const EVENTS_MAX = 150_000;

const [, , file = ""] = process.argv;
play(JSON.parse(readFileSync(file, "utf8")));

function play({ interfaces, bug, without, all }: Plan): void {
  const known: readonly Played[] =
    without === undefined ? [] : JSON.parse(readFileSync(without, "utf8"));
  for (const kind of interfaces) {
    for (const loaded of chosenScenarios([], true)) {
      const { scenario, text } = playedOn(loaded, kind);
      if (whyNotFor(scenario, HOSTS.stack) !== undefined) continue;
      const played = playedOne(scenario, text, kind);
      if (bug === undefined) {
        console.log(JSON.stringify(played));
        continue;
      }
      const plain = known.find(
        (each) => each.scenario === scenario.name && each.interface === kind,
      );
      if (plain === undefined) throw new Error(`${scenario.name} on ${kind} was not played before`);
      const outcome = outcomeOf(bug, plain, played);
      console.log(JSON.stringify(outcome));
      if (!all && outcome.blame === "right rule") return;
    }
  }
}

function playedOne(scenario: Scenario, scenarioText: string, kind: InterfaceKind): Played {
  const hash = createHash("sha256");
  const place = { scenario: scenario.name, interface: kind };
  try {
    const { verdict } = runStackMatch(scenario, {
      scenarioText,
      eventsMax: EVENTS_MAX,
      sinks: (head) => [new JsonLinesSink(head, (line) => void hash.update(line))],
    });
    const breaches = verdict.violations.map(({ rule, party, count, orders, follows }) => {
      return { rule, party, count, ordered: orders.length > 0, follows: follows !== null };
    });
    return { ...place, hash: hash.digest("hex"), breaches };
  } catch (thrown) {
    const crash = thrown instanceof Error ? thrown.message : String(thrown);
    return { ...place, hash: crash, breaches: [], crash };
  }
}
