import { TextDecoder } from "node:util";
import { Command, Option } from "commander";
import { EvidenceError, FORMATS } from "../../evidence/index.ts";
import { INTERFACES, type InterfaceKind } from "../../trace/head.ts";
import { bytesOf, STANDARD_INPUT } from "../evidence-bytes.ts";
import { Exit, Failure } from "../failure.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import {
  EvidenceJudging,
  evidenceJson,
  evidenceText,
  type JudgedEvidence,
} from "../judge-evidence.ts";
import { TraceJudging } from "../judge-trace.ts";
import { breaks, FAIL_ON, type FailOn } from "../judged.ts";
import { visible } from "../printable.ts";

interface JudgeOptions {
  readonly json?: string;
  readonly format?: string;
  readonly interface?: InterfaceKind;
  readonly failOn: FailOn;
}

export function judgeCommand(): Command {
  return new Command("judge")
    .description("Judge what a machine in the field wrote down of its IPMI traffic.")
    .argument("<file>", "evidence of any format below, packed by gzip or not; - is standard input")
    .addOption(
      new Option("--format <name>", "what it is, where that is not seen by itself").choices([
        ...FORMATS.map(({ name }) => name),
        TRACE,
      ]),
    )
    .addOption(
      new Option("--interface <kind>", "what is spoken, where that is not seen by itself").choices(
        INTERFACES,
      ),
    )
    .addOption(
      new Option(
        "--fail-on <what>",
        "exit with 1 when a rule is broken, when a party is at fault, or for neither",
      )
        .choices(FAIL_ON)
        .default("violation"),
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Formats:
${[...FORMATS, { name: TRACE, about: "a trace of Baseboard's own" }].map(formatLine).join("\n")}

Examples:
  baseboard judge machine.txt
  ssh rack7 cat /sys/kernel/tracing/trace_pipe | baseboard judge -
  baseboard judge trace.txt.gz --interface bt --json

Exit status: 0 no rule was broken; 1 one was (see --fail-on); 2 the file is of no format that can be
read, or nothing in it tells of IPMI.`,
    )
    .action((file: string, options: JudgeOptions) => judge(file, options));
}

/** What `--format` calls a trace of ours. */
const TRACE = "trace";

function formatLine({ name, about }: { readonly name: string; readonly about: string }): string {
  return `  ${name.padEnd(12)} ${about}`;
}

async function judge(file: string, options: JudgeOptions): Promise<void> {
  await withJson(options.json, async (json) => {
    const name = file === STANDARD_INPUT ? "standard input" : file;
    const came = await read(file, name, options);
    const failed = came.interfaces.some(({ judged }) => breaks(judged.verdict, options.failOn));
    process.exitCode = failed ? Exit.NotAsExpected : Exit.AsExpected;
    json.put(
      () => evidenceJson(came),
      () => evidenceText(name, came),
    );
  });
}

async function read(file: string, name: string, options: JudgeOptions): Promise<JudgedEvidence> {
  let brokenOff: string | undefined;
  let judging: EvidenceJudging | TraceJudging | undefined;
  let decoder: TextDecoder | undefined;
  try {
    for await (const piece of bytesOf(file, (why) => (brokenOff = why))) {
      decoder ??= new TextDecoder(encodingOf(piece));
      const text = decoder.decode(piece, { stream: true });
      judging ??= judgingOf(name, text, options);
      judging.push(text);
    }
    judging ??= judgingOf(name, "", options);
    const came = judging.end();
    if (brokenOff === undefined) return came;
    return { ...came, remarks: [...came.remarks, `the gzip file is not whole: ${brokenOff}`] };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new Failure(error.exit, visible(`${name}: ${error.message}`));
  }
}

/** What Windows writes by `>` is UTF-16. */
function encodingOf([first, second]: Uint8Array): string {
  return first === 0xff && second === 0xfe ? "utf-16le" : "utf-8";
}

function judgingOf(
  name: string,
  beginning: string,
  { format, interface: kind }: JudgeOptions,
): EvidenceJudging | TraceJudging {
  const isTrace = format === undefined && /^\s*\{.{0,80}"baseboard-trace"/.test(beginning);
  if (isTrace || format === TRACE) {
    if (kind === undefined) return new TraceJudging(name);
    throw new Failure(
      Exit.WrongCommand,
      "--interface: a trace says itself which interface it is of",
    );
  }
  return new EvidenceJudging(name, { format: FORMATS.find((each) => each.name === format), kind });
}
