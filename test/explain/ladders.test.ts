import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { explanationText } from "../../src/cli/report/explanation.ts";
import { type Ladder, Ladders } from "../../src/explain/index.ts";
import { HOSTS, onInterface, readScenario, whyNotFor } from "../../src/lab/index.ts";
import { INTERFACES, type InterfaceKind } from "../../src/trace/head.ts";
import { type Match, playedMatch } from "../../tools/evidence/writers.ts";

function played(name: string, kind: InterfaceKind): Match {
  return playedMatch(readFileSync(`scenarios/${name}.yaml`, "utf8"), name, kind);
}

function laddersOf({ head, events }: Match, at?: readonly number[]): Ladders {
  const ladders = new Ladders(head, at === undefined ? {} : { at });
  for (const event of events) ladders.event(event);
  return ladders;
}

function marked({ steps }: Ladder): readonly number[] {
  return steps.filter(({ apart }) => apart).flatMap(({ rungs }) => rungs.map(({ n }) => n));
}

describe("a transfer that went well", () => {
  test("is shown from its request to its response, whichever event is asked for", () => {
    const match = played("device-id", "kcs");
    const sent = match.events.find(({ e }) => e === "send")?.n ?? 0;
    const received = match.events.find(({ e, n }) => e === "received" && n > sent)?.n ?? 0;
    const at = (sent + received) >> 1;
    const ladder = laddersOf(match, [at]).ladders.get(at);
    if (ladder === undefined) throw new Error("no ladder");
    expect(ladder.passage).toMatchObject({
      number: 1,
      outcome: "answered",
      request: { command: "Get Device ID" },
      response: { code: { value: 0 } },
    });
    expect(ladder.before).toEqual([]);
    expect(marked(ladder)).toEqual([at]);
    const shown = ladder.steps.flatMap(({ rungs }) => rungs.map(({ text }) => text));
    expect(shown).toContain("command 61h (WRITE_START)");
    expect(shown).toContain("data 68h (READ)");
  });

  test("those before it are told of in a line each, four of them", () => {
    const match = played("device-id", "bt");
    const last = match.events.at(-1)?.n ?? 0;
    const ladder = laddersOf(match, [last]).ladders.get(last);
    const numbers = ladder?.before.map(({ number }) => number);
    const shown = ladder?.passage?.number ?? 0;
    expect(numbers).toEqual([shown - 4, shown - 3, shown - 2, shown - 1]);
  });
});

test("a finding in the event by which the next transfer begins is shown in the one that it ends", () => {
  const match = played("late-answer", "smic");
  const ladders = laddersOf(match);
  const found = ladders.verdict().violations.find(({ rule }) => rule === "GEN-02");
  const ladder = ladders.ladders.get(found?.n ?? -1);
  expect(ladder?.passage).toMatchObject({
    request: { command: "Get Self Test Results" },
    outcome: "given up by the host",
  });
  expect(marked(ladder as Ladder)).toContain(found?.n);
});

test("a trace of one face, whose beginning nobody saw, has ladders, too", () => {
  const { head, events } = played("sticky-event-buffer", "kcs");
  const host = events.filter(({ e }) => !e.startsWith("bmc") && e !== "send" && e !== "received");
  const cut = host.slice(host.length >> 2);
  const witness = { middle: true, tells: [] };
  const ladders = new Ladders({ ...head, taps: { host: true, bmc: false }, witness });
  for (const event of cut) ladders.event(event);
  const { violations } = ladders.verdict();
  expect(violations.length).toBeGreaterThan(0);
  for (const { n } of violations) expect(ladders.ladders.has(n)).toBe(true);
});

/** Some of the catalogue's scenarios in which the BMC breaks a rule. */
function brokenOn(kind: InterfaceKind): readonly (readonly [name: string, text: string])[] {
  const files = readdirSync("scenarios").filter((file) => file.endsWith(".yaml"));
  const broken = files.flatMap((file) => {
    const text = onInterface(readFileSync(`scenarios/${file}`, "utf8"), kind);
    const scenario = readScenario(text, file);
    if (whyNotFor(scenario, HOSTS.stack) !== undefined) return [];
    return (scenario.expect?.bmc ?? []).length > 0 ? [[scenario.name, text] as const] : [];
  });
  return broken.filter((_each, index) => index % 5 === 0);
}

// Goal: whatever is found in whatever match, it is shown, in lines that fit a terminal.
test.each(INTERFACES)(
  "each finding on %s has its ladder, 80 columns wide at the most",
  (kind) => {
    let found = 0;
    for (const [name, text] of brokenOn(kind)) {
      const ladders = laddersOf(playedMatch(text, name, kind));
      const verdict = ladders.verdict();
      for (const { n } of [...verdict.violations, ...verdict.notes]) {
        const ladder = ladders.ladders.get(n);
        expect(ladder, `${name}, event ${n}`).toBeDefined();
        expect(marked(ladder as Ladder), `${name}, event ${n}`).toContain(n);
        found++;
      }
      for (const line of explanationText(verdict, ladders).split("\n")) {
        // The sentence of a finding is as long as it is.
        if (!/^(\d+\.|-) [A-Z]+-\d+, event/.test(line)) expect(line.length, line).toBeLessThan(81);
      }
    }
    expect(found).toBeGreaterThan(5);
  },
  120_000,
);
