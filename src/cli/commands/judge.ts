import { TextDecoder } from "node:util";
import { Command, Option } from "commander";
import { EvidenceError, FORMATS, isPcap } from "../../evidence/index.ts";
import { INTERFACES, type InterfaceKind } from "../../trace/head.ts";
import { bytesOf, STANDARD_INPUT } from "../evidence-bytes.ts";
import { Exit, Failure } from "../failure.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import { type FaceFile, judgedBoth } from "../judge-both.ts";
import {
  evidenceJson,
  evidenceText,
  type JudgedEvidence,
  judgingPackets,
  judgingText,
} from "../judge-evidence.ts";
import { TraceJudging } from "../judge-trace.ts";
import { breaks, FAIL_ON, type FailOn, type Further } from "../judged.ts";
import { JudgedTraces } from "../judged-traces.ts";
import { visible } from "../printable.ts";

interface JudgeOptions {
  readonly json?: string;
  readonly format?: string;
  readonly interface?: InterfaceKind;
  readonly failOn: FailOn;
  readonly trace?: string;
}

export function judgeCommand(): Command {
  return new Command("judge")
    .description("Judge what a machine in the field wrote down of its IPMI traffic.")
    .argument("<file>", "evidence of any format below, packed by gzip or not; - is standard input")
    .argument("[other]", "the other face of the same wire, the BMC's or the host's: judged as one")
    .addOption(
      new Option("--format <name>", "what it is, where that is not seen by itself").choices([
        ...FORMATS.map(({ name }) => name),
        PCAP,
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
    .option(
      "--trace <file>",
      "write what was judged there, as a trace for `replay`; of further interfaces to <file>.2 and so on",
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Formats:
${[...FORMATS, PACKETS, { name: TRACE, about: "a trace of Baseboard's own" }].map(formatLine).join("\n")}

Examples:
  baseboard judge machine.txt
  ssh rack7 cat /sys/kernel/tracing/trace_pipe | baseboard judge -
  baseboard judge trace.txt.gz --interface bt --json
  baseboard judge host.txt bmc.txt
  baseboard judge machine.txt --trace machine.trace.jsonl
  baseboard replay machine.trace.jsonl --at 1369

Exit status: 0 no rule was broken; 1 one was (see --fail-on); 2 the file is of no format that can be
read, nothing in it tells of IPMI, or two files are not the faces of one wire.`,
    )
    .action((file: string, other: string | undefined, options: JudgeOptions) => {
      return judge(file, other, options);
    });
}

/** What `--format` calls a trace of ours, and a file of packets. */
const TRACE = "trace";
const PCAP = "pcap";
const PACKETS = { name: PCAP, about: "pcap and pcapng with link type 260, messages over KCS" };

function formatLine({ name, about }: { readonly name: string; readonly about: string }): string {
  return `  ${name.padEnd(12)} ${about}`;
}

async function judge(
  file: string,
  other: string | undefined,
  options: JudgeOptions,
): Promise<void> {
  if (file === other) throw new Failure(Exit.WrongCommand, "two files: both are the same one");
  const traces = options.trace === undefined ? undefined : new JudgedTraces(options.trace);
  await withJson(options.json, async (json) => {
    const { name, came } = await judgedFiles(file, other, { ...options, traces });
    const failed = came.interfaces.some(({ judged }) => breaks(judged.verdict, options.failOn));
    process.exitCode = failed ? Exit.NotAsExpected : Exit.AsExpected;
    traces?.finish();
    json.put(
      () => evidenceJson(came),
      () => evidenceText(name, came),
    );
  }).finally(() => traces?.discard());
}

type ReadOptions = Pick<JudgeOptions, "format" | "interface"> & Further;

async function judgedFiles(
  file: string,
  other: string | undefined,
  options: ReadOptions,
): Promise<FaceFile> {
  if (other === undefined) return faceOf(file, options);
  const { traces, ...each } = options;
  const first = await faceOf(file, { ...each, keeps: true });
  const second = await faceOf(other, { ...each, keeps: true });
  const name = `${first.name} and ${second.name}`;
  return { name, came: judgedBoth(first, second, { traces }) };
}

async function faceOf(file: string, options: ReadOptions): Promise<FaceFile> {
  const name = file === STANDARD_INPUT ? "standard input" : file;
  return { name, came: await read(file, name, options) };
}

async function read(file: string, name: string, options: ReadOptions): Promise<JudgedEvidence> {
  let brokenOff: string | undefined;
  let judging: Judging | undefined;
  try {
    for await (const piece of bytesOf(file, (why) => (brokenOff = why))) {
      if (judging === undefined) judging = judgingFor(name, piece, options);
      else judging.push(piece);
    }
    judging ??= judgingFor(name, new Uint8Array(), options);
    const came = judging.end();
    if (brokenOff === undefined) return came;
    return { ...came, remarks: [...came.remarks, `the gzip file is not whole: ${brokenOff}`] };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new Failure(error.exit, visible(`${name}: ${error.message}`));
  }
}

/** Bytes on their way to verdicts. */
interface Judging {
  push(piece: Uint8Array): void;
  end(): JudgedEvidence;
}

/** What reads the file by its beginning, which it has then taken. */
function judgingFor(name: string, beginning: Uint8Array, options: ReadOptions): Judging {
  const { format, interface: kind, ...further } = options;
  if (format === PCAP || (format === undefined && isPcap(beginning))) {
    const judging = judgingPackets({ kind, ...further });
    judging.push(beginning);
    return judging;
  }
  const decoder = new TextDecoder(encodingOf(beginning));
  const text = decoder.decode(beginning, { stream: true });
  const judging = judgingOf(name, text, options);
  judging.push(text);
  return {
    push: (piece) => judging.push(decoder.decode(piece, { stream: true })),
    end: () => judging.end(),
  };
}

/** What Windows writes by `>` is UTF-16. */
function encodingOf([first, second]: Uint8Array): string {
  return first === 0xff && second === 0xfe ? "utf-16le" : "utf-8";
}

function judgingOf(
  name: string,
  beginning: string,
  { format, interface: kind, ...further }: ReadOptions,
) {
  const isTrace = format === undefined && /^\s*\{.{0,80}"baseboard-trace"/.test(beginning);
  if (isTrace || format === TRACE) {
    if (kind === undefined) return new TraceJudging(name, further);
    throw new Failure(
      Exit.WrongCommand,
      "--interface: a trace says itself which interface it is of",
    );
  }
  const given = FORMATS.find((each) => each.name === format);
  return judgingText({ format: given, kind, ...further });
}
