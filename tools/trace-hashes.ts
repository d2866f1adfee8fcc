/**
 * Plays scenarios on our own stack, on each interface that they make sense on, and prints a line
 * each with the hashes of the events and of the verdict, then one line for all of them. A change
 * that means to leave matches as they are leaves these lines as they are.
 *
 *     npm run hashes                      the catalogue
 *     npm run hashes -- FILE...           scenarios of one's own
 */
import { createHash } from "node:crypto";
import { chosenScenarios, type Loaded, playedOn } from "../src/cli/catalogue.ts";
import { HOSTS, INTERFACES, runStackMatch, whyNotFor } from "../src/lab/index.ts";
import { JsonLinesSink } from "../src/trace/index.ts";

const files = process.argv.slice(2);
const all = { events: createHash("sha256"), verdict: createHash("sha256"), matches: 0, lines: 0 };

for (const loaded of chosenScenarios(files, files.length === 0)) {
  for (const kind of INTERFACES) {
    const here = onKind(loaded, kind);
    if (here !== undefined) print(`${here.scenario.name} ${kind}`, here);
  }
}
console.log(
  `${all.matches} matches, ${all.lines} events: ` +
    `events ${all.events.digest("hex")}, verdicts ${all.verdict.digest("hex")}`,
);

function onKind(loaded: Loaded, kind: (typeof INTERFACES)[number]): Loaded | undefined {
  const here = playedOn(loaded, kind);
  return whyNotFor(here.scenario, HOSTS.stack) === undefined ? here : undefined;
}

function print(what: string, { scenario, text }: Loaded): void {
  const events = createHash("sha256");
  let lines = 0;
  const result = runStackMatch(scenario, {
    scenarioText: text,
    sinks: (head) => [
      new JsonLinesSink(head, (line) => {
        // The head carries the scenario's text and the version: it is not what happened.
        if (lines++ > 0) events.update(line);
      }),
    ],
  });
  const judged = JSON.stringify([result.verdict, result.misses, result.lengthUs]);
  const digests = [
    events.digest("hex"),
    createHash("sha256").update(judged).digest("hex"),
  ] as const;
  all.events.update(digests[0]);
  all.verdict.update(digests[1]);
  all.matches++;
  all.lines += lines - 1;
  console.log(`${what} ${digests.map((digest) => digest.slice(0, 16)).join(" ")}`);
}
