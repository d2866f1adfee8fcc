import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { coloured, wantsColours } from "../../src/cli/colour.ts";
import { explanationText } from "../../src/cli/report/explanation.ts";
import { Ladders } from "../../src/explain/index.ts";
import { verdictText } from "../../src/referee/index.ts";
import { playedMatch } from "../../tools/evidence/writers.ts";

describe("a report in colours", () => {
  const { head, events } = playedMatch(
    readFileSync("scenarios/dead-channel.yaml", "utf8"),
    "dead-channel",
    "kcs",
  );
  const ladders = new Ladders(head);
  for (const event of events) ladders.event(event);
  const verdict = ladders.verdict();
  const report = `${verdictText(verdict)}\n${explanationText(verdict, ladders)}`;

  test("is the report, and has no line that is wider", () => {
    expect(coloured(report)).not.toBe(report);
    expect(stripVTControlCharacters(coloured(report))).toBe(report);
  });

  test("tells the parties, the fault and the event apart", () => {
    const lines = coloured(report).split("\n");
    const styleOf = (what: RegExp) => {
      const line = lines.find((each) => what.test(stripVTControlCharacters(each))) ?? "";
      return line
        .split("\u001b[")
        .slice(1)
        .map((each) => Number.parseInt(each, 10));
    };
    expect(styleOf(/^fault: bmc/)).toContain(31);
    expect(styleOf(/^> +\d+/)).toContain(31);
    expect(styleOf(/\*\*\* the fault/)).toContain(35);
    expect(styleOf(/command 61h WRITE_START -+>\|/)).toEqual(expect.arrayContaining([36, 33]));
    expect(styleOf(/\|-> 18h/)).toContain(33);
    expect(styleOf(/^instead /)).toContain(32);
  });

  test("is for a terminal that wants it", () => {
    expect(wantsColours({})).toBe(false);
    expect(wantsColours({ isTTY: false, hasColors: () => true })).toBe(false);
    expect(wantsColours({ isTTY: true, hasColors: () => false })).toBe(false);
    expect(wantsColours({ isTTY: true, hasColors: () => true })).toBe(true);
  });
});
