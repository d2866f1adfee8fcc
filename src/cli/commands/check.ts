import { Command } from "commander";
import {
  ALLOWANCE_TEXT,
  ALLOWANCES,
  type Allowance,
  type Case,
  cases,
  check,
} from "../../check/index.ts";
import { Ladders } from "../../explain/index.ts";
import { shellWord } from "../../programs/shell-word.ts";
import type { TraceHead } from "../../trace/head.ts";
import { TARGET_USAGE, type Targeted, targetNamed } from "../check-target.ts";
import { Exit, Failure } from "../failure.ts";
import { BASELINE_OPTION, failOnOption, Gate, type GateOptions } from "../gate.ts";
import { interruptible } from "../interruptible.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import { Progress } from "../progress.ts";
import { type Checked, checkExit, checkJson, checkText } from "../report/check.ts";
import { checkMarkdown, checkSuites } from "../report/check-suites.ts";
import {
  forReaders,
  type ReportFileOptions,
  reportOptions,
  withReportFiles,
} from "../report-files.ts";
import { TraceFile } from "../trace-file.ts";
import { wholeNumber } from "../whole-number.ts";

interface CheckOptions extends ReportFileOptions, GateOptions {
  readonly interface?: string;
  readonly case?: readonly string[];
  readonly allow?: string;
  readonly list?: boolean;
  readonly strict?: boolean;
  readonly seed?: string;
  readonly trace?: string;
  readonly qemu?: string;
  readonly force?: boolean;
  readonly json?: string;
}

export function checkCommand(): Command {
  const allowed = ALLOWANCES.map((word) => `  ${word.padEnd(6)} ${ALLOWANCE_TEXT[word]}`);
  const command = new Command("check")
    .description(
      "Ask a BMC whether it keeps the specification, case by case. Reads only, unless allowed.",
    )
    .argument("[target]", TARGET_USAGE)
    .option(
      "--interface <kind>",
      "kcs, smic, bt or ssif; kcs, or the scenario's own, when left out",
    )
    .option("--case <id...>", "these cases alone, by id or chapter")
    .option("--allow <words>", `what a case may do beyond reading: ${ALLOWANCES.join(", ")}`)
    .option("--list", "print the cases, and do none")
    .option("--strict", "what is tolerable or inconclusive fails, too")
    .option(...BASELINE_OPTION)
    .addOption(failOnOption());
  return reportOptions(command)
    .option("--seed <n>", "the model: draws a legal course; 0, the ordinary one, when left out")
    .option("--trace <file>", "write the trace there, as JSON Lines")
    .option("--force", "use registers that another driver claims, unless that is ipmi_si")
    .option("--qemu <program>", "QEMU's BMCs: the QEMU to use, in place of qemu-system-x86_64")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
--allow
${allowed.join("\n")}

Examples:
  baseboard check model --interface bt
  baseboard check qemu --json
  baseboard check scenario:sticky-event-buffer
  baseboard check model --case sel --allow write,erase
  baseboard check model --json=old.json
  baseboard check model --baseline old.json --junit check.xml
  sudo baseboard check /dev/ipmi0
  sudo baseboard check kcs:io:0xca8/4 --trace kcs.trace.jsonl
  baseboard check --list

Exit status: 0 nothing is violated; 1 something is; 2 the command was wrong; 3 nobody answers.`,
    )
    .action(run);
}

async function run(name: string | undefined, options: CheckOptions): Promise<void> {
  const chosen = casesNamed(options.case);
  if (options.list === true) return list(chosen, options);
  if (name === undefined) {
    throw new Failure(Exit.WrongCommand, `which BMC? one of ${TARGET_USAGE}`);
  }
  const allow = allowedBy(options.allow);
  const seed = wholeNumber("--seed", options.seed, { least: 0 });
  const { interface: wanted, force } = options;
  const targeted = targetNamed(name, { interface: wanted, seed, force, allow });
  const gate = new Gate(options);
  const texts = { suites: checkSuites, markdown: checkMarkdown };
  const outputs = forReaders<Checked>(options, texts);
  const isShown = outputs.some(({ path }) => path !== undefined);
  await withReportFiles<Checked>(options.json, outputs, async (json, files) => {
    const progress = new Progress(chosen.length, json.alone);
    const wanted = { cases: chosen, allow, seed, qemu: options.qemu };
    const means = { progress, trace: options.trace, isShown };
    const playing = played(targeted, wanted, means);
    const { result, ladders } = await playing.finally(() => progress.end());
    if (result.unreachable) {
      const why = result.brokeOff ?? "no answer came to anything";
      throw new Failure(Exit.Missing, `check ${name}: no BMC is reached there: ${why}`);
    }
    const checked: Checked = {
      target: targeted.name,
      interface: targeted.interface,
      how: targeted.how,
      strict: options.strict === true,
      seed: seed ?? 0,
      result,
      ladders,
      again: (id) => againCommand(targeted, id, allow),
    };
    const document = () => checkJson(checked);
    process.exitCode = gate.exit(document, checkExit(checked));
    json.put(document, () => checkText(checked));
    gate.tell(document, json.alone);
    files.write(checked);
  });
}

interface Means {
  readonly progress: Progress;
  readonly trace: string | undefined;
  /** What happened round each finding is asked for. */
  readonly isShown: boolean;
}

async function played(
  { target }: Targeted,
  wanted: Omit<Parameters<typeof check>[1], "signal" | "sinks" | "began">,
  { progress, trace, isShown }: Means,
) {
  const file = trace === undefined ? undefined : new TraceFile(trace);
  let ladders: Ladders | undefined;
  const sinks = (head: TraceHead) => {
    if (isShown) ladders = new Ladders(head);
    return [
      ...(file === undefined ? [] : [file.begin(head)]),
      ...(ladders === undefined ? [] : [ladders]),
    ];
  };
  let over = () => {};
  const began = ({ id }: Case) => {
    over();
    over = progress.next(id);
  };
  try {
    const result = await interruptible((signal) => {
      return check(target, { ...wanted, signal, sinks, began });
    });
    file?.finish();
    return { result, ladders };
  } finally {
    over();
    file?.discard();
  }
}

/** The cases of those ids, or of those chapters; all when none is named. */
function casesNamed(names: readonly string[] | undefined): readonly Case[] {
  if (names === undefined) return cases;
  for (const name of names) {
    if (cases.some((each) => isNamed(each, name))) continue;
    const right = "`baseboard check --list` lists them";
    throw new Failure(Exit.WrongCommand, `--case ${name}: there is no such case; ${right}`);
  }
  return cases.filter((each) => names.some((name) => isNamed(each, name)));
}

function isNamed({ id }: Case, name: string): boolean {
  return id === name || id.startsWith(`${name}/`);
}

function allowedBy(text: string | undefined): readonly Allowance[] {
  const words = text === undefined ? [] : text.split(",");
  return words.map((word) => {
    const found = ALLOWANCES.find((each) => each === word);
    if (found !== undefined) return found;
    const right = ALLOWANCES.join(", ");
    throw new Failure(Exit.WrongCommand, `--allow ${word}: one or more of ${right}`);
  });
}

function againCommand({ words }: Targeted, id: string, allow: readonly Allowance[]): string {
  const allowed = allow.length === 0 ? [] : ["--allow", allow.join(",")];
  return ["baseboard check", ...words.map(shellWord), "--case", id, ...allowed].join(" ");
}

function list(chosen: readonly Case[], options: CheckOptions): Promise<void> {
  const width = Math.max(...chosen.map(({ id }) => id.length));
  return withJson(options.json, (json) => {
    json.put(
      () =>
        chosen.map(({ id, section, title, needs, interfaces }) => {
          return {
            id,
            section,
            title,
            needs: needs ?? "read",
            ...(interfaces === undefined ? {} : { interfaces }),
          };
        }),
      () =>
        chosen
          .map(({ id, section, title, needs }) => {
            const asks = needs === undefined ? "" : ` (--allow ${needs})`;
            return `${id.padEnd(width)}  ${title}${asks} [${section}]`;
          })
          .join("\n"),
    );
  });
}
