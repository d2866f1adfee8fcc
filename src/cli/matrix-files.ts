import type { Matrix } from "../lab/index.ts";
import { type Reported, verdictReported } from "./report/cell.ts";
import { matrixMarkdown } from "./report/matrix.ts";
import { matrixSuites } from "./report/matrix-suites.ts";
import {
  type FileWanted,
  forTestTools,
  type TestToolOptions,
  wantsTestTools,
} from "./report-files.ts";

/** The option of what plays matches, for `Command.option`. */
export const MARKDOWN_OPTION = [
  "--markdown <file>",
  "write a table there, and what is not as expected below it, as Markdown",
] as const;

/** The files of matches that a user asks for. */
export interface MatrixFileOptions extends TestToolOptions {
  readonly markdown?: string;
}

/** `reported`: what is said of a match that is not as expected; its verdict when left out. */
export function matrixFiles(
  options: MatrixFileOptions,
  reported: Reported = verdictReported,
): readonly FileWanted<Matrix>[] {
  const text = (matrix: Matrix) => matrixMarkdown(matrix, reported);
  return [
    { option: "--markdown", path: options.markdown, text },
    ...forTestTools(options, (matrix: Matrix) => matrixSuites(matrix, reported)),
  ];
}

/** Whether any of them is, in which a match that is not as expected is reported. */
export function wantsMatrixFiles(options: MatrixFileOptions): boolean {
  return options.markdown !== undefined || wantsTestTools(options);
}
