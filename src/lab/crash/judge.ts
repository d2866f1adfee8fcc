import type { CrashCommand } from "../../crash/commands.ts";
import { type CommandResult, Outcome } from "../../crash/results.ts";
import { commandName } from "../../ipmi/command-table.ts";
import { hex } from "../../ipmi/message.ts";
import { breachesBy } from "../../referee/index.ts";
import { BREAKAGES, isBreakage } from "./breakages.ts";
import { labScale } from "./lab-bounds.ts";
import type { CrashRun } from "./machine.ts";
import type { CrashPoint } from "./point.ts";

/** Why a command was not delivered: the executor's own word for it. */
export const LOSSES = ["NotTaken", "NotAnswered", "Absent", "OutOfTime", "NotBegun"] as const;
export type Loss = (typeof LOSSES)[number];

/** One run, and what is to be said of it. */
export interface Judged {
  /** What broke, and where; undefined when nothing did. */
  readonly point: CrashPoint | undefined;
  readonly run: CrashRun;
  /** The commands that the BMC answered. */
  readonly delivered: number;
  readonly lost: readonly Loss[];
  readonly overBudget: boolean;
  /** What must not be was carried out more often than it was to be sent. */
  readonly twice: boolean;
  /** What the executor does that it must not, a sentence each; empty in a run that is right. */
  readonly broken: readonly string[];
}

/** The commands in the order in which they were to be sent, and what the run came to. */
export function judge(
  commands: readonly CrashCommand[],
  run: CrashRun,
  point: CrashPoint | undefined,
): Judged {
  const lost = commands.flatMap((_, index) => lossOf(run.results.commands[index]) ?? []);
  const twice = commands.filter((each) => each.once && excess(each, commands, run) > 0);
  const { budgetUs, looksApartUs } = labScale(run.kind);
  const overUs = run.tookUs - budgetUs;
  const overBudget = overUs > looksApartUs;
  const broken = [
    ...run.owed,
    ...(overBudget ? [`it took ${overUs} us more than its budget`] : []),
    ...twice.map((each) => `${nameOf(each.bytes)} was carried out more often than it was to be`),
    ...untrue(commands, run),
    ...needless(commands, run, point),
    ...breaches(run),
  ];
  const delivered = commands.length - lost.length;
  return { point, run, delivered, lost, overBudget, twice: twice.length > 0, broken };
}

function lossOf(result: CommandResult | undefined): Loss | undefined {
  if (result === undefined) return "NotBegun";
  const { outcome } = result;
  if (outcome === Outcome.Answered) return undefined;
  return LOSSES.find((each) => each !== "NotBegun" && Outcome[each] === outcome);
}

/** How much more often than it was to be sent the BMC's application read the command. */
function excess({ bytes }: CrashCommand, commands: readonly CrashCommand[], run: CrashRun): number {
  const planned = commands.filter((each) => hex(each.bytes) === hex(bytes)).length;
  return times(bytes, run) - planned;
}

function times(bytes: Uint8Array, { carriedOut }: CrashRun): number {
  return carriedOut.filter((each) => hex(each) === hex(bytes)).length;
}

/** What the executor noted against what the BMC's application had to do. */
function untrue(commands: readonly CrashCommand[], run: CrashRun): readonly string[] {
  return run.results.commands.flatMap(({ outcome }, index) => {
    const bytes = commands[index]?.bytes ?? new Uint8Array(0);
    const count = times(bytes, run);
    if (outcome === Outcome.Answered && count === 0) {
      return [`${nameOf(bytes)} was noted as answered, and never carried out`];
    }
    const alone = commands.filter((each) => hex(each.bytes) === hex(bytes)).length === 1;
    if (outcome === Outcome.NotTaken && alone && count > 0) {
      return [`${nameOf(bytes)} was noted as not taken, and was carried out`];
    }
    return [];
  });
}

/**
 * What was lost although the BMC was itself again, or never was anything else. The command in which it
 * broke may be lost if it must not be sent again.
 */
function needless(
  commands: readonly CrashCommand[],
  run: CrashRun,
  point: CrashPoint | undefined,
): readonly string[] {
  const breaks = point !== undefined && isBreakage(point.trial);
  if (breaks && !BREAKAGES[point.trial].heals) return [];
  const lost = commands.filter((_, index) => lossOf(run.results.commands[index]) !== undefined);
  const excused = breaks ? lost.findIndex(({ once }) => once) : -1;
  return lost
    .filter((_, index) => index !== excused)
    .map(({ bytes }) => `${nameOf(bytes)} was lost, and a BMC was there to take it`);
}

/** What the referee says of the executor, and not of what was done to the wire. */
function breaches({ verdict }: CrashRun): readonly string[] {
  return breachesBy("host", verdict).map(({ rule, detail }) => `${rule}: ${detail}`);
}

function nameOf(bytes: Uint8Array): string {
  return commandName((bytes[0] ?? 0) >> 2, bytes[1] ?? 0);
}
