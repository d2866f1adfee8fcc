/** Each finding of a verdict with what happened round it, for a reader and as data. */
import type { DecodedMessage, Ladder, Ladders, Passage, Rung } from "../../explain/index.ts";
import { hex } from "../../ipmi/message.ts";
import type { Finding, Verdict } from "../../referee/index.ts";
import { visible } from "../printable.ts";
import { COLUMNS, ladderLines, wrapped } from "./ladder.ts";

/** Where findings were told of, and what shows them. */
export type Explained = Pick<Ladders, "ladders">;

/**
 * A ladder for each event at which something was found, in the verdict's order. `usual`: rules of which
 * the verdict itself says no more than that.
 */
export function explanationText(
  verdict: Verdict,
  { ladders }: Explained,
  usual: readonly string[] = [],
): string {
  const blocks: string[] = [];
  for (const [n, found] of byEvent(verdict, usual)) {
    const ladder = ladders.get(n);
    if (ladder === undefined) continue;
    const heads = found.map(({ mark, finding }) => {
      return `${mark} ${finding.rule}, event ${n}: ${visible(finding.detail)}`;
    });
    const rules = found.flatMap(({ finding }) => ruleLines(finding));
    blocks.push([...heads, "", ...ladderLines(ladder), ...rules].join("\n"));
  }
  return blocks.join(`\n\n${"-".repeat(COLUMNS)}\n\n`);
}

/** The same of one event that was asked for. */
export function ladderText(ladder: Ladder): string {
  return ladderLines(ladder).join("\n");
}

/** The ladders as data, in the order of the trace. */
export function laddersJson({ ladders }: Explained): readonly object[] {
  return [...ladders.values()].toSorted((a, b) => a.n - b.n).map(ladderJson);
}

/** What the rule wants: an explanation may be mailed without its verdict. */
function ruleLines({ rule, sentence, section, instead }: Finding): string[] {
  return [
    ...wrapped(`${rule.padEnd(10)} ${sentence} [${section}]`, COLUMNS, 11),
    ...wrapped(`${"instead".padEnd(10)} ${instead}`, COLUMNS, 11),
  ];
}

interface Marked {
  readonly mark: string;
  readonly finding: Finding;
}

/** What was found by the same event is shown by one ladder. */
function byEvent({ violations, notes }: Verdict, usual: readonly string[]): Map<number, Marked[]> {
  const all = [
    ...violations.map((finding, index) => ({ mark: `${index + 1}.`, finding })),
    ...notes.filter(({ rule }) => !usual.includes(rule)).map((finding) => ({ mark: "-", finding })),
  ];
  const events = new Map<number, Marked[]>();
  for (const each of all) {
    const { n } = each.finding;
    events.set(n, [...(events.get(n) ?? []), each]);
  }
  return events;
}

function ladderJson({ n, before, passage, steps, leftOut, place, turn }: Ladder): object {
  return {
    n,
    before: before.map(passageJson),
    transfer: passage === undefined ? null : passageJson(passage),
    steps: steps.map(({ rungs, times, lastN, lastUs }) => {
      return { events: rungs.map(rungJson), times, lastN, lastUs };
    }),
    leftOut,
    host: { place, nextToAct: turn },
  };
}

function rungJson({ n, t, lane, way, text, masked, both }: Rung): object {
  return {
    ...{ n, t, lane, text },
    ...(way === undefined ? {} : { way }),
    ...(both === true ? { both } : {}),
    ...(masked ? { masked } : {}),
  };
}

function passageJson({ number, startUs, endUs, request, response, outcome }: Passage): object {
  return {
    ...{ number, startUs, endUs, outcome },
    request: request === undefined ? null : messageJson(request),
    response: response === undefined ? null : messageJson(response),
  };
}

function messageJson({ command, code, data, fields, misfit }: DecodedMessage): object {
  return {
    command,
    ...(code === undefined ? {} : { code }),
    data: hex(data),
    fields,
    ...(misfit === undefined ? {} : { misfit }),
  };
}
