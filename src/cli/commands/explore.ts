import { availableParallelism } from "node:os";
import { Command } from "commander";
import {
  type Crew,
  type Exploration,
  eventMap,
  explore,
  FaultEverywhere,
  FaultPairs,
  faultKinds,
  HALT,
  Schedules,
  type Strategy,
  Swarm,
  threads,
} from "../../lab/explore/index.ts";
import { keepBroken } from "../broken-runs.ts";
import { type Loaded, loadScenario } from "../catalogue.ts";
import { explorationJson, explorationReport } from "../explore-report.ts";
import { Exit, Failure } from "../failure.ts";
import { RateLine } from "../rate-line.ts";

interface ExploreOptions {
  readonly faultEverywhere?: boolean;
  readonly pairs?: boolean;
  readonly schedules?: boolean;
  readonly random?: boolean;
  readonly seconds: string;
  readonly runs?: string;
  readonly workers?: string;
  readonly seed?: string;
  readonly out: string;
  readonly json?: boolean;
}

const NUMBER_MAX = 0xffff_ffff;
const WORKERS_MAX = 256;
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

export function exploreCommand(): Command {
  return new Command("explore")
    .description("Look for the moment, or the order of turns, at which our stack breaks a promise.")
    .argument("<scenario>", "a name (`baseboard scenarios` lists them) or a YAML file")
    .option("--fault-everywhere", "each kind of fault at each event of the run")
    .option("--pairs", "two faults at two events, drawn by the seed")
    .option("--schedules", "the orders in which host and BMC may get to run")
    .option("--random", "random users, faults and timing, drawn by the seed")
    .option("--seconds <n>", "stop then, with what is known", "60")
    .option("--runs <n>", "have so many runs at most")
    .option("--workers <n>", "threads; as many as there are processors when left out")
    .option("--seed <n>", "in place of the scenario's own")
    .option("--out <folder>", "where broken runs are written", "runs")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText(
      "after",
      `
Without a kind of exploration the host's processor stops, and its panic path runs, at each event.

Examples:
  baseboard explore cold-reset-unseen
  baseboard explore cold-reset-unseen --fault-everywhere --seconds 60
  baseboard explore a-right-match --schedules
  baseboard replay runs/cold-reset-unseen-1432.yaml

Exit status: 0 nothing is broken; 1 broken runs were found, and the shortest written to files;
2 the command was wrong; 130 it was interrupted.`,
    )
    .action(run);
}

async function run(name: string, options: ExploreOptions): Promise<void> {
  const loaded = loadScenario(name);
  const { make, kind } = strategyOf(options);
  const seed = wholeNumber("--seed", options.seed, 0) ?? loaded.scenario.seed ?? 0;
  const workers = wholeNumber("--workers", options.workers, 1, WORKERS_MAX);
  const seconds = wholeNumber("--seconds", options.seconds, 1) ?? 0;
  const runsMax = wholeNumber("--runs", options.runs, 1);
  refuseUnplayable(loaded);
  const strategy = make(loaded.text, seed);
  const crew = threads(workers ?? availableParallelism());
  const { result, status, elapsedMs } = await interruptibly(crew, (signal) => {
    const line = new RateLine({ quiet: options.json === true, seconds, runsMax });
    const timeIsUp = () => line.elapsedMs() >= seconds * 1_000;
    const onProgress = line.show.bind(line);
    return explore({ strategy, crew, runsMax, timeIsUp, signal, onProgress }).finally(() => {
      line.end();
    });
  });
  const kept = keepBroken(loaded, result, { folder: options.out, whole: status !== 0 });
  const report = { loaded, kind, result, kept, coverage: strategy.coverage(), elapsedMs, seed };
  if (options.json === true) console.log(JSON.stringify(explorationJson(report), undefined, 2));
  else process.stdout.write(explorationReport(report));
  const found = result.brokenRuns > 0 ? Exit.NotAsExpected : Exit.AsExpected;
  process.exitCode = status === 0 ? found : status;
}

/** Has the exploration; Ctrl-C ends it with what is known, and nothing is left running. */
async function interruptibly(
  crew: Crew,
  work: (signal: AbortSignal) => Promise<Exploration>,
): Promise<{ result: Exploration; status: number; elapsedMs: number }> {
  const controller = new AbortController();
  const fromMs = performance.now();
  let status = 0;
  const stop = (signal: NodeJS.Signals) => {
    status = signal === "SIGTERM" ? STATUS.SIGTERM : STATUS.SIGINT;
    controller.abort();
    void crew.dismiss();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    const result = await work(controller.signal);
    return { result, status, elapsedMs: performance.now() - fromMs };
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await crew.dismiss();
  }
}

interface Chosen {
  readonly kind: string;
  readonly make: (scenario: string, seed: number) => Strategy;
}

const STRATEGIES = {
  faultEverywhere: {
    kind: "a fault at every event",
    make: (text, seed) => {
      return new FaultEverywhere(text, {
        seed,
        kinds: faultKinds(text),
        map: eventMap(text, seed),
      });
    },
  },
  pairs: {
    kind: "pairs of faults",
    make: (text, seed) => {
      return new FaultPairs(text, { seed, kinds: faultKinds(text), map: eventMap(text, seed) });
    },
  },
  schedules: { kind: "schedules", make: (text, seed) => new Schedules(text, { seed }) },
  random: {
    kind: "random runs",
    make: (text, seed) => {
      const { others, registers } = eventMap(text, seed);
      return new Swarm(text, { seed, events: others.length + registers.length });
    },
  },
} satisfies Record<string, Chosen>;

const HALT_EVERYWHERE: Chosen = {
  kind: "a panic at every event",
  make: (text, seed) => {
    return new FaultEverywhere(text, { seed, kinds: [HALT], map: eventMap(text, seed) });
  },
};

function strategyOf(options: ExploreOptions): Chosen {
  const given = Object.entries(STRATEGIES).filter(([name]) => {
    return Object.entries(options).some(([option, value]) => option === name && value === true);
  });
  if (given.length > 1) {
    const flags = "--fault-everywhere, --pairs, --schedules and --random";
    throw new Failure(Exit.WrongCommand, `give one of ${flags}, not ${given.length}`);
  }
  return given[0]?.[1] ?? HALT_EVERYWHERE;
}

function refuseUnplayable({ scenario }: Loaded): void {
  if ((scenario.seats ?? ["stack"]).includes("stack")) return;
  throw new Failure(
    Exit.WrongCommand,
    `${scenario.name} is not for the host stack, the only one that can be explored`,
  );
}

function wholeNumber(
  option: string,
  text: string | undefined,
  least: number,
  most: number = NUMBER_MAX,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Failure(
    Exit.WrongCommand,
    `${option} ${text}: a whole number from ${least} to ${most}`,
  );
}
