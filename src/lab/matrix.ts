import { assert } from "../assert.ts";
import { type HostSeat, hostName, playOn, whyNotFor } from "./host-seat.ts";
import type { MatchResult } from "./match.ts";
import type { Scenario } from "./scenario/schema.ts";

/** What came of a scenario on a host. */
export type Cell =
  | { readonly state: "played"; readonly result: MatchResult }
  /** It was not played. */
  | { readonly state: "empty"; readonly reason: string }
  /** It could not be played to its end, so there is no verdict. */
  | { readonly state: "broken"; readonly error: Error };

/** Scenarios against hosts: a row for each scenario, with a cell for each host, in their order. */
export interface Matrix {
  readonly hosts: readonly string[];
  readonly rows: readonly { readonly scenario: Scenario; readonly cells: readonly Cell[] }[];
}

export interface MatrixOptions {
  /** How many matches may be under way at once. They don't touch each other's time. */
  readonly atOnce: number;
  /** QEMU's program, when it is not the usual one. */
  readonly qemu?: string;
  /** Ends the matches under way; their cells, and those not begun, stay empty. */
  readonly signal?: AbortSignal;
  /** A match begins. */
  readonly begins?: (scenario: Scenario, host: string) => void;
}

/** A scenario and the text that it was read from. */
interface Entry {
  readonly scenario: Scenario;
  readonly text: string;
}

/** Plays each scenario on each host that it is for. */
export async function playMatrix(
  entries: readonly Entry[],
  hosts: readonly HostSeat[],
  options: MatrixOptions,
): Promise<Matrix> {
  assert(options.atOnce >= 1, "somebody plays");
  const names = hosts.map((host) => nameAmong(hosts, host));
  const rows = entries.map((entry) => {
    const cells = hosts.map((host): Cell => {
      const reason = whyNotFor(entry.scenario, host) ?? "interrupted";
      return { state: "empty", reason };
    });
    return { ...entry, cells };
  });
  const matches = hosts.flatMap((host, column) => {
    const played = rows.filter(({ scenario }) => whyNotFor(scenario, host) === undefined);
    return played.map((row) => ({ row, host, column }));
  });
  // All players take from one list, in its order.
  const next = matches.values();
  const interrupted = () => options.signal?.aborted === true;
  const player = async () => {
    for (const { row, host, column } of next) {
      // Our own stack's matches leave no room for signals while they run; between them there is.
      if (host.kind === "stack") await turn();
      if (interrupted()) return;
      options.begins?.(row.scenario, names[column] ?? "");
      const cell = await played(row, host, options);
      if (!interrupted()) row.cells[column] = cell;
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, player));
  return { hosts: names, rows };
}

/** One match that breaks must not take the others' verdicts with it. */
async function played(entry: Entry, host: HostSeat, options: MatrixOptions): Promise<Cell> {
  const { qemu, signal } = options;
  try {
    const result = await playOn(host, entry.scenario, {
      scenarioText: entry.text,
      ...(qemu === undefined ? {} : { qemu }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { state: "played", result };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { state: "broken", error };
  }
}

/** Kernels of one version, such as a distribution's and one's own, go by the names they were given. */
function nameAmong(hosts: readonly HostSeat[], host: HostSeat): string {
  const name = hostName(host);
  const alone = hosts.filter((other) => hostName(other) === name).length === 1;
  return alone || host.kind === "stack" ? name : `linux:${host.kernel.name}`;
}

/** A turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
