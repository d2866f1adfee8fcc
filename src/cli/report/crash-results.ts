import { type CommandResult, type CrashResults, Outcome, Stage } from "../../crash/results.ts";
import { commandName } from "../../ipmi/command-table.ts";
import { completionText } from "../../ipmi/completion.ts";

/** What the executor left, for a reader. */
export function crashReportText({ planned, commands }: CrashResults): string {
  const answered = commands.filter(({ outcome }) => outcome === Outcome.Answered).length;
  const left = planned - commands.length;
  return [
    `the BMC answered ${answered} of ${planned} commands before this kernel`,
    ...commands.map(
      (each) => `  ${commandName(each.netFn, each.cmd)}: ${outcomeText(each)}${spentText(each)}`,
    ),
    ...(left === 0 ? [] : [`  ${left} more were not begun`]),
  ].join("\n");
}

/** The same for a program. */
export function crashReportJson({ planned, commands }: CrashResults): object {
  return {
    planned,
    commands: commands.map(({ outcome, stage, ...rest }) => ({
      name: commandName(rest.netFn, rest.cmd),
      ...rest,
      outcome: nameIn(Outcome, outcome),
      stage: stage === undefined ? undefined : nameIn(Stage, stage),
    })),
  };
}

function outcomeText({ outcome, completionCode, stage, netFn, cmd }: CommandResult): string {
  const taken = stage !== undefined && stage >= Stage.Sent;
  switch (outcome) {
    case Outcome.Answered:
      return completionText(completionCode ?? 0, netFn, cmd);
    case Outcome.NotTaken:
      return "the BMC did not take it";
    case Outcome.NotAnswered:
      return "the BMC took it and did not answer: it may have been carried out";
    case Outcome.Absent:
      return `nothing is there${taken ? " any more: it may have been carried out" : ""}`;
    case Outcome.OutOfTime:
      return `the time was used up${taken ? ": it may have been carried out" : ""}`;
    case Outcome.NotMapped:
      return "the processor has no such address, and nothing was tried";
  }
}

function spentText({ tries, atMs }: CommandResult): string {
  const at = atMs === undefined ? "" : `, done ${atMs} ms after the crash kernel was entered`;
  return ` (${tries === 1 ? "one try" : `${tries} tries`}${at})`;
}

function nameIn<T extends number>(names: Readonly<Record<string, T>>, value: T): string {
  return Object.entries(names).find(([, each]) => each === value)?.[0] ?? String(value);
}
