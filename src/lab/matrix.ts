import { assert } from "../assert.ts";
import type { MatchOptions, MatchResult } from "../match/match.ts";
import { type HostParty, whyNotFor } from "../match/party.ts";
import { SeatError } from "../programs/errors.ts";
import { onInterface } from "../scenario/on-interface.ts";
import { readScenario } from "../scenario/read.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { TransportKind } from "../wire/interface.ts";
import { playOn } from "./play.ts";

/** What came of a scenario on a host. */
export type Cell =
  | { readonly state: "played"; readonly result: MatchResult }
  /** It was not played. */
  | { readonly state: "empty"; readonly reason: string }
  /** It could not be played to its end, so there is no verdict. */
  | { readonly state: "broken"; readonly error: Error };

/** Who sits at the host's end, and on which interface; the scenario's own when left out. */
export interface Column {
  readonly host: HostParty;
  readonly interface: TransportKind | undefined;
}

/** Scenarios against hosts: a row for each scenario, with a cell for each column, in their order. */
export interface Matrix {
  /** The columns' names: the host, and the interface if one was asked for. */
  readonly hosts: readonly string[];
  readonly rows: readonly { readonly scenario: Scenario; readonly cells: readonly Cell[] }[];
}

/** How a matrix is played. */
export interface MatrixOptions {
  /** How many matches may be under way at once. They don't touch each other's time. */
  readonly atOnce: number;
  /** QEMU's program, when it is not the usual one. */
  readonly qemu?: string;
  /** Ends the matches under way; their cells, and those not begun, stay empty. */
  readonly signal?: AbortSignal;
  /** A match begins; what is returned is called when it is over. */
  readonly begins?: (scenario: Scenario, host: string) => () => void;
  /** Sinks for that match's trace, made when its head is known. */
  readonly sinks?: (scenario: Scenario, host: string) => MatchOptions["sinks"];
}

/** A scenario and the text that it was read from. */
interface Entry {
  readonly scenario: Scenario;
  readonly text: string;
}

/** Plays each scenario on each host that it is for. */
export async function playMatrix(
  entries: readonly Entry[],
  columns: readonly Column[],
  options: MatrixOptions,
): Promise<Matrix> {
  assert(options.atOnce >= 1, "somebody plays");
  const names = columns.map((column) => nameAmong(columns, column));
  const rows = entries.map((entry) => {
    const placed = columns.map((column) => placedOn(entry, column.interface));
    const cells = placed.map(({ scenario }, column): Cell => {
      const host = columns[column]?.host;
      const reason = (host && whyNotFor(scenario, host)) ?? "interrupted";
      return { state: "empty", reason };
    });
    return { ...entry, placed, cells };
  });
  const matches = columns.flatMap(({ host }, column) => {
    return rows.flatMap((row) => {
      const entry = row.placed[column];
      const played = entry !== undefined && whyNotFor(entry.scenario, host) === undefined;
      return played ? [{ row, entry, host, column }] : [];
    });
  });
  // All players take from one list, in its order.
  const next = matches.values();
  const interrupted = () => options.signal?.aborted === true;
  const player = async () => {
    for (const { row, entry, host, column } of next) {
      if (interrupted()) return;
      const name = names[column] ?? "";
      const over = options.begins?.(row.scenario, name);
      const cell = await played(entry, host, {
        ...options,
        sinks: options.sinks?.(row.scenario, name),
      });
      over?.();
      if (!interrupted()) row.cells[column] = cell;
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, player));
  return { hosts: names, rows };
}

interface PlayedOptions extends Pick<MatrixOptions, "qemu" | "signal"> {
  readonly sinks: MatchOptions["sinks"];
}

/** One match that breaks must not take the others' verdicts with it. */
async function played(
  entry: Entry,
  host: HostParty,
  { qemu, signal, sinks }: PlayedOptions,
): Promise<Cell> {
  try {
    const result = await playOn(host, entry.scenario, {
      scenarioText: entry.text,
      ...(sinks === undefined ? {} : { sinks }),
      ...(qemu === undefined ? {} : { qemu }),
      ...(signal === undefined ? {} : { signal }),
    });
    return cellOf(result);
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { state: "broken", error };
  }
}

/** What a match comes to in a table. */
export function cellOf(result: MatchResult): Cell {
  const { interrupted } = result;
  if (interrupted === undefined) return { state: "played", result };
  return { state: "broken", error: new SeatError("QEMU_FAILED", interrupted) };
}

/** Kernels of one version, such as a distribution's and one's own, go by the names they were given. */
function nameAmong(columns: readonly Column[], { host, interface: kind }: Column): string {
  const { name } = host;
  const alike = columns.filter(({ host: other }) => other !== host && other.name === name);
  const named = alike.length === 0 ? name : host.alias;
  return kind === undefined ? named : `${named} ${kind}`;
}

function placedOn(entry: Entry, kind: TransportKind | undefined): Entry {
  if (kind === undefined) return entry;
  const text = onInterface(entry.text, kind);
  return text === entry.text ? entry : { text, scenario: readScenario(text, entry.scenario.name) };
}
