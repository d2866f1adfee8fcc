import { readScenario, runStackMatch } from "../../src/lab/index.ts";
import { blamed } from "../../src/referee/index.ts";
import { SO_MANY_CAME } from "../../src/referee/messages/flags.ts";
import { DOUBTS } from "../../src/referee/witness/sight.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { TraceHead } from "../../src/trace/head.ts";
import type { Subject } from "../judge/subjects.ts";

/** A match of the catalogue as the lab saw it, and what is known of it by that. */
export interface Recorded {
  readonly name: string;
  readonly head: TraceHead;
  readonly events: readonly TraceEvent[];
  /** Whom the whole trace's verdict blames. */
  readonly blamed: ReadonlySet<string>;
  /** Of what would clear a party, that which was so. */
  readonly clears: ReadonlySet<string>;
}

/** Plays the match. */
export function recorded({ name, text }: Subject): Recorded {
  const events: TraceEvent[] = [];
  const heads: TraceHead[] = [];
  const { verdict } = runStackMatch(readScenario(text, name), {
    scenarioText: text,
    sinks: (head) => {
      heads.push(head);
      return [{ event: (event) => void events.push(event) }];
    },
  });
  const [head] = heads;
  if (head === undefined) throw new Error(`${name}: a match has a head`);
  const parties = verdict.violations.flatMap((each) => blamed(each) ?? []);
  return {
    name,
    head,
    events,
    blamed: new Set(parties),
    clears: new Set(events.flatMap(clearing)),
  };
}

const AWAY: ReadonlySet<string> = new Set([
  ...["power-on", "reset", "away", "up", "hang", "daemon-opened", "daemon-closed"],
]);
const ANEW: ReadonlySet<string> = new Set(["panic", "removed", "inserted"]);

function clearing(event: TraceEvent): string[] {
  if (event.e === "fault" && event.on === "wire") return [DOUBTS.wire];
  if (event.e === "bmc" && event.t > 0 && AWAY.has(event.what)) return [DOUBTS.bmc];
  // The scenario brings the BMC news, or somebody behind it does.
  const news =
    event.e === "fault" ? event.on === "nobody" : event.e === "bmc" && event.what === "message";
  if (news) return [SO_MANY_CAME];
  if (event.e === "host" && ANEW.has(event.what)) return [DOUBTS.host];
  return [];
}
