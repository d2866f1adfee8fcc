import { Knowledge, type KnownMatch, rank } from "../../src/diagnosis/index.ts";

/** How a match's console was recognised by what was known without its kernel. */
export interface Trial {
  readonly match: KnownMatch;
  /** It has no line that a match lacks in which nothing is wrong. */
  readonly silent: boolean;
  /** The place of the right scenario among the findings, from 1; undefined when it is not there. */
  readonly place: number | undefined;
  /** The scenarios that were found instead. */
  readonly instead: readonly string[];
}

const RIGHT_MATCH = "a-right-match";
const PLACES = 3;

/** Takes each kernel's matches out of the base, and looks their consoles up in what is left. */
export function leaveOneKernelOut(matches: readonly KnownMatch[]): readonly Trial[] {
  return leaveOut(matches, ({ kernel }) => kernel);
}

/** The same with all kernels of a series at once: what only one series does cannot be found then. */
export function leaveOneSeriesOut(matches: readonly KnownMatch[]): readonly Trial[] {
  return leaveOut(matches, seriesOf);
}

function seriesOf({ kernel }: KnownMatch): string {
  return kernel.split(".").slice(0, 2).join(".");
}

function leaveOut(
  matches: readonly KnownMatch[],
  groupOf: (match: KnownMatch) => string,
): readonly Trial[] {
  const whole = new Knowledge(matches);
  return [...new Set(matches.map(groupOf))].flatMap((group) => {
    const rest = new Knowledge(matches.filter((match) => groupOf(match) !== group));
    return matches
      .filter((match) => groupOf(match) === group && match.scenario !== RIGHT_MATCH)
      .map((match) => trial(match, rest, whole));
  });
}

function trial(match: KnownMatch, rest: Knowledge, whole: Knowledge): Trial {
  const seen = new Map(
    [...match.lines].map(([shape, count]) => [shape, { shape, count, line: 0, text: shape }]),
  );
  const found = rank(rest, seen, {
    interfaces: new Set([match.interface]),
    kernel: match.kernel,
  }).slice(0, PLACES);
  const at = found.findIndex(({ scenario, alike }) => {
    return scenario === match.scenario || alike.includes(match.scenario);
  });
  return {
    match,
    silent: ![...match.lines.keys()].some((shape) => whole.tells(shape)),
    place: at < 0 ? undefined : at + 1,
    instead: found.map(({ scenario }) => scenario),
  };
}

/** The share of the consoles that say something in which the scenario is among the first three. */
export function shareFound(trials: readonly Trial[]): number {
  const saying = trials.filter(({ silent }) => !silent);
  return saying.filter(({ place }) => place !== undefined).length / saying.length;
}

/** The trials as Markdown: a table by kernel and interface, and what was not found. */
export function trialsMarkdown(matches: readonly KnownMatch[]): string {
  const trials = leaveOneKernelOut(matches);
  const bySeries = leaveOneSeriesOut(matches);
  const rows = rowsBy(trials, ({ kernel, interface: kind }) => `${kernel} | ${kind}`);
  const seriesRows = rowsBy(bySeries, (match) => `all of ${seriesOf(match)} | all`);
  const missed = trials.filter(({ silent, place }) => !silent && place === undefined);
  return [
    "| left out | interface | matches | silent | first | among the first three |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    rowOf("all | all", trials),
    ...seriesRows,
    rowOf("its whole series | all", bySeries),
    "",
    "Not found:",
    "",
    ...missed.map(({ match, instead }) => {
      const { scenario, kernel, interface: kind, how: played } = match;
      const how = `${kernel}, ${kind}${played === "alone" ? "" : `, ${played}`}`;
      const others = instead.length === 0 ? "nothing" : instead.join(", ");
      return `- ${scenario} (${how}): ${others} in its place`;
    }),
    "",
    `Silent on every kernel: ${silentScenarios(trials).join(", ")}.`,
  ].join("\n");
}

/** A row for each group of trials, in the order of the versions. */
function rowsBy(trials: readonly Trial[], keyOf: (match: KnownMatch) => string): readonly string[] {
  const groups = new Map<string, Trial[]>();
  for (const trial of trials) {
    const key = keyOf(trial.match);
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return [...groups].sort(byVersion).map(([key, group]) => rowOf(key, group));
}

function byVersion([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function rowOf(key: string, group: readonly Trial[]): string {
  const saying = group.filter(({ silent }) => !silent);
  const first = saying.filter(({ place }) => place === 1).length;
  const found = saying.filter(({ place }) => place !== undefined).length;
  const silent = group.length - saying.length;
  return `| ${key} | ${group.length} | ${silent} | ${first} | ${found} of ${saying.length} |`;
}

function silentScenarios(trials: readonly Trial[]): readonly string[] {
  const saying = new Set(trials.filter(({ silent }) => !silent).map(({ match }) => match.scenario));
  const all = new Set(trials.map(({ match }) => match.scenario));
  return [...all].filter((name) => !saying.has(name)).sort();
}
