import { resolve } from "node:path";
import type { Matrix } from "../lab/index.ts";
import { Exit, Failure } from "./failure.ts";
import type { Reported } from "./report/cell.ts";
import { matrixCtrf } from "./report/ctrf.ts";
import { matrixJunit } from "./report/junit.ts";
import { matrixKtap } from "./report/ktap.ts";
import { WholeFile } from "./whole-file.ts";

/** A format in which matches are written to a file that the user named, if it was named. */
export interface FileWanted {
  readonly option: string;
  readonly path: string | undefined;
  readonly text: (matrix: Matrix) => string;
}

/** The formats that test tools read, as each command has them, for `Command.option`. */
export const JUNIT_OPTION = [
  "--junit <file>",
  "write JUnit XML there: a suite for each host",
] as const;
export const KTAP_OPTION = [
  "--ktap <file>",
  "write KTAP there, as the kernel's own tests do: a test for each host",
] as const;

export const CTRF_OPTION = [
  "--ctrf <file>",
  "write CTRF there, the JSON of test reports: a suite for each host",
] as const;

/** What a user asks for by these. */
export interface TestToolOptions {
  readonly junit?: string;
  readonly ktap?: string;
  readonly ctrf?: string;
}

/** `reported`: what is said of a match that is not as expected. */
export function forTestTools(
  { junit, ktap, ctrf }: TestToolOptions,
  reported: Reported,
): readonly FileWanted[] {
  return [
    { option: "--junit", path: junit, text: (matrix) => matrixJunit(matrix, reported) },
    { option: "--ktap", path: ktap, text: (matrix) => matrixKtap(matrix, reported) },
    { option: "--ctrf", path: ctrf, text: (matrix) => matrixCtrf(matrix, reported) },
  ];
}

/** Whether any of them is. */
export function wantsTestTools({ junit, ktap, ctrf }: TestToolOptions): boolean {
  return (junit ?? ktap ?? ctrf) !== undefined;
}

/** Files of matches. They are opened at once, and get their names when they are whole. */
export class ReportFiles {
  readonly #files: { readonly file: WholeFile; readonly text: FileWanted["text"] }[] = [];

  /** `taken`: a file that somebody else writes. */
  constructor(wanted: readonly FileWanted[], taken?: string) {
    const paths = new Set(taken === undefined ? [] : [resolve(taken)]);
    try {
      for (const { option, path, text } of wanted) {
        if (path === undefined) continue;
        if (paths.has(resolve(path))) {
          const why = "another option writes there";
          throw new Failure(Exit.WrongCommand, `${option} ${path}: ${why}`);
        }
        paths.add(resolve(path));
        this.#files.push({ file: new WholeFile(option, path), text });
      }
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  write(matrix: Matrix): void {
    for (const { file, text } of this.#files) file.write(text(matrix));
    for (const { file } of this.#files) file.finish();
  }

  /** Leaves nothing behind of those that are not whole. */
  discard(): void {
    for (const { file } of this.#files) file.discard();
  }
}
