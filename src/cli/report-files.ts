import { resolve } from "node:path";
import type { Command } from "commander";
import { Exit, Failure } from "./failure.ts";
import { type JsonOutput, withJson } from "./json-output.ts";
import { ctrf } from "./report/ctrf.ts";
import { junit } from "./report/junit.ts";
import { ktap } from "./report/ktap.ts";
import type { TestSuite } from "./report/suites.ts";
import { WholeFile } from "./whole-file.ts";

/** A format in which work is written to a file that the user named, if it was named. */
export interface FileWanted<T> {
  readonly option: string;
  readonly path: string | undefined;
  readonly text: (of: T) => string;
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

/** Of what is no table of matches. */
const MARKDOWN_OPTION = [
  "--markdown <file>",
  "write a table there, and what is wrong below it, as Markdown",
] as const;

/** The command with an option for each of these files. */
export function reportOptions(command: Command): Command {
  return command
    .option(...JUNIT_OPTION)
    .option(...KTAP_OPTION)
    .option(...CTRF_OPTION)
    .option(...MARKDOWN_OPTION);
}

/** What a user asks for by these. */
export interface TestToolOptions {
  readonly junit?: string;
  readonly ktap?: string;
  readonly ctrf?: string;
}

/** The same with a document for readers. */
export interface ReportFileOptions extends TestToolOptions {
  readonly markdown?: string;
}

/** All of these files of one work. */
export function forReaders<T>(
  options: ReportFileOptions,
  texts: { readonly suites: (of: T) => readonly TestSuite[]; readonly markdown: (of: T) => string },
): readonly FileWanted<T>[] {
  return [
    { option: "--markdown", path: options.markdown, text: texts.markdown },
    ...forTestTools(options, texts.suites),
  ];
}

/** `suites`: the work, as test tools have it. */
export function forTestTools<T>(
  options: TestToolOptions,
  suites: (of: T) => readonly TestSuite[],
): readonly FileWanted<T>[] {
  return [
    { option: "--junit", path: options.junit, text: (of) => junit(suites(of)) },
    { option: "--ktap", path: options.ktap, text: (of) => ktap(suites(of)) },
    { option: "--ctrf", path: options.ctrf, text: (of) => ctrf(suites(of)) },
  ];
}

/** Whether any of them is. */
export function wantsTestTools({ junit, ktap, ctrf }: TestToolOptions): boolean {
  return (junit ?? ktap ?? ctrf) !== undefined;
}

/** Files of a command's work. They are opened at once, and get their names when they are whole. */
export class ReportFiles<T> {
  readonly #files: { readonly file: WholeFile; readonly text: FileWanted<T>["text"] }[] = [];

  /** `taken`: a file that somebody else writes. */
  constructor(wanted: readonly FileWanted<T>[], taken?: string) {
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

  write(of: T): void {
    for (const { file, text } of this.#files) file.write(text(of));
    for (const { file } of this.#files) file.finish();
  }

  /** Leaves nothing behind of those that are not whole. */
  discard(): void {
    for (const { file } of this.#files) file.discard();
  }
}

/** Has a command's work with its outputs open, the JSON document among them; what is not written then is taken away. */
export async function withReportFiles<T>(
  json: string | undefined,
  wanted: readonly FileWanted<T>[],
  work: (json: JsonOutput, files: ReportFiles<T>) => Promise<void>,
): Promise<void> {
  await withJson(json, async (output) => {
    const files = new ReportFiles(wanted, json);
    try {
      await work(output, files);
    } finally {
      files.discard();
    }
  });
}
