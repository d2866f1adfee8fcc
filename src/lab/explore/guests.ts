import { createHash } from "node:crypto";
import type { HostParty } from "../../match/party.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { TraceHead } from "../../trace/head.ts";
import { encodeEvent } from "../../trace/jsonl.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import { playOn } from "../play.ts";
import type { Crew } from "./crew.ts";
import { Measures } from "./measures.ts";
import { plainPlan, type RunPlan } from "./plan.ts";
import { breachesOf, scenarioOf, type TracedOutcome, wholeText } from "./run.ts";
import { Situations } from "./situations.ts";
import { type EventMap, placeOf } from "./survey.ts";

/** Which kernel is explored, and how its matches are played. */
export interface GuestOptions {
  readonly host: HostParty;
  /** QEMU's program, when it is not the usual one. */
  readonly qemu?: string | undefined;
  readonly signal?: AbortSignal;
  /** Takes each event, after the referee. */
  readonly sinks?: (head: TraceHead) => readonly TraceSink[];
}

/** A guest that makes more events than this goes round in circles. */
const EVENTS_MAX = 30_000_000;

/**
 * Has a plan's run with an unmodified kernel for a host, from its snapshot. With virtual time in the
 * guest it is a function of the plan, the kernel and QEMU.
 */
export async function runOnGuest(
  plan: RunPlan,
  { host, qemu, signal, sinks }: GuestOptions,
): Promise<TracedOutcome> {
  const scenario = scenarioOf(plan);
  const measures = new Measures(EVENTS_MAX);
  const hash = createHash("sha256");
  const troubles = new Set<string>();
  const judged = { host: host.seat, judge: plan.judge };
  const sink = {
    event: (event: TraceEvent) => {
      hash.update(`${encodeEvent(event)}\n`);
      if (event.e === "guest") troubles.add(event.what);
    },
  };
  const { verdict, interrupted } = await playOn(host, scenario, {
    seed: plan.seed,
    scenarioText: wholeText(plan),
    sinks: (head) => [sink, measures, ...(sinks?.(head) ?? [])],
    ...(qemu === undefined ? {} : { qemu }),
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    breaches: interrupted === undefined ? breachesOf(scenario, verdict, judged) : [],
    interrupted,
    troubles: [...troubles].sort(),
    events: measures.lastN + 1,
    choices: 0,
    maxima: measures.maxima,
    trace: hash.digest("hex"),
  };
}

/** Where a fault could fire in a guest's run. Nobody can be asked when it would act. */
export async function guestEventMap(
  scenario: string,
  seed: number,
  { situations = new Situations(), ...options }: GuestOptions & { situations?: Situations },
): Promise<EventMap> {
  situations.begin(scenario);
  const places: EventMap["places"][number][] = [];
  const sink = {
    event: (event: TraceEvent) => {
      if (event.e === "end") return;
      places.push({ ...placeOf(event), situation: situations.of(event) });
    },
  };
  const outcome = await runOnGuest(plainPlan(scenario, seed), { ...options, sinks: () => [sink] });
  return { places, accesses: [], surveyed: false, outcome };
}

/** So many guests at a time. */
export function guests(workers: number, options: GuestOptions): Crew {
  const controller = new AbortController();
  return {
    workers,
    // A guest takes a second or more: the time may be up after each.
    batch: 1,
    run: async (plans) => {
      const outcomes: TracedOutcome[] = [];
      for (const plan of plans) {
        outcomes.push(await runOnGuest(plan, { ...options, signal: controller.signal }));
      }
      controller.signal.throwIfAborted();
      return outcomes;
    },
    dismiss: async () => controller.abort(),
  };
}
