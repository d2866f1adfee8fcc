import { Command } from "commander";
import {
  BMC_SEATS,
  type BmcParty,
  bmcSeat,
  CHIP_NAMES,
  chipSeat,
  type HostParty,
  type MatchResult,
  playBetween,
  whyNotBetween,
} from "../../lab/index.ts";
import type { TraceHead } from "../../trace/head.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import { chosenScenarios, interfaceNamed, type Loaded, playedOn } from "../catalogue.ts";
import { Exit, Failure } from "../failure.ts";
import {
  type ConsoleLine,
  ConsoleLines,
  consoleText,
  type GuestOptions,
  gathered,
  guestWith,
} from "../guest-options.ts";
import { hostOf } from "../hosts.ts";
import { interruptible } from "../interruptible.ts";
import { Progress } from "../progress.ts";
import { matchJson, matchLine, matchReport } from "../report.ts";
import { say, sayJson } from "../say.ts";
import { StopAtFirst } from "../stop-at-first.ts";
import { TraceFile } from "../trace-file.ts";

interface RunOptions extends GuestOptions {
  readonly host: string;
  readonly bmc: string;
  readonly chip?: string;
  readonly interface?: string;
  readonly seed?: string;
  readonly events?: string;
  readonly trace?: string;
  readonly json?: boolean;
  readonly all?: boolean;
  readonly realTime?: boolean;
  readonly snapshot: boolean;
  readonly qemu?: string;
  readonly stopAt?: string;
}

export function runCommand(): Command {
  return new Command("run")
    .description("Run scenarios, from the catalogue or from files, and print the verdicts.")
    .argument("[scenario...]", "names (`baseboard scenarios` lists them) or YAML files")
    .option("--all", "every scenario of the catalogue that the host can show")
    .option("--host <seat>", "stack, linux, or linux:VERSION of a kernel that was added", "stack")
    .option("--bmc <seat>", BMC_SEATS.join(", "), "model")
    .option("--chip <name>", `the model on QEMU's model of a BMC chip: ${CHIP_NAMES.join(", ")}`)
    .option("--interface <kind>", "in place of the scenario's own: kcs, smic, bt or ssif")
    .option("--seed <n>", "in place of the scenario's own")
    .option("--events <n>", "stack: give a match up that makes more, 100000000 when left out")
    .option("--trace <file>", "write the trace there, as JSON Lines")
    .option("--real-time", "linux: guest time runs with the wall clock")
    .option("--no-snapshot", "linux: boot the kernel anew for each match")
    .option("--module <name=file>", "linux: this module in place of the kernel's own", gathered)
    .option("--param <module.name=value>", "linux: set a parameter of a module", gathered)
    .option("--console", "linux: print the guest's console below the verdict")
    .option("--stop-at <what>", "first: end the match at the first rule that is broken")
    .option("--qemu <program>", "the QEMU to use, in place of qemu-system-x86_64")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText(
      "after",
      `
Examples:
  baseboard run sticky-event-buffer
  baseboard run sticky-event-buffer --trace run.trace.jsonl
  baseboard run --all --json
  baseboard run ./my-scenario.yaml --host linux:6.1
  baseboard run sticky-event-buffer --host linux:6.17 --module ipmi_si=./ipmi_si.ko --console`,
    )
    .action(run);
}

async function run(names: readonly string[], options: RunOptions): Promise<void> {
  if (options.stopAt !== undefined && options.stopAt !== "first") {
    throw new Failure(Exit.WrongCommand, `--stop-at ${options.stopAt}: only first`);
  }
  const parties = seated(options);
  const { bmc } = parties;
  const host = await guestWith(parties.host, options);
  const kind = options.interface === undefined ? undefined : interfaceNamed(options.interface);
  const forHost: Loaded[] = [];
  for (const chosen of chosenScenarios(names, options.all === true)) {
    const loaded = playedOn(chosen, kind);
    const whyNot = whyNotBetween(loaded.scenario, host, bmc);
    if (whyNot === undefined) forHost.push(loaded);
    else if (options.all !== true) throw new Failure(Exit.WrongCommand, whyNot);
  }
  const results: Played[] = [];
  const progress = new Progress(forHost.length, options.json === true);
  for (const one of forHost) {
    progress.next(`${one.scenario.name} on ${options.host}`);
    results.push({ loaded: one, ...(await runOne(one, { host, bmc }, options)) });
  }
  progress.end();
  print(results, options);
  process.exitCode = exitOf(results.map(({ result }) => result));
}

/** What broke off says nothing, so that the whole says less than it was asked for. */
function exitOf(results: readonly MatchResult[]): number {
  if (results.some(({ interrupted }) => interrupted !== undefined)) return Exit.Missing;
  return results.some(({ misses }) => misses.length > 0) ? Exit.NotAsExpected : Exit.AsExpected;
}

interface Played {
  readonly loaded: Loaded;
  readonly result: MatchResult;
  readonly console: readonly ConsoleLine[];
}

interface Parties {
  readonly host: HostParty;
  readonly bmc: BmcParty;
}

/** Refuses parties that nobody can play. */
function seated(options: RunOptions): Parties {
  return { host: hostOf(options.host), bmc: bmcOf(options) };
}

function bmcOf({ bmc, chip }: RunOptions): BmcParty {
  if (chip !== undefined && bmc !== "model") {
    throw new Failure(Exit.WrongCommand, "--chip: what sits on a chip is the model");
  }
  const seat = chip === undefined ? bmcSeat(bmc) : chipSeat(chip);
  if (seat !== undefined) return seat;
  const [given, known] =
    chip === undefined ? [`--bmc ${bmc}`, BMC_SEATS] : [`--chip ${chip}`, CHIP_NAMES];
  throw new Failure(Exit.WrongCommand, `${given}: only ${known.join(", ")} can be played today`);
}

async function runOne({ scenario, text }: Loaded, { host, bmc }: Parties, options: RunOptions) {
  const seed = numberOf("--seed", options.seed, 0, SEED_MAX);
  const eventsMax = numberOf("--events", options.events, 1, EVENTS_MAX);
  const file = options.trace === undefined ? undefined : new TraceFile(options.trace);
  const console = new ConsoleLines();
  const stop = new AbortController();
  let stopper: StopAtFirst | undefined;
  const sinks = (head: TraceHead): TraceSink[] => {
    if (options.stopAt !== undefined) stopper = new StopAtFirst(head, () => stop.abort());
    const wanted = options.console === true ? [console] : [];
    return [
      ...(file === undefined ? [] : [file.begin(head)]),
      ...(stopper === undefined ? wanted : [...wanted, stopper]),
    ];
  };
  const common = {
    sinks,
    scenarioText: text,
    realTime: options.realTime ?? false,
    snapshot: options.snapshot && options.realTime !== true,
    eventsMax,
    ...(seed === undefined ? {} : { seed }),
    ...(options.qemu === undefined ? {} : { qemu: options.qemu }),
  };
  try {
    const result = await interruptible((signal) => {
      const either = AbortSignal.any([signal, stop.signal]);
      return playBetween({ host, bmc }, scenario, { ...common, signal: either });
    });
    file?.finish();
    return { result: stoppedBy(stopper, result), console: console.lines };
  } finally {
    file?.discard();
  }
}

/** What a match that was stopped would have come to, nobody knows. */
function stoppedBy(stopper: StopAtFirst | undefined, result: MatchResult): MatchResult {
  if (stopper?.broken === undefined) return result;
  return { ...result, misses: [`stopped at the first broken rule, ${stopper.broken}`] };
}

const SEED_MAX = 0xffff_ffff;
const EVENTS_MAX = 1_000_000_000_000;

function numberOf(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const right = `a whole number from ${least} to ${most}`;
  throw new Failure(Exit.WrongCommand, `${option} ${text}: ${right}`);
}

function print(results: readonly Played[], options: RunOptions) {
  if (options.json === true) {
    const documents = results.map(({ loaded, result, console }) => ({
      ...matchJson(loaded.scenario, result),
      ...(options.console === true ? { console } : {}),
    }));
    const single = documents.length === 1 && options.all !== true;
    sayJson(single ? documents[0] : documents);
    return;
  }
  const only = results[0];
  if (results.length === 1 && only !== undefined) {
    say(matchReport(only.loaded.scenario, only.result).trimEnd());
    if (options.console === true) say(consoleText(only.console));
    return;
  }
  for (const { loaded, result, console } of results) {
    if (result.misses.length > 0) say(`\n${matchReport(loaded.scenario, result)}`);
    else say(matchLine(loaded.scenario, result));
    if (options.console === true) say(consoleText(console));
  }
  const met = results.filter(({ result }) => result.misses.length === 0).length;
  say(`${met} of ${results.length} matches as expected`);
}
