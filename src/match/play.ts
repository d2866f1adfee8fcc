import { BaseboardError } from "../errors.ts";
import { Referee, type Verdict } from "../referee/index.ts";
import type { Scenario } from "../scenario/schema.ts";
import { LeasedScheduler, RealScheduler } from "../time/index.ts";
import type { MatchEnd } from "../trace/events.ts";
import type { TraceHead } from "../trace/head.ts";
import { Tracer } from "../trace/tracer.ts";
import { AnswerBook } from "./answer-book.ts";
import { Arena, matchHead } from "./arena.ts";
import {
  brokenOff,
  expectationFor,
  givenUp,
  misses,
  removalsOf,
  secondMisses,
  secondRemark,
} from "./expectation.ts";
import type { MatchOptions, MatchResult } from "./match.ts";
import {
  type BmcParty,
  type HostLeft,
  type HostParty,
  type LabBmc,
  type LabGround,
  type LabHost,
  type MatchEntry,
  type RealBmc,
  whyNoTime,
} from "./party.ts";
import { type Steps, settled } from "./steps.ts";
import { guarded, tapped } from "./tapped.ts";

/** The two that play. */
export interface Parties<B extends BmcParty = BmcParty> {
  readonly host: HostParty;
  readonly bmc: B;
}

/** Two parties that have no time in common. */
export class CannotMeet extends BaseboardError<"CANNOT_MEET"> {
  constructor(message: string) {
    super(message, { code: "CANNOT_MEET" });
  }
}

/** The one match, whoever plays: in steps, since some parties have to be waited for. */
export function playMatch(
  scenario: Scenario,
  { host, bmc }: Parties,
  options: MatchOptions = {},
): Steps<MatchResult> {
  return bmc.time === "lab"
    ? labMatch(scenario, { host, bmc }, options)
    : realMatch(scenario, { host, bmc }, options);
}

/** Where the lab keeps the time, and has the wire, both its faces and its faults in its hands. */
function* labMatch(
  scenario: Scenario,
  { host, bmc }: Parties<LabBmc>,
  options: MatchOptions,
): Steps<MatchResult> {
  const { lab } = host;
  if (lab === undefined) throw cannotMeet({ host, bmc });
  const ground = yield* settled(bmc.join(options));
  try {
    const enter = (entry: MatchEntry) => lab.enter(entry);
    const { head, book, arena, entered } = laidOut(
      scenario,
      { host, bmc },
      { ...options, layOut: ground.layOut, enter, clock: lab.clock(options) },
    );
    arena.powerOn();
    const left = yield* entered.play();
    const { referee, director, tracer, time } = arena;
    // A scenario that does not come to its faults shows nothing.
    const unmet = director.misses;
    const events = tracer.count;
    const lengthUs = time.nowUs;
    const log = arena.bmc.controller.logRecords;
    return resultOf(
      scenario,
      { host, bmc },
      { head, book, referee, second: arena.second?.verdict, left, unmet, events, lengthUs, log },
    );
  } finally {
    yield* settled(ground.leave());
  }
}

/** A match in the lab's time: all are at their places, and nothing has happened yet. */
export interface Laid<H extends LabHost> {
  readonly head: TraceHead;
  readonly book: AnswerBook;
  readonly arena: Arena;
  readonly entered: H;
  readonly ending: Ending;
}

/** What a match in the lab's time is laid out by. */
export interface Layout<H extends LabHost> extends MatchOptions {
  readonly clock: TraceHead["clock"];
  /** Calls the host to its place. */
  readonly enter: (entry: MatchEntry) => H;
  /** Lays out the wire; the scenario's own when left out. */
  readonly layOut?: LabGround["layOut"] | undefined;
}

/** Lays out a match in the lab's time. Power is still to come. */
export function laidOut<H extends LabHost>(
  scenario: Scenario,
  parties: Pick<Parties, "host" | "bmc">,
  { clock, enter, layOut, ...options }: Layout<H>,
): Laid<H> {
  const head = headOf(scenario, parties, options, clock);
  const book = new AnswerBook();
  const judged = options.referee !== false;
  const ending = new Ending();
  const entered = enter({ scenario, options, end: (why) => ending.end(why) });
  const arena = new Arena(scenario, {
    head,
    sinks: [
      ...(judged ? [book] : []),
      ...(options.sinks?.(head) ?? []),
      ...entered.sinks,
      ...(options.watch === undefined ? [] : [options.watch]),
    ],
    secondSinks: judged ? [book] : [],
    referee: judged,
    hostTags: entered.tags,
    hostTicks: entered.ticks,
    choose: options.choose,
    onPanicOrdered: entered.onPanicOrdered,
    layOut,
  });
  ending.of(arena.tracer);
  if (arena.second !== undefined) ending.of(arena.second.tracer);
  options.watch?.enter(arena);
  entered.join(arena);
  return { head, book, arena, entered, ending };
}

/** Against a BMC that has a time of its own, and whose face of the wire is not seen. */
function* realMatch(
  scenario: Scenario,
  { host, bmc }: Parties<RealBmc>,
  options: MatchOptions,
): Steps<MatchResult> {
  if (host.real === undefined) throw cannotMeet({ host, bmc });
  const scheduler = new LeasedScheduler(new RealScheduler());
  const tracer = new Tracer(() => scheduler.now());
  const ground = yield* settled(bmc.join({ scenario, options, scheduler, tracer }));
  try {
    const head = {
      ...headOf(scenario, { host, bmc }, options, "real"),
      taps: { host: true, bmc: false },
    };
    const book = new AnswerBook();
    const referee = options.referee === false ? undefined : new Referee(head);
    for (const sink of [...(referee === undefined ? [] : [referee]), book]) tracer.attach(sink);
    for (const sink of options.sinks?.(head) ?? []) tracer.attach(sink);
    const ending = new Ending();
    ending.of(tracer);
    const loss = new Loss(() => ground.whyGone());
    const tags = { request: 0, response: 0 };
    const entered = host.real.enter({
      scenario,
      options,
      end: (why) => ending.end(why),
      scheduler,
      tracer,
      wire: tapped(
        guarded(ground.wire, (error) => loss.notice(error)),
        tracer,
        tags,
      ),
      tags,
      workloadBegan: () => ground.director?.workloadBegan(),
      gone: ground.gone === undefined ? loss.why : Promise.race([loss.why, ground.gone]),
    });
    // Last, so that what it causes stands behind its cause in every book.
    if (ground.director !== undefined) tracer.attach(ground.director);
    yield* settled(ground.powerOn());
    ground.director?.begin();
    const played = yield* entered.play();
    const left = { ...played, remarks: [...played.remarks, ...(ground.remarks ?? [])] };
    const lengthUs = scheduler.now();
    const events = tracer.count;
    const unmet = ground.director?.misses ?? [];
    const log = ground.log?.();
    const come = { head, book, referee, left, unmet, events, lengthUs, log };
    return resultOf(scenario, { host, bmc }, come);
  } finally {
    scheduler.end();
    yield* settled(ground.leave());
  }
}

/** The loss of the other end: why it is gone, for whoever waits. What is no loss is thrown there. */
class Loss {
  readonly why: Promise<string>;
  private readonly _whyGone: () => Promise<string | undefined>;
  private _lost: (why: string) => void = () => {};
  private _failed: (error: unknown) => void = () => {};
  private _noticed = false;

  constructor(whyGone: () => Promise<string | undefined>) {
    this._whyGone = whyGone;
    this.why = new Promise((resolve, reject) => {
      this._lost = resolve;
      this._failed = reject;
    });
    // Nobody may be waiting when it comes.
    this.why.catch(() => {});
  }

  notice(error: unknown): void {
    if (this._noticed) return;
    this._noticed = true;
    this._whyGone().then((why) => {
      if (why === undefined) this._failed(error);
      else this._lost(why);
    }, this._failed);
  }
}

/** Tells the match's traces of its end, once. */
export class Ending {
  private readonly _tracers: Tracer[] = [];
  private _over = false;

  of(tracer: Tracer): void {
    this._tracers.push(tracer);
  }

  end(why: MatchEnd["why"]): void {
    if (this._over) return;
    this._over = true;
    for (const tracer of this._tracers) tracer.emit({ e: "end", why });
  }
}

function headOf(
  scenario: Scenario,
  { host, bmc }: Parties,
  options: MatchOptions,
  clock: TraceHead["clock"],
): TraceHead {
  const head = matchHead(scenario, {
    host: host.name,
    clock,
    promises: host.promises(scenario),
    scenarioText: options.scenarioText ?? "",
    kernel: host.kernel,
  });
  return { ...head, bmc: bmc.name, seed: options.seed ?? head.seed };
}

/** What there is when all is over. */
interface Come {
  readonly head: TraceHead;
  readonly book: AnswerBook;
  readonly referee: Referee | undefined;
  /** What was found at the second interface. */
  readonly second?: Verdict | undefined;
  readonly left: HostLeft;
  readonly unmet: readonly string[];
  readonly events: number;
  readonly lengthUs: number;
  /** The records of the BMC's log, if it can be looked into. */
  readonly log: readonly Uint8Array[] | undefined;
}

function resultOf(scenario: Scenario, parties: Parties, come: Come): MatchResult {
  const { head, referee, second, left, lengthUs } = come;
  const verdict = referee?.verdict() ?? NOT_JUDGED;
  return {
    head,
    verdict,
    misses: referee === undefined ? [] : missesOf(scenario, parties, come, verdict),
    lengthUs,
    attributes: left.attributes,
    interrupted: left.brokeOff,
    remarks: [...left.remarks, ...(second === undefined ? [] : [secondRemark(second)])],
    usual: parties.bmc.usual?.(head.interface) ?? [],
  };
}

function missesOf(
  scenario: Scenario,
  { host, bmc }: Parties,
  { book, second, left, unmet, events, log }: Come,
  verdict: MatchResult["verdict"],
): readonly string[] {
  if (left.brokeOff !== undefined) return [brokenOff(left.brokeOff)];
  const seats = [host.seat, ...(bmc.expects === undefined ? [] : [bmc.expects])];
  return [
    ...(left.givenUp === true ? [givenUp(events)] : []),
    ...(left.misses ?? []),
    ...unmet,
    ...misses(expectationFor(scenario, seats), verdict, {
      book,
      log,
      removals: removalsOf(scenario),
    }),
    ...(second === undefined ? [] : secondMisses(second)),
  ];
}

const NOT_JUDGED = {
  fault: [],
  violations: [],
  notes: [],
  rulesChecked: 0,
  transactions: 0,
  events: 0,
  open: [],
  ended: true,
} as const;

function cannotMeet({ host, bmc }: Parties): CannotMeet {
  return new CannotMeet(whyNoTime(host, bmc) ?? "");
}
