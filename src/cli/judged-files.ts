import { TextDecoder } from "node:util";
import { Option } from "commander";
import { EvidenceError, FORMATS, isPcap } from "../evidence/index.ts";
import { INTERFACES, type InterfaceKind } from "../trace/head.ts";
import { bytesOf, STANDARD_INPUT } from "./evidence-bytes.ts";
import { Exit, Failure } from "./failure.ts";
import { type FaceFile, judgedBoth } from "./judge-both.ts";
import { type JudgedEvidence, judgingPackets, judgingText } from "./judge-evidence.ts";
import { TraceJudging } from "./judge-trace.ts";
import type { Further } from "./judged.ts";
import { visible } from "./printable.ts";

/** What `--format` calls a trace of ours, and a file of packets. */
const TRACE = "trace";
const PCAP = "pcap";
const PACKETS = { name: PCAP, about: "pcap and pcapng with link type 260, messages over KCS" };

/** A line for each format that can be read, for a command's help. */
export const FORMAT_LINES = [
  ...FORMATS,
  PACKETS,
  { name: TRACE, about: "a trace of Baseboard's own" },
]
  .map(({ name, about }) => `  ${name.padEnd(12)} ${about}`)
  .join("\n");

export const FORMAT_OPTION = new Option(
  "--format <name>",
  "what it is, where that is not seen by itself",
).choices([...FORMATS.map(({ name }) => name), PCAP, TRACE]);

export const INTERFACE_OPTION = new Option(
  "--interface <kind>",
  "what is spoken, where that is not seen by itself",
).choices(INTERFACES);

/** How the files are to be read, and for what else. */
export interface ReadOptions extends Further {
  readonly format?: string;
  readonly interface?: InterfaceKind;
}

/** A file of evidence, judged; or two, the faces of one wire. */
export async function judgedFiles(
  file: string,
  other: string | undefined,
  options: ReadOptions,
): Promise<FaceFile> {
  if (file === other) throw new Failure(Exit.WrongCommand, "two files: both are the same one");
  if (other === undefined) return faceOf(file, options);
  const { traces, explain, judges, ...each } = options;
  const first = await faceOf(file, { ...each, keeps: true });
  const second = await faceOf(other, { ...each, keeps: true });
  const name = `${first.name} and ${second.name}`;
  return { name, came: judgedBoth(first, second, { traces, explain, judges }) };
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
