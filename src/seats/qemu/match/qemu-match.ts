import { assert } from "../../../assert.ts";
import { answerBoundUs, panicBoundUs } from "../../../host/index.ts";
import { AnswerBook } from "../../../match/answer-book.ts";
import { matchHead } from "../../../match/arena.ts";
import { misses } from "../../../match/expectation.ts";
import {
  expectationFor,
  type MatchOptions,
  type MatchResult,
  SETTLE_DEFAULT_US,
} from "../../../match/match.ts";
import { guarded, tapped } from "../../../match/tapped.ts";
import { BRING_UP_PATIENCE_US, WorkloadStart } from "../../../match/workload-start.ts";
import { Referee } from "../../../referee/index.ts";
import { interfaceOf } from "../../../scenario/on-interface.ts";
import type { Scenario } from "../../../scenario/schema.ts";
import { LeasedScheduler, RealScheduler, type Scheduler, SECOND_US } from "../../../time/index.ts";
import type { MatchEnd } from "../../../trace/events.ts";
import { DEFAULT_PROMISES } from "../../../trace/head.ts";
import { Tracer } from "../../../trace/tracer.ts";
import type { TransactionTags } from "../../../wire/registers/port.ts";
import { StackUsers } from "../../stack/users.ts";
import { Actors } from "../../stack/workload.ts";
import { type QemuBmc, type QemuInterface, type QemuParty, qemuParty } from "./party.ts";

export interface QemuMatchOptions extends MatchOptions {
  /** QEMU's program, when it is not the usual one. */
  readonly qemu?: string | undefined;
  /** Ends the match from outside. */
  readonly signal?: AbortSignal | undefined;
}

/** How long QEMU's start and our bring-up may take beyond the scenario. In µs. */
const START_US = 30 * SECOND_US;

/** What a scenario may want of our controller when QEMU has the interface. */
const CONTROLLERS = [
  ...["command-latency", "ipmi", "firmware", "manufacturer", "product"],
  ...["unsupported", "event-buffer", "stuck-enables"],
];

/** Why a scenario cannot be played on this device of QEMU's; undefined when it can. */
export function whyNotOnQemu(scenario: Scenario, bmc: QemuBmc): string | undefined {
  const { bus, behind } = bmc;
  const kind = interfaceOf(scenario);
  if (kind === "smic") return "QEMU has no SMIC device";
  if (kind === "ssif" && bus === "pci") return "QEMU's SSIF device is on no PCI bus";
  if (scenario.faults !== undefined) return `${scenario.name} has faults, and QEMU has none`;
  const able: readonly string[] = behind === "controller" ? CONTROLLERS : [];
  const beyond = Object.keys(scenario.bmc ?? {}).find((wish) => !able.includes(wish));
  if (beyond !== undefined)
    return `QEMU's BMC cannot have the ${beyond} that ${scenario.name} wants`;
  if ((scenario.spacing ?? 1) !== 1) return "QEMU's registers lie side by side";
  return undefined;
}

/** A match of our own stack, in real time, on QEMU's device. */
export async function runQemuMatch(
  scenario: Scenario,
  bmc: QemuBmc,
  options: QemuMatchOptions = {},
): Promise<MatchResult> {
  const scheduler = new LeasedScheduler(new RealScheduler());
  const tracer = new Tracer(() => scheduler.now());
  const party = await qemuParty(bmc, {
    interface: qemuInterface(scenario),
    wanted: scenario.bmc ?? {},
    scheduler,
    tracer,
    program: options.qemu,
    lifeS: Math.ceil((scenario.until + START_US) / SECOND_US),
  });
  try {
    return await new QemuMatch(scenario, party, options, { scheduler, tracer }).run();
  } finally {
    scheduler.end();
    await party.close();
  }
}

class QemuMatch {
  readonly #scenario: Scenario;
  readonly #options: QemuMatchOptions;
  readonly #scheduler: Scheduler;
  readonly #tracer: Tracer;
  readonly #book = new AnswerBook();
  readonly #head: MatchResult["head"];
  readonly #referee: Referee;
  readonly #users: StackUsers;
  readonly #party: QemuParty;
  readonly #begin = new WorkloadStart(() => this.#workloadBegins());
  readonly #over: Promise<MatchEnd["why"]>;
  #end: (why: MatchEnd["why"]) => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(
    scenario: Scenario,
    party: QemuParty,
    options: QemuMatchOptions,
    time: { scheduler: Scheduler; tracer: Tracer },
  ) {
    this.#scenario = scenario;
    this.#party = party;
    this.#options = options;
    this.#scheduler = time.scheduler;
    this.#tracer = time.tracer;
    this.#head = headOf(scenario, party.name, options);
    this.#referee = new Referee(this.#head);
    const sinks = options.sinks?.(this.#head) ?? [];
    for (const sink of [this.#referee, this.#book, ...sinks, this.#begin]) {
      this.#tracer.attach(sink);
    }
    this.#over = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    const tags: TransactionTags = { request: 0, response: 0 };
    const wire = guarded(party.wire, (error) => this.#fail(error));
    this.#users = new StackUsers({
      scheduler: this.#scheduler,
      wire: tapped(wire, this.#tracer, tags),
      tags,
      tracer: this.#tracer,
      interrupt: false,
      onLine: () => {},
    });
  }

  async run(): Promise<MatchResult> {
    const { signal } = this.#options;
    const abort = () => this.#end("interrupted");
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    await this.#party.powerOn();
    this.#users.insertDriver();
    this.#later(BRING_UP_PATIENCE_US, () => this.#begin.now());
    const why = await this.#over;
    signal?.removeEventListener("abort", abort);
    const seen = this.#users.attributes();
    this.#users.removeDriver();
    // Everybody who still waits is owed an answer by the shutdown.
    await new Promise((resolve) => setImmediate(resolve));
    this.#tracer.emit({ e: "end", why });
    const verdict = this.#referee.verdict();
    return {
      head: this.#head,
      verdict,
      misses: misses(expectationFor(this.#scenario, this.#party.players), verdict, this.#book),
      lengthUs: this.#scheduler.now(),
      attributes: seen,
      remarks: [],
    };
  }

  #workloadBegins(): void {
    const { until, workload, settle } = this.#scenario;
    this.#later(until, () => this.#end("time"));
    const actors = new Actors(this.#users, this.#scheduler, () => {
      this.#later(settle ?? SETTLE_DEFAULT_US, () => this.#end("done"));
    });
    this.#later(0, () => actors.begin(workload));
  }

  #later(us: number, run: () => void): void {
    this.#scheduler.at(this.#scheduler.now() + us, "match", run);
  }
}

function headOf(scenario: Scenario, bmc: string, options: QemuMatchOptions): MatchResult["head"] {
  const bounds = {
    answerBoundUs: answerBoundUs(interfaceOf(scenario)),
    panicBoundUs: panicBoundUs(),
  };
  const head = matchHead(scenario, {
    host: "stack",
    clock: "real",
    promises: { ...DEFAULT_PROMISES, ...bounds },
    scenarioText: options.scenarioText ?? "",
  });
  return { ...head, bmc, taps: { host: true, bmc: false } };
}

function qemuInterface(scenario: Scenario): QemuInterface {
  const kind = interfaceOf(scenario);
  assert(kind !== "smic", "QEMU has a device for the interface");
  return kind;
}
