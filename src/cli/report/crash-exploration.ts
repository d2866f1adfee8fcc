import { BREAKAGES, DEATHS, isDeath } from "../../lab/crash/breakages.ts";
import type { CrashSubject } from "../../lab/crash/explore.ts";
import { type Judged, LOSSES, type Loss } from "../../lab/crash/judge.ts";
import { labScale } from "../../lab/crash/lab-bounds.ts";
import { type LabPlace, spacingOf } from "../../lab/crash/place.ts";
import { pointText, type TrialName } from "../../lab/crash/point.ts";
import type { Tally } from "../../lab/crash/tally.ts";
import { locationText } from "../../wire/location.ts";
import { crashReportJson, crashReportText } from "./crash-results.ts";

/** All that was tried with one executor. */
export interface Explored {
  readonly subject: CrashSubject;
  readonly whole: Judged;
  readonly tallies: readonly Tally[];
}

/** Of the runs of one trial that are not right, so many are named. */
const NAMED_MAX = 3;
const LOSS_TEXT: Readonly<Record<Loss, string>> = {
  NotTaken: "not taken",
  NotAnswered: "not answered",
  Absent: "absent",
  OutOfTime: "out of time",
  NotBegun: "not begun",
};
const NAME_WIDTH = 21;

/** A table for each interface, and what broke with the line that shows it again. */
export function crashExplorationText(explored: readonly Explored[]): string {
  const broken = explored.flatMap((each) => brokenLines(each));
  const runs = explored.flatMap(({ tallies }) => tallies).reduce((sum, each) => sum + each.runs, 0);
  return [
    ...explored.flatMap((each) => [...tableLines(each), ""]),
    broken.length === 0 ? `${runs} runs, and nothing broke` : `${runs} runs; what broke:`,
    ...broken,
  ].join("\n");
}

/** The same for a program. */
export function crashExplorationJson(explored: readonly Explored[]): object {
  return explored.map(({ subject, whole, tallies }) => ({
    ...placeJson(subject),
    budgetUs: labScale(subject.place.kind).budgetUs,
    accesses: whole.run.accesses,
    trials: tallies.map(({ broken, trial, ...rest }) => ({
      trial,
      about: aboutOf(trial),
      ...rest,
      broken: broken.map((each) => ({
        point: each.point === undefined ? undefined : pointText(each.point),
        why: each.broken,
      })),
    })),
  }));
}

/** One run: what the executor noted, and what is wrong with it. */
export function crashPlayedText(subject: CrashSubject, judged: Judged): string {
  const { point, run, broken } = judged;
  return [
    ...(point === undefined
      ? []
      : [`${subject.place.kind}, ${pointText(point)}: ${aboutOf(point.trial)}`]),
    `${run.accesses} register accesses, ${run.tookUs} us of ${labScale(run.kind).budgetUs}`,
    crashReportText(run.results),
    ...(broken.length === 0 ? ["nothing is wrong with that"] : broken.map((each) => `! ${each}`)),
  ].join("\n");
}

/** The same for a program. */
export function crashPlayedJson(subject: CrashSubject, { point, run, broken }: Judged): object {
  return {
    ...placeJson(subject),
    point: point === undefined ? undefined : pointText(point),
    accesses: run.accesses,
    tookUs: run.tookUs,
    budgetUs: labScale(subject.place.kind).budgetUs,
    results: crashReportJson(run.results),
    broken,
  };
}

/** How the registers lie, where it is not side by side in I/O space. */
function apartText(place: LabPlace): string {
  if (place.at === "i801") return "";
  const { at, spacing, width } = place;
  return [
    spacing === 1 ? "" : `, registers ${spacing} apart`,
    at === "mem" ? ", in memory" : "",
    width === 8 ? "" : `, accesses of ${width} bits`,
  ].join("");
}

function placeJson({ place }: CrashSubject): object {
  const at = { interface: place.kind, at: locationText(place), spacing: spacingOf(place) };
  return place.at === "i801" ? at : { ...at, width: place.width };
}

function tableLines({ subject, whole, tallies }: Explored): readonly string[] {
  const { place, commands } = subject;
  return [
    `${place.kind}${apartText(place)}: ${commands.length} commands in ${whole.run.accesses} register accesses`,
    `  ${"what breaks".padEnd(NAME_WIDTH)}  runs  delivered     over budget  twice  lost`,
    ...tallies.map(tallyLine),
  ];
}

function tallyLine(tally: Tally): string {
  const { trial, runs, delivered, commands, overBudget, twice } = tally;
  const losses = LOSSES.filter((each) => tally.lost[each] > 0);
  const lost = losses.map((each) => `${tally.lost[each]} ${LOSS_TEXT[each]}`).join(", ");
  return [
    `  ${trial.padEnd(NAME_WIDTH)}`,
    String(runs).padStart(4),
    `${delivered} of ${commands}`.padEnd(12),
    String(overBudget).padStart(11),
    String(twice).padStart(5),
    lost === "" ? "-" : lost,
  ].join("  ");
}

function brokenLines({ subject, whole, tallies }: Explored): readonly string[] {
  const { kind } = subject.place;
  const named = tallies.flatMap(({ broken }) => {
    const lines = broken.slice(0, NAMED_MAX).flatMap((each) => brokenText(subject, each));
    const more = broken.length - NAMED_MAX;
    return more > 0 ? [...lines, `    and ${more} more of that kind`] : lines;
  });
  return [...whole.broken.map((why) => `  ${kind}, with nothing wrong: ${why}`), ...named];
}

function brokenText({ place }: CrashSubject, { point, broken }: Judged): readonly string[] {
  if (point === undefined) return [];
  const again = `baseboard crash explore --at ${locationText(place)} --only ${pointText(point)}`;
  return [`  ${place.kind}, ${pointText(point)}: ${broken.join("; ")}`, `    ${again}`];
}

function aboutOf(trial: TrialName): string {
  return isDeath(trial)
    ? `the kernel died that crashed ${DEATHS[trial].about}`
    : `the BMC: ${BREAKAGES[trial].about}`;
}
