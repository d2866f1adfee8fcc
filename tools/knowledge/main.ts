/**
 * Plays the catalogue on kernels that were added, and keeps what their consoles said: what
 * `baseboard diagnose` knows. Begins where it was left; Ctrl-C ends it between two matches.
 *
 *     npm run knowledge                              all scenarios on 6.1, 6.17, 6.18.5 and 7.2
 *     npm run knowledge -- --host linux:6.1[,...]    on these kernels
 *     ... --interface KIND[,...]   there, kcs when left out
 *     ... --scenario NAME[,...]    these alone
 *     ... --watched                with a reader of sysfs beside the scenario's users
 *     ... --debug                  on KCS, where the driver says when it gives a transfer up
 *     ... --minutes N              begins no match after so long
 *     ... --plays FILE             where the consoles are kept, runs/knowledge.jsonl when left out
 *     ... --fresh                  forgets the matches of the base that were not played by now
 *     ... --base                   plays nothing, writes knowledge/consoles.json from what was played
 *     ... --evaluate               plays nothing, writes into docs/diagnose.md how well each kernel's
 *                                  consoles are recognised by what the others' said
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chosenScenarios, interfaceNamed, playedOn } from "../../src/cli/catalogue.ts";
import { hostsOf } from "../../src/cli/hosts.ts";
import { KNOWLEDGE_FILE } from "../../src/cli/knowledge.ts";
import { knowledgeText, readMatches } from "../../src/diagnosis/index.ts";
import { whyNotFor } from "../../src/lab/index.ts";
import { inOrder, matchOf } from "./base.ts";
import { trialsMarkdown } from "./evaluate.ts";
import { identityOf, keyOf, PlayFile, play } from "./plays.ts";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "linux:6.1,linux:6.17,linux:6.18.5,linux:7.2" },
    interface: { type: "string", default: "kcs" },
    scenario: { type: "string" },
    watched: { type: "boolean", default: false },
    debug: { type: "boolean", default: false },
    minutes: { type: "string", default: "10000" },
    fresh: { type: "boolean", default: false },
    evaluate: { type: "boolean", default: false },
    base: { type: "boolean", default: false },
    plays: { type: "string", default: "runs/knowledge.jsonl" },
  },
});

const HOW = values.debug ? "debug" : values.watched ? "watched" : "alone";
const DOCUMENT = new URL("../../docs/diagnose.md", import.meta.url);
const MARKS = /(<!-- evaluation -->\n)[\s\S]*(<!-- end -->)/;

if (values.evaluate) writeEvaluation();
else await writeBase();

function writeEvaluation(): void {
  const matches = readMatches(readFileSync(KNOWLEDGE_FILE, "utf8"));
  const text = readFileSync(DOCUMENT, "utf8");
  writeFileSync(DOCUMENT, text.replace(MARKS, `$1${trialsMarkdown(matches)}\n$2`));
}

async function writeBase(): Promise<void> {
  const file = new PlayFile(values.plays);
  if (!values.base) await playAll(file);
  const known = values.fresh ? [] : readMatches(readFileSync(KNOWLEDGE_FILE, "utf8"));
  const matches = [...known, ...file.plays.map(matchOf)];
  const last = new Map(matches.map((match) => [keyOf(match), match]));
  writeFileSync(KNOWLEDGE_FILE, knowledgeText(inOrder([...last.values()])));
}

async function playAll(file: PlayFile): Promise<void> {
  const until = performance.now() + Number(values.minutes) * 60_000;
  const names = values.scenario?.split(",") ?? [];
  const chosen = chosenScenarios(names, names.length === 0);
  for (const kind of values.interface.split(",").map(interfaceNamed)) {
    for (const { scenario } of chosen.map((each) => playedOn(each, kind))) {
      for (const host of hostsOf(values.host.split(","))) {
        const key = keyOf(identityOf(host, scenario, HOW));
        if (whyNotFor(scenario, host) !== undefined || file.has(key)) continue;
        if (performance.now() > until) return;
        const begun = performance.now();
        const played = await play(host, scenario, HOW);
        file.add(played);
        const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
        console.log(`${key}: ${played.console.length} lines, ${seconds} s`);
      }
    }
  }
}
