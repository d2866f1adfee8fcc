import { Command, Option } from "commander";
import { Exit } from "../failure.ts";
import { BASELINE_OPTION, Gate, type GateOptions } from "../gate.ts";
import { JSON_OPTION } from "../json-output.ts";
import { evidenceJson, evidenceSuites, evidenceText } from "../judge-evidence.ts";
import { breaks, FAIL_ON, type FailOn } from "../judged.ts";
import {
  FORMAT_LINES,
  FORMAT_OPTION,
  INTERFACE_OPTION,
  judgedFiles,
  type ReadOptions,
} from "../judged-files.ts";
import { JudgedTraces } from "../judged-traces.ts";
import { type JudgedSuite, judgedMarkdown, judgedSuites } from "../report/judged-suites.ts";
import {
  forReaders,
  type ReportFileOptions,
  reportOptions,
  withReportFiles,
} from "../report-files.ts";

interface JudgeOptions
  extends Pick<ReadOptions, "format" | "interface">,
    ReportFileOptions,
    GateOptions {
  readonly json?: string;
  readonly failOn?: FailOn;
  readonly trace?: string;
  readonly explain?: boolean;
}

export function judgeCommand(): Command {
  const command = new Command("judge")
    .description("Judge what a machine in the field wrote down of its IPMI traffic.")
    .argument("<file>", "evidence of any format below, packed by gzip or not; - is standard input")
    .argument("[other]", "the other face of the same wire, the BMC's or the host's: judged as one")
    .addOption(FORMAT_OPTION)
    .addOption(INTERFACE_OPTION)
    .addOption(
      new Option(
        "--fail-on <what>",
        "exit with 1 when a rule is broken, when a party is at fault, by what the baseline does not " +
          "have, or by nothing (default: violation; with a baseline introduced)",
      ).choices(FAIL_ON),
    )
    .option(...BASELINE_OPTION)
    .option(
      "--trace <file>",
      "write what was judged there, as a trace for `replay`; of further interfaces to <file>.2 and so on",
    );
  return reportOptions(command)
    .option("--explain", "below the verdict, what happened round each finding, line by line")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Formats:
${FORMAT_LINES}

Examples:
  baseboard judge machine.txt
  ssh rack7 cat /sys/kernel/tracing/trace_pipe | baseboard judge -
  baseboard judge trace.txt.gz --interface bt --json
  baseboard judge host.txt bmc.txt
  baseboard judge machine.txt --trace machine.trace.jsonl
  baseboard judge machine.txt --explain
  baseboard judge machine.txt --junit machine.xml --markdown machine.md
  baseboard judge today.txt --baseline yesterday.json

Exit status: 0 no rule was broken; 1 one was (see --fail-on); 2 the file is of no format that can be
read, nothing in it tells of IPMI, or two files are not the faces of one wire.`,
    )
    .action((file: string, other: string | undefined, options: JudgeOptions) => {
      return judge(file, other, options);
    });
}

async function judge(
  file: string,
  other: string | undefined,
  options: JudgeOptions,
): Promise<void> {
  const gate = new Gate(options);
  const traces = options.trace === undefined ? undefined : new JudgedTraces(options.trace);
  const wanted = forReaders<readonly JudgedSuite[]>(options, {
    suites: judgedSuites,
    markdown: judgedMarkdown,
  });
  const { format, interface: kind, explain = false } = options;
  const isShown = explain || wanted.some(({ path }) => path !== undefined);
  await withReportFiles(options.json, wanted, async (json, files) => {
    const { name, came } = await judgedFiles(file, other, {
      ...(format === undefined ? {} : { format }),
      ...(kind === undefined ? {} : { interface: kind }),
      ...(isShown ? { explain: {} } : {}),
      traces,
    });
    const failed = came.interfaces.some(({ judged }) => breaks(judged.verdict, options.failOn));
    const document = () => evidenceJson(came, explain);
    process.exitCode = gate.exit(document, failed ? Exit.NotAsExpected : Exit.AsExpected);
    traces?.finish();
    json.put(document, () => evidenceText(name, came, explain));
    gate.tell(document, json.alone);
    files.write(evidenceSuites(name, came));
  }).finally(() => traces?.discard());
}
