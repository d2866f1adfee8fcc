import { Command } from "commander";
import type { Ladders } from "../../explain/index.ts";
import {
  BMC_SEATS,
  type BmcParty,
  bmcSeat,
  CHIP_NAMES,
  cellOf,
  chipSeat,
  type HostParty,
  type MatchResult,
  type Matrix,
  playBetween,
  whyNotBetween,
} from "../../lab/index.ts";
import type { TraceHead } from "../../trace/head.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import { chosenScenarios, type Loaded, playedOn, transportNamed } from "../catalogue.ts";
import { ExplainedMatches } from "../explained-matches.ts";
import { Exit, Failure } from "../failure.ts";
import { BASELINE_OPTION, failOnOption, Gate, type GateOptions } from "../gate.ts";
import {
  type ConsoleLine,
  ConsoleLines,
  consoleText,
  type GuestOptions,
  gathered,
  guestWith,
} from "../guest-options.ts";
import { hostOf, usualHost } from "../hosts.ts";
import { refuseIdle } from "../idle-options.ts";
import { interruptible } from "../interruptible.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import {
  MARKDOWN_OPTION,
  type MatrixFileOptions,
  matrixFiles,
  wantsMatrixFiles,
} from "../matrix-files.ts";
import { LivePage } from "../page/live-page.ts";
import { Progress } from "../progress.ts";
import { Courses } from "../report/courses.ts";
import { explanationText, laddersJson } from "../report/explanation.ts";
import { matchJson, matchLine, matchReport } from "../report/match.ts";
import { CTRF_OPTION, JUNIT_OPTION, KTAP_OPTION, withReportFiles } from "../report-files.ts";
import { sayError } from "../say.ts";
import { StopAtFirst } from "../stop-at-first.ts";
import { TraceFile } from "../trace-file.ts";
import { WholeFile } from "../whole-file.ts";
import { wholeNumber } from "../whole-number.ts";

interface RunOptions extends GuestOptions, MatrixFileOptions, GateOptions {
  readonly host?: string;
  readonly bmc: string;
  readonly chip?: string;
  readonly interface?: string;
  readonly seed?: string;
  readonly seeds?: string;
  readonly events?: string;
  readonly trace?: string;
  readonly bmcTrace?: string;
  readonly json?: string;
  readonly all?: boolean;
  readonly realTime?: boolean;
  readonly snapshot: boolean;
  readonly qemu?: string;
  readonly stopAt?: string;
  readonly explain?: boolean;
  readonly view?: boolean;
}

export function runCommand(): Command {
  return new Command("run")
    .description("Run scenarios, from the catalogue or from files, and print the verdicts.")
    .argument("[scenario...]", "names (`baseboard scenarios` lists them) or YAML files")
    .option("--all", "every scenario of the catalogue that the host can show")
    .option(
      "--host <seat>",
      "stack, linux, linux:VERSION of a kernel that was added, freeipmi or ipmiutil in a guest of such " +
        "a kernel, or script, the scenario's own; stack when left out, or the script where that is the host",
    )
    .option("--bmc <seat>", BMC_SEATS.join(", "), "model")
    .option("--chip <name>", `the model on QEMU's model of a BMC chip: ${CHIP_NAMES.join(", ")}`)
    .option("--interface <kind>", "in place of the scenario's own: kcs, smic, bt, ssif or opal")
    .option("--seed <n>", "draws a legal course of the match; 0, the ordinary one, when left out")
    .option("--seeds <n>", "so many courses, from that seed on, and what they come to")
    .option(
      "--events <n>",
      "stack on the model: give a match up that makes more, 100000000 when left out",
    )
    .option("--trace <file>", "write the trace there, as JSON Lines")
    .option(
      "--bmc-trace <file>",
      "linux as the BMC: write there what its kernel traced of its registers, for judge",
    )
    .option(
      "--view",
      "serve the match's page on 127.0.0.1 while it is played, and then until Ctrl-C",
    )
    .option("--real-time", "linux, freeipmi, ipmiutil: guest time runs with the wall clock")
    .option("--no-snapshot", "linux: boot the kernel anew for each match")
    .option("--module <name=file>", "linux: this module in place of the kernel's own", gathered)
    .option("--param <module.name=value>", "linux: set a parameter of a module", gathered)
    .option("--console", "linux, freeipmi, ipmiutil: print the guest's console below the verdict")
    .option(...JUNIT_OPTION)
    .option(...KTAP_OPTION)
    .option(...CTRF_OPTION)
    .option(...MARKDOWN_OPTION)
    .option("--explain", "below each verdict, what happened round each finding, line by line")
    .option(...BASELINE_OPTION)
    .addOption(failOnOption())
    .option("--stop-at <what>", "first: end the match at the first rule that is broken")
    .option(
      "--qemu <program>",
      "linux, freeipmi, ipmiutil, or QEMU's BMCs and chips: the QEMU to use, in place of qemu-system-x86_64",
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard run sticky-event-buffer
  baseboard run sticky-event-buffer --explain
  baseboard run sticky-event-buffer --trace run.trace.jsonl
  baseboard run sticky-event-buffer --view
  baseboard run device-id --seeds 200
  baseboard run --all --json
  baseboard run --all --baseline yesterday.json
  baseboard run ./my-scenario.yaml --host linux:6.1
  baseboard run sticky-event-buffer --host linux:6.17 --module ipmi_si=./ipmi_si.ko --console`,
    )
    .action(run);
}

async function run(names: readonly string[], options: RunOptions, command: Command): Promise<void> {
  if (options.stopAt !== undefined && options.stopAt !== "first") {
    throw new Failure(Exit.WrongCommand, `--stop-at ${options.stopAt}: only first`);
  }
  const kind = options.interface === undefined ? undefined : transportNamed(options.interface);
  const chosen = chosenScenarios(names, options.all === true).map((each) => playedOn(each, kind));
  const named = options.host ?? usualHost(chosen.map(({ scenario }) => scenario));
  const parties = { host: hostOf(named), bmc: bmcOf(options) };
  const { bmc } = parties;
  refuseIdle(command, { hosts: [parties.host], bmc: options.chip ?? options.bmc });
  const limits = limitsOf(options);
  const gate = new Gate(options);
  const host = await guestWith(parties.host, options);
  const subjects = playable(chosen, { host, bmc }, options);
  if (limits.seeds !== undefined) {
    const means = { parties: { host, bmc }, options, limits: { ...limits, seeds: limits.seeds } };
    return runCourses(subjects, means);
  }
  const isShown = options.explain === true || wantsMatrixFiles(options);
  const explained = isShown ? new ExplainedMatches() : undefined;
  const wanted = matrixFiles(options, explained?.reported);
  const page = pageFor(subjects, options);
  if (page !== undefined) sayError(`the match is at ${await page.listen()}`);
  await withReportFiles(options.json, wanted, async (json, files) => {
    const results: Played[] = [];
    const progress = new Progress(subjects.length, json.alone);
    for (const one of subjects) {
      const over = progress.next(`${one.scenario.name} on ${named}`);
      const played = await runOne(one, { host, bmc }, { ...options, ...limits, explained, page });
      const ladders = options.explain === true ? explained?.of(one.scenario, host.name) : undefined;
      results.push({ loaded: one, ...played, ladders });
      over();
    }
    progress.end();
    const document = () => documentOf(results, options);
    const usual = exitOf(results.map(({ result }) => result));
    process.exitCode = gate.exit(document, usual);
    json.put(document, () => textOf(results, options.console === true));
    gate.tell(document, json.alone);
    files.write(matrixOf(host, results));
    await page?.stay();
  }).finally(() => page?.close());
}

/** Where the match can be watched, if that was asked for. */
function pageFor(subjects: readonly Loaded[], { view }: RunOptions): LivePage | undefined {
  const [only] = subjects;
  if (view !== true || only === undefined) return undefined;
  if (subjects.length === 1) return new LivePage(only.scenario.name);
  const why = `a page shows one match, and here are ${subjects.length}: run each alone`;
  throw new Failure(Exit.WrongCommand, `--view: ${why}`);
}

/** The matches as a table of one column. */
function matrixOf({ name }: HostParty, results: readonly Played[]): Matrix {
  const rows = results.map(({ loaded: { scenario }, result }) => ({
    scenario,
    cells: [cellOf(result)],
  }));
  return { hosts: [name], rows };
}

/** Several courses of each match. */
async function runCourses(
  subjects: readonly Loaded[],
  { parties, options, limits }: CourseMeans,
): Promise<void> {
  const [not] = (
    [
      ...["trace", "bmcTrace", "stopAt", "console", "explain", "view"],
      ...["junit", "ktap", "ctrf", "markdown", "baseline", "failOn"],
    ] as const
  ).filter((name) => name in options);
  if (not !== undefined) {
    const word = not.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    throw new Failure(Exit.WrongCommand, `--${word} is for one course of a match, not for --seeds`);
  }
  await withJson(options.json, async (json) => {
    const all: Courses[] = [];
    const progress = new Progress(subjects.length, json.alone);
    for (const one of subjects) {
      const over = progress.next(`${one.scenario.name}, ${limits.seeds} courses`);
      const courses = new Courses(one.scenario, parties.host.seat);
      const from = limits.seed ?? one.scenario.seed ?? 0;
      for (let seed = from; seed < from + limits.seeds; seed++) {
        const { result } = await runOne(one, parties, { ...options, ...limits, seed });
        courses.add(seed, result);
      }
      all.push(courses);
      over();
    }
    progress.end();
    const accused = all.some((each) => each.accused.length > 0);
    const cut = all.some(({ interrupted }) => interrupted !== undefined);
    process.exitCode = cut ? Exit.Missing : accused ? Exit.NotAsExpected : Exit.AsExpected;
    json.put(
      () => (all.length === 1 ? all[0]?.json() : all.map((each) => each.json())),
      () => all.map((each) => each.text()).join("\n"),
    );
  });
}

interface CourseMeans {
  readonly parties: Parties;
  readonly options: RunOptions;
  readonly limits: ReturnType<typeof limitsOf> & { readonly seeds: number };
}

/** Of the whole catalogue those that the parties can play; what was named must be. */
function playable(
  chosen: readonly Loaded[],
  { host, bmc }: Parties,
  { all, trace, bmcTrace }: RunOptions,
): readonly Loaded[] {
  const whyNot = ({ scenario }: Loaded) => whyNotBetween(scenario, host, bmc);
  const subjects = chosen.filter((loaded) => whyNot(loaded) === undefined);
  const [not] = chosen.map(whyNot).filter((why) => why !== undefined);
  if (not !== undefined && (all !== true || subjects.length === 0)) {
    throw new Failure(Exit.WrongCommand, not);
  }
  for (const [option, file] of [
    ["--trace", trace],
    ["--bmc-trace", bmcTrace],
  ]) {
    if (file === undefined || subjects.length === 1) continue;
    const right = "run each alone, with a file of its own";
    const why = `a trace holds one match, and here are ${subjects.length}; ${right}`;
    throw new Failure(Exit.WrongCommand, `${option} ${file}: ${why}`);
  }
  return subjects;
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
  /** Where they were asked for. */
  readonly ladders: Ladders | undefined;
}

interface Parties {
  readonly host: HostParty;
  readonly bmc: BmcParty;
}

/** Refuses a BMC that nobody can play. */
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

const SEEDS_MAX = 1_000_000;
const EVENTS_MAX = 1_000_000_000_000;

function limitsOf({ seed, seeds, events }: RunOptions) {
  return {
    seeds: wholeNumber("--seeds", seeds, { least: 1, most: SEEDS_MAX }),
    seed: wholeNumber("--seed", seed, { least: 0 }),
    eventsMax: wholeNumber("--events", events, { least: 1, most: EVENTS_MAX }),
  };
}

interface OneOptions
  extends Omit<RunOptions, "seed" | "seeds" | "events">,
    ReturnType<typeof limitsOf> {
  readonly explained?: ExplainedMatches | undefined;
  readonly page?: LivePage | undefined;
}

async function runOne({ scenario, text }: Loaded, { host, bmc }: Parties, options: OneOptions) {
  const { seed, eventsMax } = options;
  const file = options.trace === undefined ? undefined : new TraceFile(options.trace);
  const ofBmc =
    options.bmcTrace === undefined ? undefined : new WholeFile("--bmc-trace", options.bmcTrace);
  const console = new ConsoleLines();
  const stop = new AbortController();
  let stopper: StopAtFirst | undefined;
  const sinks = (head: TraceHead): TraceSink[] => {
    if (options.stopAt !== undefined) stopper = new StopAtFirst(head, () => stop.abort());
    return [
      ...(file === undefined ? [] : [file.begin(head)]),
      ...(options.page === undefined ? [] : [options.page.begin(head)]),
      ...(options.console === true ? [console] : []),
      ...(options.explained?.sinks(scenario, host.name)(head) ?? []),
      ...(stopper === undefined ? [] : [stopper]),
    ];
  };
  const common = {
    sinks,
    scenarioText: text,
    realTime: options.realTime ?? false,
    snapshot: options.snapshot && options.realTime !== true,
    eventsMax,
    ...(ofBmc === undefined ? {} : { bmcTrace: (text: Uint8Array) => ofBmc.write(text) }),
    ...(seed === undefined ? {} : { seed }),
    ...(options.qemu === undefined ? {} : { qemu: options.qemu }),
  };
  try {
    const result = await interruptible((signal) => {
      const either = AbortSignal.any([signal, stop.signal]);
      return playBetween({ host, bmc }, scenario, { ...common, signal: either });
    });
    file?.finish();
    ofBmc?.finish();
    return { result: stoppedBy(stopper, result), console: console.lines };
  } finally {
    file?.discard();
    ofBmc?.discard();
  }
}

/** What a match that was stopped would have come to, nobody knows. */
function stoppedBy(stopper: StopAtFirst | undefined, result: MatchResult): MatchResult {
  if (stopper?.broken === undefined) return result;
  return { ...result, misses: [`stopped at the first broken rule, ${stopper.broken}`] };
}

function documentOf(
  results: readonly Played[],
  { all, console: withConsole }: RunOptions,
): unknown {
  const documents = results.map(({ loaded, result, console, ladders }) => ({
    ...matchJson(loaded.scenario, result),
    ...(ladders === undefined ? {} : { ladders: laddersJson(ladders) }),
    ...(withConsole === true ? { console } : {}),
  }));
  return documents.length === 1 && all !== true ? documents[0] : documents;
}

/** One match with all that is known of it; of several, those that are not as expected. */
function textOf(results: readonly Played[], withConsole: boolean): string {
  const below = ({ console }: Played) => (withConsole ? [consoleText(console)] : []);
  const report = ({ loaded, result, ladders }: Played) => {
    const { verdict, usual } = result;
    const shown = ladders === undefined ? "" : explanationText(verdict, ladders, usual);
    const verdicts = matchReport(loaded.scenario, result);
    return shown === "" ? verdicts : `${verdicts}\n${shown}\n`;
  };
  const [only] = results;
  if (results.length === 1 && only !== undefined) {
    return [report(only).trimEnd(), ...below(only)].join("\n");
  }
  const lines = results.flatMap((played) => {
    const { loaded, result } = played;
    const line =
      result.misses.length > 0 ? `\n${report(played)}` : matchLine(loaded.scenario, result);
    return [line, ...below(played)];
  });
  const met = results.filter(({ result }) => result.misses.length === 0).length;
  return [...lines, `${met} of ${results.length} matches as expected`].join("\n");
}
