import { readFileSync } from "node:fs";
import { Command } from "commander";
import { z } from "zod";
import { failureAt } from "../environment.ts";
import { Exit, Failure } from "../failure.ts";
import { BASELINE_OPTION, failOnOption, Gate, type GateOptions } from "../gate.ts";
import { JSON_OPTION } from "../json-output.ts";
import { mergedExplorations, mergedMatrix } from "../merged.ts";
import { explorationReport } from "../report/exploration.ts";
import { type ExplorationDocument, explorationDocument } from "../report/exploration-document.ts";
import { explorationMarkdown, explorationSuites } from "../report/exploration-suites.ts";
import { tableFoot, tableLine } from "../report/exploration-table.ts";
import { matrixDocumentMarkdown, matrixText } from "../report/matrix.ts";
import {
  cellIsAsExpected,
  type MatrixDocument,
  matrixDocument,
} from "../report/matrix-document.ts";
import { matrixDocumentSuites } from "../report/matrix-suites.ts";
import type { TestSuite } from "../report/suites.ts";
import {
  forReaders,
  type ReportFileOptions,
  reportOptions,
  withReportFiles,
} from "../report-files.ts";

/** What `explore` writes of one scenario or of several, or what `matrix` writes. */
type Documents =
  | { readonly of: "explore"; readonly documents: readonly ExplorationDocument[] }
  | { readonly of: "matrix"; readonly documents: readonly MatrixDocument[] };

export function mergeCommand(): Command {
  const command = new Command("merge")
    .description("Put the JSON documents of all shards of an exploration or a matrix together.")
    .argument("<file...>", "what `explore` or `matrix` wrote with --shard and --json=FILE")
    .option(...BASELINE_OPTION)
    .addOption(failOnOption());
  return reportOptions(command)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard explore bring-up --fault-everywhere --shard 1/2 --json=1.json
  baseboard explore bring-up --fault-everywhere --shard 2/2 --json=2.json
  baseboard merge 1.json 2.json
  baseboard merge 1.json 2.json --junit whole.xml --markdown whole.md

Exit status: as the whole would have ended: 0 nothing is broken, or every match is as expected; 1
something is; 2 a part is missing or there twice, or the parts are of different work; 3 a match could
not be played.`,
    )
    .action(merge);
}

interface MergeOptions extends GateOptions, ReportFileOptions {
  readonly json?: string;
}

async function merge(files: readonly string[], options: MergeOptions): Promise<void> {
  const gate = new Gate(options);
  const read = files.map(documentsIn);
  const explored = read.flatMap((each) => (each.of === "explore" ? each.documents : []));
  const matrices = read.flatMap((each) => (each.of === "matrix" ? each.documents : []));
  if (explored.length > 0 && matrices.length > 0) {
    const why = "some files are of an exploration, some of a matrix: one or the other";
    throw new Failure(Exit.WrongCommand, why);
  }
  const wanted = forReaders<Whole>(options, {
    suites: (whole) => whole.suites(),
    markdown: (whole) => whole.markdown(),
  });
  await withReportFiles(options.json, wanted, async (json, files) => {
    const whole = matrices.length > 0 ? wholeMatrix(matrices) : wholeExplorations(explored);
    const document = () => whole.document;
    process.exitCode = gate.exit(document, whole.exit);
    json.put(document, whole.text);
    gate.tell(document, json.alone);
    files.write(whole);
  });
}

/** What all parts together come to. */
interface Whole {
  readonly document: unknown;
  readonly exit: number;
  readonly text: () => string;
  readonly suites: () => readonly TestSuite[];
  readonly markdown: () => string;
}

function wholeMatrix(parts: readonly MatrixDocument[]): Whole {
  const document = mergedMatrix(parts);
  return {
    document,
    exit: exitOfMatrix(document),
    text: () => matrixText(document),
    suites: () => matrixDocumentSuites(document),
    markdown: () => matrixDocumentMarkdown(document),
  };
}

function wholeExplorations(parts: readonly ExplorationDocument[]): Whole {
  const whole = mergedExplorations(parts);
  const broken = whole.some(({ brokenRuns }) => brokenRuns > 0);
  return {
    document: whole.length === 1 ? whole[0] : whole,
    exit: broken ? Exit.NotAsExpected : Exit.AsExpected,
    text: () => explorationsText(whole),
    suites: () => explorationSuites(whole),
    markdown: () => explorationMarkdown(whole),
  };
}

function explorationsText(whole: readonly ExplorationDocument[]): string {
  const [only] = whole;
  if (only !== undefined && whole.length === 1) return explorationReport(only);
  const width = Math.max(...whole.map(({ scenario }) => scenario.length));
  return [...whole.map((each) => tableLine(each, width)), tableFoot(whole)].join("\n");
}

function exitOfMatrix({ cells }: MatrixDocument): number {
  const wrong = cells.filter((cell) => !cellIsAsExpected(cell));
  if (wrong.some(({ state }) => state === "played")) return Exit.NotAsExpected;
  return wrong.length > 0 ? Exit.Missing : Exit.AsExpected;
}

function documentsIn(file: string): Documents {
  const value = parsed(file);
  const explored = z.union([
    explorationDocument.transform((one) => [one]),
    z.array(explorationDocument),
  ]);
  const exploration = explored.safeParse(value);
  if (exploration.success) return { of: "explore", documents: exploration.data };
  const matrix = matrixDocument.safeParse(value);
  if (matrix.success) return { of: "matrix", documents: [matrix.data] };
  const why = "it is no JSON document of `baseboard explore` or `baseboard matrix`";
  throw new Failure(Exit.WrongCommand, `${file}: ${why}`);
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw failureAt(file, error);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(Exit.WrongCommand, `${file}: it is no JSON`);
  }
}
