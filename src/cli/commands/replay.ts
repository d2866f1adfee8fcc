import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { catalogueNames } from "../catalogue.ts";
import { Exit, Failure } from "../failure.ts";
import { BASELINE_OPTION, Gate, type GateOptions } from "../gate.ts";
import { JSON_OPTION, type JsonOutput } from "../json-output.ts";
import { FAIL_ON, type FailOn } from "../judged.ts";
import { visible } from "../printable.ts";
import { replayRun } from "../replay-run.ts";
import { replayTrace } from "../replay-trace.ts";
import { type Replayed, replayedMarkdown, replayedSuites } from "../report/replayed-suites.ts";
import {
  forReaders,
  type ReportFileOptions,
  reportOptions,
  withReportFiles,
} from "../report-files.ts";

interface ReplayOptions extends GateOptions, ReportFileOptions {
  readonly json?: string;
  readonly trace?: string;
  readonly failOn?: FailOn;
  readonly explain?: boolean;
}

/** Where what came of it goes; `filed` where a file for test tools is to be written. */
interface Outputs {
  readonly json: JsonOutput;
  readonly filed?: (replayed: Replayed) => void;
}

export function replayCommand(): Command {
  const command = new Command("replay")
    .description(
      "Judge a recorded trace again, and run its match again; or have a broken run again.",
    )
    .argument("<file>", "of `baseboard run --trace`, or a run file of `baseboard explore`")
    .addOption(
      new Option(
        "--fail-on <what>",
        "of a trace: exit with 1 when a rule is broken, when a party is at fault, by what the baseline " +
          "does not have, or by nothing (default: violation; none for a trace that carries its scenario)",
      ).choices(FAIL_ON),
    )
    .option(...BASELINE_OPTION)
    .option("--explain", "below the verdict, what happened round each finding, line by line")
    .option("--trace <file>", "of a run file: write the trace there, as JSON Lines");
  return reportOptions(command)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard run dead-channel --trace dead.trace.jsonl
  baseboard replay dead.trace.jsonl
  baseboard replay dead.trace.jsonl --explain
  baseboard replay dead.trace.jsonl --junit dead.xml
  baseboard replay from-the-field.trace.jsonl --fail-on fault
  baseboard replay runs/cold-reset-unseen-1432.yaml
  baseboard replay runs/cold-reset-unseen-1432.yaml --trace broken.trace.jsonl

A trace that breaks off is judged as far as it goes, and what was open there is named.

Exit status of a trace that carries its scenario, and of a run file: 0 when the match, run again,
gives the same trace byte for byte (or cannot be run again, as with a guest), and for a run file
also the same violations; 1 when it does not. Of any other trace: 1 when a party broke a rule.
2 when the file is none of these.`,
    )
    .action((file: string, options: ReplayOptions) => {
      return replay(file, options);
    });
}

async function replay(file: string, options: ReplayOptions): Promise<void> {
  const texts = { suites: replayedSuites, markdown: replayedMarkdown };
  const wanted = forReaders<Replayed>(options, texts);
  const isFiled = wanted.some(({ path }) => path !== undefined);
  await withReportFiles(options.json, wanted, async (json, files) => {
    const outputs = { json, ...(isFiled ? { filed: (of: Replayed) => files.write(of) } : {}) };
    await replayInto(file, options, outputs);
  });
}

async function replayInto(file: string, options: ReplayOptions, outputs: Outputs): Promise<void> {
  const text = textOf(file);
  switch (kindOf(file, text)) {
    case "run file":
      for (const [option, given] of [
        ["--fail-on", options.failOn],
        ["--baseline", options.baseline],
      ]) {
        if (given !== undefined) throw wrong(`${file} is a run file: ${option} is for traces`);
      }
      return replayRun(file, text, { ...options, ...outputs });
    case "scenario":
      throw wrong(`${file} is a scenario, not a trace or a run file: baseboard run ${file}`);
    case "trace":
      if (options.trace === undefined) {
        return replayTrace(file, text, { ...options, ...outputs, gate: new Gate(options) });
      }
      throw wrong(`${file} is a trace: --trace is for run files`);
  }
}

const NAMED_AS_YAML = /\.ya?ml$/;
const RUN_MARK = /^format: *["']?baseboard-run\b/m;
/** A key at the left edge that every scenario has and no run file. */
const SCENARIO_MARK = /^(title|story|workload) *:/m;

/** What a file is, by its own mark first, then by its name. */
function kindOf(file: string, text: string): "run file" | "scenario" | "trace" {
  if (RUN_MARK.test(text)) return "run file";
  if (text.trimStart().startsWith("{")) return "trace";
  if (SCENARIO_MARK.test(text)) return "scenario";
  return NAMED_AS_YAML.test(file) ? "run file" : "trace";
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (catalogueNames().includes(file)) {
      throw wrong(`${file} is a scenario, not a trace or a run file: baseboard run ${file}`);
    }
    const why = error instanceof Error ? error.message : String(error);
    const what = NAMED_AS_YAML.test(file) ? "run file" : "trace";
    throw wrong(`cannot read the ${what} ${file}: ${why}`);
  }
}

function wrong(message: string): Failure {
  return new Failure(Exit.WrongCommand, visible(message));
}
