import type { Over } from "../../src/explain/index.ts";
import { commandName } from "../../src/ipmi/command-table.ts";
import { completionText } from "../../src/ipmi/completion.ts";

/** One transfer, for a row of a table. */
export interface TransferRow {
  readonly number: number;
  readonly startUs: number;
  readonly durationUs: number;
  readonly command: string;
  /** The completion code; -1 of one without a response. */
  readonly code: number;
  readonly outcome: Over["outcome"];
}

/** How long the answered transfers of one command took, in µs. */
export interface CommandTimes {
  readonly command: string;
  readonly count: number;
  /** Of them, those that had no answer. */
  readonly unanswered: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly most: number;
}

/** A request that is too short to have a command. */
const TOO_SHORT = "too short to be a request";

export function transferRow(over: Over): TransferRow {
  const { number, startUs, endUs, outcome, request, response } = over;
  return {
    number,
    startUs,
    durationUs: endUs - startUs,
    command: commandOf(request),
    code: response[2] ?? -1,
    outcome,
  };
}

/** By command, those that took longest first. */
export function commandTimes(rows: readonly TransferRow[]): readonly CommandTimes[] {
  const byCommand = new Map<string, TransferRow[]>();
  for (const row of rows) {
    const same = byCommand.get(row.command);
    if (same === undefined) byCommand.set(row.command, [row]);
    else same.push(row);
  }
  const times = [...byCommand].map(([command, same]) => timesOf(command, same));
  return times.toSorted((a, b) => b.most - a.most || (a.command < b.command ? -1 : 1));
}

/** What the completion codes mean that are in those rows. */
export function codesOf(rows: readonly TransferRow[]): ReadonlyMap<number, string> {
  const codes = new Set(rows.map(({ code }) => code).filter((code) => code >= 0));
  return new Map([...codes].map((code) => [code, completionText(code)]));
}

/** The least value that so many percent of them do not exceed; 0 of none. */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? 0;
}

function timesOf(command: string, rows: readonly TransferRow[]): CommandTimes {
  const answered = rows.filter(({ outcome }) => outcome === "answered");
  const sorted = Float64Array.from(answered, ({ durationUs }) => durationUs).sort();
  return {
    command,
    count: rows.length,
    unanswered: rows.length - answered.length,
    p50: percentile(sorted, 50),
    p90: percentile(sorted, 90),
    p99: percentile(sorted, 99),
    most: sorted.at(-1) ?? 0,
  };
}

function commandOf([netFnLun, cmd]: Uint8Array): string {
  if (netFnLun === undefined || cmd === undefined) return TOO_SHORT;
  return commandName(netFnLun >> 2, cmd);
}
