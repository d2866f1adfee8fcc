import { availableParallelism } from "node:os";
import { Command, Option } from "commander";
import {
  type Crew,
  explore,
  JUDGES,
  type Judge,
  type Progress,
  plainPlan,
  plannedRun,
  type Share,
  whyNotOnStoppedDriver,
} from "../../lab/explore/index.ts";
import { type HostParty, inTurns, type Scenario, whyNotFor } from "../../lab/index.ts";
import { keepBroken } from "../broken-runs.ts";
import { CAMPAIGN_OPTION, campaignFor, QUEUE_OPTION } from "../campaign.ts";
import { chosenScenarios, interfaceNamed, type Loaded, playedOn } from "../catalogue.ts";
import {
  driverKernel,
  driverPlayer,
  driverSearch,
  hostPlayer,
  type Player,
} from "../explore-player.ts";
import { type Search, searchFor, type Wishes } from "../explore-strategies.ts";
import { Exit, Failure } from "../failure.ts";
import { BASELINE_OPTION, failOnOption, Gate, type GateOptions } from "../gate.ts";
import { checkGuests, hostOf } from "../hosts.ts";
import { refuseIdle } from "../idle-options.ts";
import { hearing } from "../interruptible.ts";
import { JSON_OPTION, type JsonOutput } from "../json-output.ts";
import { OutFolder } from "../out-folder.ts";
import { explorationPage } from "../page/exploration-page.ts";
import { RateLine } from "../rate-line.ts";
import { explorationReport } from "../report/exploration.ts";
import {
  documentOf,
  type ExplorationDocument,
  type Explored,
} from "../report/exploration-document.ts";
import { explorationMarkdown, explorationSuites } from "../report/exploration-suites.ts";
import { tableFoot, tableLine } from "../report/exploration-table.ts";
import {
  forReaders,
  type ReportFileOptions,
  type ReportFiles,
  reportOptions,
  withReportFiles,
} from "../report-files.ts";
import { say } from "../say.ts";
import { SHARD_OPTION, shareOf } from "../shard.ts";
import { WORKERS, wholeNumber } from "../whole-number.ts";

interface ExploreOptions extends Wishes, GateOptions, ReportFileOptions {
  readonly all?: boolean;
  readonly judge?: Judge;
  readonly host: string;
  readonly bmc: string;
  readonly interface?: string;
  readonly seconds: string;
  readonly runs?: string;
  readonly workers?: string;
  readonly queue?: string;
  readonly campaign?: string;
  readonly seed?: string;
  readonly shard?: string;
  readonly stopAt?: "first";
  readonly out: string;
  readonly qemu?: string;
  readonly json?: string;
  readonly report?: string;
}

export function exploreCommand(): Command {
  const command = new Command("explore")
    .description("Look for the moment, or the order of turns, at which a host breaks a promise.")
    .argument(
      "[scenario...]",
      "names (`baseboard scenarios` lists them), YAML files, `scenarios/**`",
    )
    .option("--all", "every scenario of the catalogue that the host can show")
    .option("--fault-everywhere", "each kind of fault at each event of the run")
    .option("--fault <kind...>", "these kinds of fault at each event")
    .option("--situations", "each fault once in each situation of the run, and no more")
    .option("--pairs", "two faults at two events, drawn by the seed")
    .option("--schedules", "the orders in which host and BMC may get to run")
    .option("--random", "random users, faults and timing, drawn by the seed")
    .addOption(
      new Option(
        "--judge <whom>",
        "who is held to the rules: what the other does wrong is what the scenario wants to see",
      ).choices(JUDGES),
    )
    .option("--host <seat>", "stack, linux, or linux:VERSION of a kernel that was added", "stack")
    .option("--bmc <seat>", "model, or linux:VERSION, whose driver is stopped", "model")
    .option("--interface <kind>", "in place of the scenario's own: kcs, smic, bt or ssif")
    .option("--seconds <n>", "with each scenario, stop then, with what is known", "60")
    .option("--runs <n>", "with each scenario, have so many runs at most")
    .addOption(
      new Option("--stop-at <what>", "first: end with the first broken run").choices(["first"]),
    )
    .option("--workers <n>", "threads, or guests; as many as there are processors when left out")
    .option(...QUEUE_OPTION)
    .option(...CAMPAIGN_OPTION)
    .option("--seed <n>", "in place of the scenario's own")
    .option(...SHARD_OPTION)
    .option("--out <folder>", "where broken runs are written", "runs")
    .option("--qemu <program>", "linux: the QEMU to use, in place of qemu-system-x86_64")
    .option(...BASELINE_OPTION)
    .addOption(failOnOption());
  return reportOptions(command)
    .option(
      "--report <file>",
      "write a page of one file there: what was tried where, what is broken",
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Without a kind of exploration the host's processor stops, and its panic path runs, at each event.
A kernel meets each kind of fault that can befall its BMC or the wire.

Examples:
  baseboard explore panic-under-load
  baseboard explore watchdog-bmc-reset --fault-everywhere --seconds 120
  baseboard explore --all --fault-everywhere --situations
  baseboard explore bring-up --schedules
  baseboard explore --all --fault-everywhere --shard 2/8 --json=2.json
  baseboard explore bring-up --fault-everywhere --report bring-up.html
  baseboard explore --all --random --queue redis://127.0.0.1:6379
  baseboard explore error-state-mid-request --host linux:6.18.5 --fault bmc-reset --runs 40
  baseboard explore late-answer --bmc linux:6.12 --fault force-abort
  baseboard replay runs/panic-under-load-1432.yaml

Exit status: 0 nothing is broken; 1 broken runs were found, and the first of each sort written to
files; 2 the command was wrong; 3 something is missing here, or a file could not be written; 130 it
was interrupted.`,
    )
    .action(run);
}

async function run(
  names: readonly string[],
  options: ExploreOptions,
  command: Command,
): Promise<void> {
  const limits = limitsOf(options);
  const gate = new Gate(options);
  const host = hostOf(options.host);
  const kernel = driverKernel(options.bmc);
  refuseIdle(command, { hosts: [host], bmc: options.bmc });
  const search =
    kernel === undefined ? searchFor(options, host) : driverSearch(kernel, options, options.host);
  const whyNot =
    kernel === undefined
      ? (scenario: Scenario) => whyNotFor(scenario, host)
      : whyNotOnStoppedDriver;
  const subjects = subjectsFor(names, whyNot, options);
  if (kernel === undefined) await checkGuests([host], options.qemu);
  const player =
    kernel === undefined ? hostPlayer(host, options.qemu) : driverPlayer(kernel, options.qemu);
  const wanted = [
    { option: "--report", path: options.report, text: explorationPage },
    ...forReaders<readonly ExplorationDocument[]>(options, {
      suites: explorationSuites,
      markdown: explorationMarkdown,
    }),
  ];
  // A page that is not built is told of before hours of work.
  if (options.report !== undefined) explorationPage([]);
  await withReportFiles(options.json, wanted, async (json, files) => {
    // A search may take hours: where its findings go is tried before.
    const out = new OutFolder("--out", options.out);
    try {
      const crew = (await campaignFor(options, player)) ?? player.crew(limits.workers);
      await exploreAll(subjects, {
        host,
        player,
        search,
        crew,
        limits,
        options,
        out,
        json,
        files,
        gate,
      });
    } finally {
      out.close();
    }
  });
}

async function exploreAll(subjects: readonly Loaded[], means: Means): Promise<void> {
  const { host, search, crew, options, json } = means;
  const explored: Explored[] = [];
  const width = Math.max(...subjects.map(({ scenario }) => scenario.name.length));
  const listed = subjects.length > 1 && !json.alone;
  if (listed) say(`${search.what}\n`);
  const status = await interruptibly(crew, async (signal) => {
    for (const loaded of options.situations === true
      ? await shortestFirst(subjects, host, signal)
      : subjects) {
      if (signal.aborted) return;
      const one = await exploreOne(loaded, means, signal);
      explored.push(one);
      if (listed) say(tableLine(documentOf(one), width));
      if (one.result.ended === "first") return;
    }
  });
  const documents = explored.map(documentOf);
  const document = () => (subjects.length === 1 ? documents[0] : documents);
  process.exitCode = means.gate.exit(document, status === 0 ? exitOf(explored) : status);
  json.put(document, () => {
    return listed ? `${tableFoot(documents)}\n` : documents.map(explorationReport).join("");
  });
  means.gate.tell(document, json.alone);
  means.files.write(documents);
  for (const { unwritten } of explored.flatMap(({ kept }) => kept)) {
    if (unwritten !== undefined) throw unwritten;
  }
}

function exitOf(explored: readonly Explored[]): number {
  const found = explored.some(({ result }) => result.brokenRuns > 0);
  return found ? Exit.NotAsExpected : Exit.AsExpected;
}

interface Means {
  readonly host: HostParty;
  readonly player: Player;
  readonly search: Search;
  readonly crew: Crew;
  readonly limits: Limits;
  readonly options: ExploreOptions;
  readonly out: OutFolder;
  readonly json: JsonOutput;
  readonly files: ReportFiles<readonly ExplorationDocument[]>;
  readonly gate: Gate;
}

async function exploreOne(loaded: Loaded, means: Means, signal: AbortSignal): Promise<Explored> {
  const { host, player, search, crew, limits, options, out, json } = means;
  const { seconds, runsMax } = limits;
  const seed = limits.seed ?? loaded.scenario.seed ?? 0;
  const { share } = limits;
  // What is explored is who is judged.
  const judge = options.judge ?? (options.bmc === "model" ? "host" : "bmc");
  const subject = { host, text: loaded.text, seed, qemu: options.qemu, share, signal };
  const { strategy, plain } = await search.begin(subject);
  const quiet = json.alone;
  const line = new RateLine({ name: loaded.scenario.name, quiet, seconds, runsMax });
  const timeIsUp = () => line.elapsedMs() >= seconds * 1_000;
  const onProgress = (progress: Progress) => {
    line.show(progress);
    crew.tell?.(loaded.scenario.name, progress);
  };
  const result = await explore({
    strategy,
    crew,
    judge: judge === "host" ? undefined : judge,
    share,
    runsMax,
    stopAtFirst: options.stopAt === "first",
    timeIsUp,
    signal,
    onProgress,
  }).finally(() => line.end());
  const elapsedMs = line.elapsedMs();
  const broken = await keepBroken(loaded, result, {
    folder: out.path,
    crew,
    signal,
    player,
  });
  const covered = strategy.coverage();
  const { what } = search;
  return { loaded, player, judge, what, seed, share, plain, result, covered, elapsedMs, ...broken };
}

/** Has the exploration; Ctrl-C ends it with what is known, and nothing is left running. */
async function interruptibly(
  crew: Crew,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const controller = new AbortController();
  let status = 0;
  const heard = (by: number) => {
    status = by;
    controller.abort();
    void crew.dismiss();
  };
  return hearing(heard, async () => {
    try {
      await work(controller.signal);
      return status;
    } finally {
      await crew.dismiss();
    }
  });
}

/** One that was asked for alone must be for this host; of many, those that are. */
function subjectsFor(
  names: readonly string[],
  whyNot: (scenario: Scenario) => string | undefined,
  options: ExploreOptions,
): readonly Loaded[] {
  const kind = options.interface === undefined ? undefined : interfaceNamed(options.interface);
  const chosen = chosenScenarios(names, options.all === true).map((each) => playedOn(each, kind));
  const subjects = chosen.filter(({ scenario }) => whyNot(scenario) === undefined);
  const [only] = chosen;
  const why = subjects.length === 0 && only && whyNot(only.scenario);
  if (why) throw new Failure(Exit.WrongCommand, why);
  return subjects;
}

/** What a short scenario has tried in a situation, a long one need not try again. */
async function shortestFirst(
  subjects: readonly Loaded[],
  host: HostParty,
  signal: AbortSignal,
): Promise<readonly Loaded[]> {
  if (!host.pure) return subjects;
  const events = new Map<Loaded, number>();
  for (const each of subjects) {
    const plan = plainPlan(each.text, each.scenario.seed ?? 0);
    events.set(each, (await inTurns(plannedRun(plan, { signal }))).events);
  }
  return subjects.toSorted((a, b) => (events.get(a) ?? 0) - (events.get(b) ?? 0));
}

interface Limits {
  readonly seconds: number;
  readonly runsMax: number | undefined;
  readonly workers: number;
  readonly seed: number | undefined;
  readonly share: Share;
}

function limitsOf(options: ExploreOptions): Limits {
  return {
    seed: wholeNumber("--seed", options.seed, { least: 0 }),
    workers: wholeNumber("--workers", options.workers, WORKERS) ?? availableParallelism(),
    seconds: wholeNumber("--seconds", options.seconds, { least: 1 }) ?? 0,
    runsMax: wholeNumber("--runs", options.runs, { least: 1 }),
    share: shareOf(options.shard),
  };
}
