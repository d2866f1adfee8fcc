/** By what a command fails: by all that is wrong, or only by what was not wrong before. */
import { readFileSync } from "node:fs";
import { Option } from "commander";
import { failureAt } from "./environment.ts";
import { Exit, Failure } from "./failure.ts";
import { visible } from "./printable.ts";
import { type Complaint, type Complaints, complaintsIn } from "./report/complaints.ts";
import { say, sayError } from "./say.ts";

/** The option as each command has it, for `Command.option`. */
export const BASELINE_OPTION = [
  "--baseline <file>",
  "what `--json` wrote before: say what is new since, and fail by that alone",
] as const;

/** What makes a command fail that plays or searches. */
const FAIL_ON = ["unexpected", "introduced", "none"] as const;

/** The option of those commands, for `Command.addOption`. */
export function failOnOption(): Option {
  return new Option(
    "--fail-on <what>",
    "exit with 1 by anything that is wrong, by what the baseline does not have, or by nothing",
  ).choices(FAIL_ON);
}

/** What a user asks for by these. */
export interface GateOptions {
  readonly baseline?: string;
  readonly failOn?: string;
}

/** Decides how a command ends, once it has its document. */
export class Gate {
  readonly #path: string | undefined;
  readonly #before: Complaints | undefined;
  readonly #failOn: string | undefined;
  #comparison: Comparison | undefined;

  /** Throws where the baseline cannot be read, before any work is done. */
  constructor({ baseline, failOn }: GateOptions) {
    if (failOn === "introduced" && baseline === undefined) {
      throw new Failure(Exit.WrongCommand, "--fail-on introduced: --baseline says since when");
    }
    this.#path = baseline;
    this.#before = baseline === undefined ? undefined : baselineIn(baseline);
    this.#failOn = failOn ?? (baseline === undefined ? undefined : "introduced");
  }

  /**
   * The exit status of a command whose document this is, and which would end with `exit`. What was not
   * played, or was interrupted, stays that.
   */
  exit(document: () => unknown, exit: number): number {
    if (exit > Exit.NotAsExpected) return exit;
    if (this.#failOn === "none") return Exit.AsExpected;
    if (this.#failOn !== "introduced" || this.#before === undefined) return exit;
    const { introduced } = this.#compared(this.#before, document);
    return introduced.length > 0 ? Exit.NotAsExpected : Exit.AsExpected;
  }

  /** Says what is new since the baseline; `alone`: standard output is for the document. */
  tell(document: () => unknown, alone: boolean): void {
    if (this.#before === undefined || this.#path === undefined) return;
    const lines = linesOf(this.#path, this.#compared(this.#before, document));
    (alone ? sayError : say)(`\n${lines.join("\n")}`);
  }

  /** Both ask for the same, of one and the same document. */
  #compared(before: Complaints, document: () => unknown): Comparison {
    this.#comparison ??= comparison(before, complaintsIn(document()));
    return this.#comparison;
  }
}

interface Comparison {
  readonly introduced: readonly Complaint[];
  readonly asBefore: readonly Complaint[];
  /** What was wrong, was looked at again, and is not wrong. */
  readonly gone: readonly Complaint[];
  /** What was looked at before, and now was not. */
  readonly unseen: readonly string[];
}

const NOTHING: Complaints = { places: [], complaints: [] };

function comparison(before: Complaints, now: Complaints = NOTHING): Comparison {
  const had = new Set(before.complaints.map(keyOf));
  const has = new Set(now.complaints.map(keyOf));
  const places = new Set(now.places);
  return {
    introduced: now.complaints.filter((each) => !had.has(keyOf(each))),
    asBefore: now.complaints.filter((each) => had.has(keyOf(each))),
    gone: before.complaints.filter((each) => places.has(each.where) && !has.has(keyOf(each))),
    unseen: [...new Set(before.places)].filter((each) => !places.has(each)),
  };
}

function keyOf({ where, what }: Complaint): string {
  return JSON.stringify([where, what]);
}

function linesOf(path: string, { introduced, asBefore, gone, unseen }: Comparison): string[] {
  const counts = [
    `${introduced.length} introduced`,
    `${asBefore.length} as before`,
    `${gone.length} gone`,
    ...(unseen.length === 0 ? [] : [`${unseen.length} not looked at again`]),
  ];
  return [
    `against ${visible(path)}: ${counts.join(", ")}`,
    ...introduced.map((each) => `  introduced  ${textOf(each)}`),
    ...gone.map((each) => `  gone        ${textOf(each)}`),
    ...unseen.map((each) => `  not looked at  ${visible(each)}`),
  ];
}

function textOf({ where, what }: Complaint): string {
  return `${visible(where)}: ${visible(what)}`;
}

function baselineIn(path: string): Complaints {
  const complaints = complaintsIn(parsed(path));
  if (complaints !== undefined) return complaints;
  const right = "a JSON document that run, matrix, merge, explore, judge, replay or check wrote";
  throw new Failure(Exit.WrongCommand, `--baseline ${visible(path)}: it has to be ${right}`);
}

function parsed(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw failureAt(`--baseline ${path}`, error);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(Exit.WrongCommand, `--baseline ${visible(path)}: it is no JSON`);
  }
}
