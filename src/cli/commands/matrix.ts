import { availableParallelism } from "node:os";
import { Command } from "commander";
import { has, type Share } from "../../lab/explore/index.ts";
import {
  type Column,
  type HostParty,
  type Matrix,
  playMatrix,
  whyNotFor,
} from "../../lab/index.ts";
import { chosenScenarios, type Loaded, playedOn, transportNamed } from "../catalogue.ts";
import { ExplainedMatches } from "../explained-matches.ts";
import { Exit, Failure } from "../failure.ts";
import { BASELINE_OPTION, failOnOption, Gate, type GateOptions } from "../gate.ts";
import { type DriverOptions, gathered, guestsWith } from "../guest-options.ts";
import { checkGuests, hostsOf } from "../hosts.ts";
import { refuseIdle } from "../idle-options.ts";
import { interruptible } from "../interruptible.ts";
import { JSON_OPTION, STANDARD_OUTPUT } from "../json-output.ts";
import {
  MARKDOWN_OPTION,
  type MatrixFileOptions,
  matrixFiles,
  wantsMatrixFiles,
} from "../matrix-files.ts";
import { OutFolder } from "../out-folder.ts";
import { Progress } from "../progress.ts";
import { matrixExit, matrixJson, matrixText } from "../report/matrix.ts";
import { type MatrixDocument, matrixDocumentOf } from "../report/matrix-document.ts";
import { CTRF_OPTION, JUNIT_OPTION, KTAP_OPTION, ReportFiles } from "../report-files.ts";
import { say } from "../say.ts";
import { SHARD_OPTION, shareOf } from "../shard.ts";

/** One process serves the registers of all guests, so that more at once would only wait for it. */
const AT_ONCE_MAX = 2;

interface MatrixCommandOptions extends DriverOptions, MatrixFileOptions, GateOptions {
  readonly host?: readonly string[];
  readonly interface?: readonly string[];
  readonly all?: boolean;
  readonly qemu?: string;
  readonly json?: string;
  readonly explain?: string;
  readonly shard?: string;
}

export function matrixCommand(): Command {
  return new Command("matrix")
    .description("Play each scenario on each host and interface: a table of the verdicts.")
    .argument("[scenario...]", "names (`baseboard scenarios` lists them) or YAML files")
    .option("--all", "every scenario of the catalogue that one of the hosts can show")
    .option(
      "--host <seats>",
      "stack, linux, linux:VERSION, freeipmi, ipmiutil, separated by commas (default: stack)",
      listed,
    )
    .option(
      "--interface <kinds>",
      "kcs, smic, bt, ssif, separated by commas (default: each scenario's own)",
      listed,
    )
    .option("--qemu <program>", "linux: the QEMU to use, in place of qemu-system-x86_64")
    .option(
      "--explain <folder>",
      "write a file there for each match with findings: what happened round each, line by line",
    )
    .option(...SHARD_OPTION)
    .option("--module <name=file>", "linux: this module in place of each kernel's own", gathered)
    .option("--param <module.name=value>", "linux: set a parameter of a module", gathered)
    .option(...JUNIT_OPTION)
    .option(...KTAP_OPTION)
    .option(...CTRF_OPTION)
    .option(...MARKDOWN_OPTION)
    .option(...BASELINE_OPTION)
    .addOption(failOnOption())
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard matrix dead-channel sticky-event-buffer --host stack,linux:6.1,linux:7.2
  baseboard matrix --all --host linux:6.1,linux:6.18 --markdown table.md --junit junit.xml
  baseboard matrix 'scenarios/**' --interface kcs,bt --host stack,linux:6.1
  baseboard matrix --all --json=today.json --baseline yesterday.json

A cell says \`passes\`, or which rules the host broke of its own accord (\`baseboard rules\`).

Exit status: 0 every cell is what its scenario expects; 1 one is not, with --baseline one that was; 2 the command was wrong;
3 a kernel or a program is missing here, or a match could not be played to its end.`,
    )
    .action(matrix);
}

async function matrix(
  names: readonly string[],
  options: MatrixCommandOptions,
  command: Command,
): Promise<void> {
  const gate = new Gate(options);
  const named = hostsOf(options.host ?? ["stack"]);
  refuseIdle(command, { hosts: named, bmc: "model" });
  const hosts = await guestsWith(named, options);
  const columns = columnsOf(hosts, options.interface);
  const share = shareOf(options.shard);
  const dealt = toPlay(names, columns, options.all === true);
  const scenarios = dealt.filter((_scenario, place) => has(share, place));
  await interruptible(async (signal) => {
    await checkGuests(hosts, options.qemu);
    // While the files are open, a signal must find somebody who takes them away.
    const outputs = new Outputs(options, share);
    try {
      const played = await play(
        scenarios,
        columns,
        { ...options, explained: outputs.explained },
        signal,
      );
      if (signal.aborted) return;
      const document = () => matrixDocumentOf(played, share);
      process.exitCode = gate.exit(document, matrixExit(played));
      outputs.write(played);
      gate.tell(document, options.json === STANDARD_OUTPUT);
    } finally {
      outputs.discard();
    }
  });
}

/** Host by host, each interface. */
function columnsOf(
  hosts: readonly HostParty[],
  kinds: readonly string[] | undefined,
): readonly Column[] {
  const named = kinds?.map(transportNamed) ?? [];
  const twice = named.find((kind, index) => named.indexOf(kind) !== index);
  if (twice !== undefined) {
    throw new Failure(Exit.WrongCommand, `--interface ${twice}: ${twice} is named twice`);
  }
  const each = kinds === undefined ? [undefined] : named;
  return hosts.flatMap((host) => each.map((kind) => ({ host, interface: kind })));
}

function whyNotIn({ host, interface: kind }: Column, loaded: Loaded): string | undefined {
  return whyNotFor(playedOn(loaded, kind).scenario, host);
}

function listed(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...text.split(",").map((name) => name.trim())];
}

/** The rows: of the catalogue those that one of the hosts can show; of what was named, all. */
function toPlay(
  names: readonly string[],
  columns: readonly Column[],
  all: boolean,
): readonly Loaded[] {
  const chosen = chosenScenarios(names, all);
  const whyNots = (loaded: Loaded) => columns.map((column) => whyNotIn(column, loaded));
  const shown = chosen.filter((loaded) => whyNots(loaded).includes(undefined));
  const [first] = chosen;
  if (shown.length === 0 && first !== undefined) {
    throw new Failure(Exit.WrongCommand, `nothing to play: ${whyNots(first)[0]}`);
  }
  const seen = new Set<string>();
  for (const { scenario } of chosen) {
    if (seen.has(scenario.name)) {
      throw new Failure(Exit.WrongCommand, `the scenario ${scenario.name} is given twice`);
    }
    seen.add(scenario.name);
  }
  return all ? shown : chosen;
}

async function play(
  scenarios: readonly Loaded[],
  columns: readonly Column[],
  options: MatrixCommandOptions & { readonly explained: ExplainedMatches | undefined },
  signal: AbortSignal,
): Promise<Matrix> {
  const { explained } = options;
  const matches = scenarios.flatMap((loaded) => {
    return columns.filter((column) => whyNotIn(column, loaded) === undefined);
  });
  const progress = new Progress(matches.length, options.json === STANDARD_OUTPUT);
  try {
    return await playMatrix(scenarios, columns, {
      atOnce: Math.min(availableParallelism(), AT_ONCE_MAX),
      signal,
      begins: (scenario, host) => progress.next(`${scenario.name} on ${host}`),
      ...(explained === undefined
        ? {}
        : { sinks: (scenario, host) => explained.sinks(scenario, host) }),
      ...(options.qemu === undefined ? {} : { qemu: options.qemu }),
    });
  } finally {
    progress.end();
  }
}

/** Where the matrix goes. */
class Outputs {
  readonly #files: ReportFiles<Matrix>;
  readonly #printed: (matrix: Matrix) => string;
  readonly #folder: OutFolder | undefined;
  /** Where a file is to show what happened in the matches. */
  readonly explained: ExplainedMatches | undefined;

  constructor(options: MatrixCommandOptions, share: Share) {
    const { json, explain } = options;
    this.#folder = explain === undefined ? undefined : new OutFolder("--explain", explain);
    const isShown = explain !== undefined || wantsMatrixFiles(options);
    this.explained = isShown ? new ExplainedMatches() : undefined;
    const jsonAlone = json === STANDARD_OUTPUT;
    const of = (form: (matrix: MatrixDocument) => string) => (matrix: Matrix) => {
      return form(matrixDocumentOf(matrix, share));
    };
    this.#printed = of(jsonAlone ? matrixJson : matrixText);
    this.#files = new ReportFiles([
      ...matrixFiles(options, this.explained?.reported),
      { option: "--json", path: jsonAlone ? undefined : json, text: of(matrixJson) },
    ]);
  }

  write(matrix: Matrix): void {
    // Whatever becomes of the files, the verdicts were hard to come by.
    say(this.#printed(matrix).trimEnd());
    this.#files.write(matrix);
    if (this.#folder !== undefined) this.explained?.write(matrix, this.#folder);
  }

  discard(): void {
    this.#files.discard();
    this.#folder?.close();
  }
}
