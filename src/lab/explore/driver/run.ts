import { createHash } from "node:crypto";
import { type BmcKernel, bmcKernelTitle } from "../../../kernels/bmc-kernel.ts";
import { matchHead } from "../../../match/arena.ts";
import { blamed, Referee } from "../../../referee/index.ts";
import { interfaceOf } from "../../../scenario/on-interface.ts";
import type { Scenario } from "../../../scenario/schema.ts";
import { USUAL } from "../../../seats/linux-bmc/party.ts";
import { StoppedGuest } from "../../../seats/linux-bmc/stopped-guest.ts";
import type { TraceEvent } from "../../../trace/events.ts";
import { DEFAULT_PROMISES, type TraceHead } from "../../../trace/head.ts";
import { encodeEvent } from "../../../trace/jsonl.ts";
import type { TraceSink } from "../../../trace/tracer.ts";
import type { Crew } from "../crew.ts";
import { NO_MAXIMA } from "../measures.ts";
import type { RunPlan } from "../plan.ts";
import { type Breach, parsed, type TracedOutcome } from "../run.ts";
import { DriverCourse } from "./course.ts";
import { DEEDS } from "./deeds.ts";

/** So many of a scenario's requests are made: in the second something of the first can come up. */
const REQUESTS = 2;
/** Against a guest that hangs. */
const LIFE_S = 120;
/** What is asked where the scenario asks for nothing by name. */
const GET_SELF_TEST_RESULTS = Uint8Array.of(0x18, 0x04);
/** A daemon that was told not to answer does not. */
const SILENCE = "GEN-02";

/** Whose driver is explored. */
export interface DriverOptions {
  readonly kernel: BmcKernel;
  readonly qemu?: string | undefined;
  readonly sinks?: (head: TraceHead) => readonly TraceSink[];
}

/** What a run on a real driver came to. */
export interface DriverOutcome extends TracedOutcome {
  /** Where the driver stood: after so many accesses of its own and reads of its daemon's. */
  readonly stops: number;
}

/** Why a scenario cannot be explored on a driver; undefined when it can. */
export function whyNotOnStoppedDriver(scenario: Scenario): string | undefined {
  const kind = interfaceOf(scenario);
  return kind === "kcs" ? undefined : `QEMU models no ${kind} of a BMC chip, only KCS`;
}

/** Has a plan's run on a kernel's own driver, from its snapshot: a function of the plan, the kernel and QEMU. */
export async function runOnDriver(
  plan: RunPlan,
  { kernel, qemu, sinks }: DriverOptions,
): Promise<DriverOutcome> {
  const scenario = parsed(plan.scenario);
  const head = headOf(scenario, plan, kernel);
  const guest = await StoppedGuest.start({ kernel, program: qemu, lifeS: LIFE_S });
  try {
    const course = new DriverCourse(guest, plan.stop);
    const referee = new Referee(head);
    const hash = createHash("sha256");
    const sink = {
      event: (event: TraceEvent) => void hash.update(`${encodeEvent(event)}\n`),
    };
    for (const each of [referee, sink, ...(sinks?.(head) ?? [])]) course.tracer.attach(each);
    course.play(requestsOf(scenario));
    const { violations } = referee.verdict();
    return {
      breaches: breachesIn(violations, plan),
      events: course.tracer.count,
      choices: 0,
      maxima: NO_MAXIMA,
      trace: hash.digest("hex"),
      stops: course.stops,
    };
  } finally {
    await guest.stop();
  }
}

/** So many drivers at a time. */
export function drivers(workers: number, options: DriverOptions): Crew {
  const controller = new AbortController();
  return {
    workers,
    batch: 1,
    run: async (plans) => {
      const outcomes: DriverOutcome[] = [];
      for (const plan of plans) {
        controller.signal.throwIfAborted();
        outcomes.push(await runOnDriver(plan, options));
      }
      return outcomes;
    },
    dismiss: async () => controller.abort(),
  };
}

function breachesIn(
  violations: ReturnType<Referee["verdict"]>["violations"],
  { stop, judge = "bmc" }: RunPlan,
): readonly Breach[] {
  const silent = stop !== undefined && DEEDS[stop.deed].by === "daemon";
  return violations
    .filter((each) => (judge === "both" || each.party === judge) && blamed(each) === each.party)
    .filter(({ rule }) => !USUAL.includes(rule) && !(silent && rule === SILENCE))
    .map(({ rule, n, detail }) => ({ rule, n, detail }));
}

function headOf(scenario: Scenario, plan: RunPlan, kernel: BmcKernel): TraceHead {
  const head = matchHead(scenario, {
    host: "bare",
    clock: "virtual",
    promises: DEFAULT_PROMISES,
    scenarioText: "",
  });
  return { ...head, bmc: `linux:${bmcKernelTitle(kernel)}`, seed: plan.seed };
}

/** The first of those that the scenario's users make, each once. */
function requestsOf({ workload }: Scenario): readonly Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  for (const { steps } of workload ?? []) {
    for (const step of steps) {
      const { request, raw, data = [], lun = 0 } = step;
      const message =
        raw ??
        (request === undefined
          ? undefined
          : Uint8Array.of((request.netFn << 2) | lun, request.cmd, ...data));
      if (message !== undefined) found.set(message.join(), message);
    }
  }
  const [first = GET_SELF_TEST_RESULTS, ...others] = found.values();
  return [first, ...others].slice(0, REQUESTS);
}
