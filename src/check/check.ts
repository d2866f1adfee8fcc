import { DeviceError } from "../devices/index.ts";
import { inTurns } from "../lab/index.ts";
import type { MatchOptions } from "../match/match.ts";
import type { BmcParty } from "../match/party.ts";
import { playMatch } from "../match/play.ts";
import type { Asker, Program } from "../match/program.ts";
import { systemInterfaceOf } from "../scenario/on-interface.ts";
import type { Scenario } from "../scenario/schema.ts";
import { stack } from "../seats/stack/party.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { Allowance, Case } from "./case.ts";
import { bringUp } from "./cases/messages.ts";
import { Judge } from "./judged.ts";
import type { Claim, Look, Remark } from "./look.ts";
import { type MachinePlayed, type MachineTarget, playOnMachine } from "./machine.ts";
import {
  type CaseLeft,
  CaseRecord,
  type CheckResult,
  type Ground,
  type Moment,
  whyLeft,
} from "./outcome.ts";
import { CaseRunner } from "./runner.ts";

/** A BMC of the lab's, and how it is played. */
export interface LabTarget {
  readonly bmc: BmcParty;
  /** The wire, the BMC and its faults; its workload is not played. */
  readonly scenario: Scenario;
  /**
   * How long the cases are done again, round after round, in µs; one round when 0. When something is
   * violated, a round that brings nothing new is enough.
   */
  readonly forUs: number;
}

export type CheckTarget = LabTarget | MachineTarget;

export interface CheckOptions {
  readonly cases: readonly Case[];
  readonly allow: readonly Allowance[];
  readonly seed?: number | undefined;
  readonly qemu?: string | undefined;
  /** Ends the check when what is under way has been answered. */
  readonly signal?: AbortSignal | undefined;
  /** Take the trace. */
  readonly sinks?: ((head: TraceHead) => readonly TraceSink[]) | undefined;
  /** Hears of each case as it begins. */
  readonly began?: ((of: Case, number: number, all: number) => void) | undefined;
}

/** When whoever checks is in a hurry, an answer that is under way has so long to come. In ms. */
const HURRY_MS = 10_000;

/**
 * Checks a BMC that our own host stack reaches over a wire, or the kernel's driver, with the referee watching what
 * is seen. Throws `DeviceError` where a machine's interface cannot be opened.
 */
export async function check(target: CheckTarget, options: CheckOptions): Promise<CheckResult> {
  const session = new Session(target, options);
  return session.play();
}

class Session {
  readonly #target: CheckTarget;
  readonly #options: CheckOptions;
  readonly #ground: Ground;
  readonly #records: readonly CaseRecord[];
  readonly #bringUp = new CaseRecord(bringUp);
  readonly #claims = new Map<string, Claim>();
  #judge: Judge | undefined;
  #runner: CaseRunner | undefined;
  #begun = 0;
  #last: CaseRecord = this.#bringUp;
  #interrupted = false;
  /** How many sorts of violations there were when the last round was over. */
  #known = 0;

  constructor(target: CheckTarget, options: CheckOptions) {
    this.#target = target;
    this.#options = options;
    const ofOwnMachine = "open" in target;
    const kind = ofOwnMachine ? target.kind : systemInterfaceOf(target.scenario);
    this.#ground = { allow: options.allow, kind, ofOwnMachine };
    const done = options.cases.filter((each) => whyLeft(each, this.#ground) === undefined);
    // That one is always done: nothing can be asked before.
    this.#records = done.filter((each) => each !== bringUp).map((each) => new CaseRecord(each));
  }

  async play(): Promise<CheckResult> {
    const { signal } = this.#options;
    const hurry = new AbortController();
    const stop = () => {
      this.#interrupted = true;
      if (this.#ground.ofOwnMachine && this.#runner === undefined) hurry.abort();
      this.#runner?.stop();
      setTimeout(() => hurry.abort(), HURRY_MS).unref();
    };
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    try {
      const { lengthUs, brokeOff } = await this.#played(this.#target, hurry.signal);
      return this.#result(lengthUs, brokeOff);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  async #played(target: CheckTarget, signal: AbortSignal): Promise<MachinePlayed> {
    if ("open" in target) return this.#onMachine(target, signal);
    const { bmc, scenario } = target;
    const options = this.#matchOptions(signal);
    const played = await inTurns(playMatch(scenario, { host: stack, bmc }, options));
    return { lengthUs: played.lengthUs, brokeOff: played.interrupted };
  }

  async #onMachine(target: MachineTarget, signal: AbortSignal): Promise<MachinePlayed> {
    const sinks = this.#sinks(target.head);
    const sink = {
      event: (event: TraceEvent) => {
        for (const each of sinks) each.event(event);
      },
    };
    const program: Program = (asker, done) => this.#begin(asker, done);
    try {
      return await playOnMachine(target, program, { sink, signal });
    } catch (error) {
      // A BMC that does not let a driver come up has said why by what it did.
      const why = error instanceof DeviceError && !this.#interrupted ? error.message : undefined;
      this.#last.ends(this.#at, this.#news());
      if (why === undefined || this.#violations === 0) throw error;
      return { lengthUs: this.#at.t, brokeOff: why };
    }
  }

  #matchOptions(signal: AbortSignal): MatchOptions {
    const { seed, qemu } = this.#options;
    return {
      referee: false,
      program: (asker, done) => this.#begin(asker, done),
      sinks: (head) => this.#sinks(head),
      signal,
      qemu,
      ...(seed === undefined ? {} : { seed }),
    };
  }

  #sinks(head: TraceHead): readonly TraceSink[] {
    this.#judge = new Judge(head);
    return [this.#judge, ...(this.#options.sinks?.(head) ?? [])];
  }

  #begin(asker: Asker, done: () => void): void {
    const cases = this.#records.map(({ of }) => of);
    const hearer = {
      began: (of: Case) => this.#began(of),
      ended: (of: Case, look: Look) => this.#ended(of, look),
    };
    const forUs = "open" in this.#target ? 0 : this.#target.forUs;
    const enough = () => this.#enough();
    const parts = { cases, interface: this.#ground.kind, hearer, forUs, enough };
    this.#runner = new CaseRunner(parts, asker, done);
    if (this.#interrupted) this.#runner.stop();
    this.#runner.begin();
  }

  #began(of: Case): void {
    // What came to light since the case before, or in the bring-up, is not this one's.
    this.#last.ends(this.#at, this.#news());
    const record = this.#recordOf(of);
    const { n, t } = this.#at;
    record.begins({ n: n + 1, t });
    this.#last = record;
    this.#begun++;
    this.#options.began?.(of, this.#begun, this.#records.length);
  }

  #ended(of: Case, look: Look): void {
    for (const claim of look.claims) this.#claims.set(`${claim.by}: ${claim.what}`, claim);
    this.#recordOf(of).ends(this.#at, [...this.#news(), ...look.remarks]);
  }

  #result(lengthUs: number, brokeOff: string | undefined): CheckResult {
    this.#last.ends(this.#at, [...this.#news(), ...broken(brokeOff)]);
    const { transactions = 0, events = 0, unseenRules = 0 } = this.#judge?.seen ?? {};
    const begun = this.#records.filter(({ done }) => done);
    const driver = whyLeft(bringUp, this.#ground) === undefined ? [this.#bringUp] : [];
    const outcomes = [...driver, ...begun].map(({ outcome }) => outcome);
    return {
      outcomes,
      left: this.#left(),
      claims: [...this.#claims.values()],
      unreachable: transactions === 0 && this.#violations === 0,
      lengthUs,
      transactions,
      events,
      unseenRules,
      ownFaults: this.#judge?.ownFaults ?? [],
      interrupted: this.#interrupted,
      brokeOff,
    };
  }

  /** What was asked for and not done. */
  #left(): readonly CaseLeft[] {
    return this.#options.cases.flatMap((each) => {
      const missed = this.#records.some(({ of, done }) => of === each && !done);
      const why = missed ? "the check did not come to it" : whyLeft(each, this.#ground);
      return why === undefined ? [] : [{ id: each.id, title: each.title, why }];
    });
  }

  /** How many sorts of violations there were by now. */
  get #violations(): number {
    const remarks = [this.#bringUp, ...this.#records].flatMap(({ outcome }) => outcome.remarks);
    const sorts = remarks.filter(({ grade }) => grade === "violates");
    return new Set(sorts.map(({ rule, text }) => rule ?? text)).size;
  }

  #enough(): boolean {
    const before = this.#known;
    this.#known = this.#violations;
    return before > 0 && this.#known === before;
  }

  #recordOf(of: Case): CaseRecord {
    return this.#records.find((each) => each.of === of) ?? this.#bringUp;
  }

  #news() {
    return this.#judge?.since() ?? [];
  }

  get #at(): Moment {
    return this.#judge?.at ?? { n: 0, t: 0 };
  }
}

/** The case in which everything ended says nothing. */
function broken(brokeOff: string | undefined): readonly Remark[] {
  if (brokeOff === undefined) return [];
  return [{ grade: "inconclusive", text: `it broke off: ${brokeOff}` }];
}
