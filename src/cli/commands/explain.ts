import { Command } from "commander";
import { Exit, Failure } from "../failure.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import { headline, type JudgedInterface } from "../judge-evidence.ts";
import {
  FORMAT_LINES,
  FORMAT_OPTION,
  INTERFACE_OPTION,
  judgedFiles,
  type ReadOptions,
} from "../judged-files.ts";
import { explanationText, laddersJson, ladderText } from "../report/explanation.ts";
import { wholeNumber } from "../whole-number.ts";

interface ExplainOptions extends Omit<ReadOptions, "explain"> {
  readonly at?: string;
  readonly unmasked?: boolean;
  readonly json?: string;
}

export function explainCommand(): Command {
  return new Command("explain")
    .description(
      "Show what happened round each finding, or round any event: its transfer, line by line.",
    )
    .argument("<file>", "a trace, or evidence of any format below; - is standard input")
    .argument("[other]", "the other face of the same wire, the BMC's or the host's")
    .option("--at <event>", "round that event, in place of the findings")
    .option("--unmasked", "show passwords and keys, too")
    .addOption(FORMAT_OPTION)
    .addOption(INTERFACE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Formats:
${FORMAT_LINES}

Examples:
  baseboard run dead-channel --trace dead.trace.jsonl
  baseboard explain dead.trace.jsonl
  baseboard explain dead.trace.jsonl --at 1834
  baseboard explain machine.txt --at 1369

The host is on the left, the BMC on the right, the wire between them; > marks the event. What repeats is
told once. \`baseboard run --explain\` and \`baseboard judge --explain\` show the same below their verdicts.

Exit status: 0 whatever was found; 2 the file is of no format that can be read, or has no such event.`,
    )
    .action((file: string, other: string | undefined, options: ExplainOptions) => {
      return explain(file, other, options);
    });
}

async function explain(
  file: string,
  other: string | undefined,
  { at, unmasked = false, json: jsonFile, ...reading }: ExplainOptions,
): Promise<void> {
  const event = wholeNumber("--at", at, { least: 0 });
  const wanted = event === undefined ? { unmasked } : { at: [event], unmasked };
  await withJson(jsonFile, async (json) => {
    const { name, came } = await judgedFiles(file, other, { ...reading, explain: wanted });
    if (event !== undefined) refuseAbsent(event, came.interfaces);
    json.put(
      () => came.interfaces.map(interfaceJson),
      () => {
        const blocks = came.interfaces.map((each) => {
          return `${headline(name, each.block, each.judged)}\n\n${textOf(each, event)}`;
        });
        return blocks.join("\n\n");
      },
    );
  });
}

function refuseAbsent(event: number, interfaces: readonly JudgedInterface[]): void {
  const ranges = interfaces.flatMap(({ judged }) => {
    const range = judged.ladders?.range;
    return range === undefined ? [] : [range];
  });
  if (interfaces.some(({ judged }) => judged.ladders?.ladders.has(event))) return;
  const [first] = ranges;
  const known =
    first === undefined ? "there are no events" : `events go from ${first[0]} to ${first[1]}`;
  throw new Failure(Exit.WrongCommand, `--at ${event}: no such event; ${known}`);
}

function textOf({ judged }: JudgedInterface, event: number | undefined): string {
  const { ladders, verdict } = judged;
  if (ladders === undefined) return "";
  if (event === undefined) {
    const text = explanationText(verdict, ladders);
    return text === "" ? "nothing was found; --at N shows what happened round event N" : text;
  }
  const ladder = ladders.ladders.get(event);
  return ladder === undefined ? `no event ${event} here` : ladderText(ladder);
}

function interfaceJson({ block, judged }: JudgedInterface): object {
  const { ladders } = judged;
  return { block, ...judged.head, ladders: ladders === undefined ? [] : laddersJson(ladders) };
}
