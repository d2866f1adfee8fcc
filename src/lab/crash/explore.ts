import { assert } from "../../assert.ts";
import type { CrashCommand } from "../../crash/commands.ts";
import { commandBytesMax } from "../../crash/interfaces.ts";
import type { Steps } from "../../match/steps.ts";
import type { TraceHead } from "../../trace/head.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import {
  BREAKAGE_NAMES,
  BREAKAGES,
  DEATH_NAMES,
  DEATHS,
  isBreakage,
  isDeath,
} from "./breakages.ts";
import { type Judged, judge } from "./judge.ts";
import { labBounds, labScale } from "./lab-bounds.ts";
import { type CrashRun, type CrashSetup, crashedMachine } from "./machine.ts";
import { OldTransfer } from "./old-kernel.ts";
import type { LabPlace } from "./place.ts";
import type { CrashPoint, TrialName } from "./point.ts";
import { Tally } from "./tally.ts";

/** What is explored: an executor, before it is put into any kernel. */
export interface CrashSubject {
  readonly place: LabPlace;
  readonly commands: readonly CrashCommand[];
}

/** How much of a trial is had. */
interface Extent {
  readonly every?: number;
  readonly signal?: AbortSignal;
}

/** Latencies so short that the accesses are those that the protocol asks for. */
const PROMPT = "bmc: { command-latency: 1us }";

/** All that can happen to an executor, in the lab's time. */
export class CrashExploration {
  readonly subject: CrashSubject;
  readonly #transfers = new Map<TrialName, OldTransfer>();
  readonly #whole: CrashRun;

  constructor(subject: CrashSubject) {
    this.subject = subject;
    this.#whole = crashedMachine({ ...this.#setup(), scenario: PROMPT });
  }

  /** A run in which nothing breaks. */
  get whole(): Judged {
    return judge(this.subject.commands, this.#whole, undefined);
  }

  /** What can be tried, in the table's order. */
  get trials(): readonly TrialName[] {
    return [...BREAKAGE_NAMES, ...DEATH_NAMES];
  }

  /** The first and the last access at which the trial can have its point. */
  range(trial: TrialName): { readonly first: number; readonly last: number } {
    if (isBreakage(trial)) return { first: 1, last: this.#whole.hostAccesses };
    return { first: 0, last: this.#transfer(trial).length };
  }

  /** Whether there is such a point. */
  has({ trial, at }: CrashPoint): boolean {
    const { first, last } = this.range(trial);
    return at >= first && at <= last;
  }

  /** Has one run. */
  play(point: CrashPoint, sink?: (head: TraceHead) => TraceSink): Judged {
    const run = crashedMachine({ ...this.#setup(), ...this.#at(point), sink });
    return judge(this.subject.commands, run, point);
  }

  /** Has the points of a trial, all or every so many, with a turn between two, until it is told to end. */
  *explore(trial: TrialName, { every = 1, signal }: Extent = {}): Steps<Tally> {
    const tally = new Tally(trial);
    const { first, last } = this.range(trial);
    for (let at = first; at <= last && signal?.aborted !== true; at += every) {
      tally.add(this.play({ trial, at }));
      yield undefined;
    }
    return tally;
  }

  #setup(): CrashSetup {
    return { ...this.subject, bounds: labBounds(this.subject.place.kind) };
  }

  #at({ trial, at }: CrashPoint): Partial<CrashSetup> {
    if (isDeath(trial)) {
      const scenario = this.#manners(DEATHS[trial].latency);
      return { scenario, before: this.#transfer(trial).until(at) };
    }
    const fault = this.#scaled(BREAKAGES[trial].fault);
    return {
      scenario: `${PROMPT}\nfaults:\n  - { when: { access: ${at} }, may-miss: true, ${fault} }`,
    };
  }

  #transfer(trial: TrialName): OldTransfer {
    const known = this.#transfers.get(trial);
    if (known !== undefined) return known;
    assert(isDeath(trial), "an old kernel dies in it");
    const { request, latency } = DEATHS[trial];
    const setup = { ...this.#setup(), scenario: this.#manners(latency) };
    const fits = request.slice(0, commandBytesMax(this.subject.place.kind));
    const transfer = new OldTransfer(setup, fits);
    this.#transfers.set(trial, transfer);
    return transfer;
  }

  #manners(latency: string): string {
    return this.#scaled(`bmc: { command-latency: ${latency} }`);
  }

  /** The times of a scenario's words as they are on this interface. */
  #scaled(words: string): string {
    const { factor } = labScale(this.subject.place.kind);
    return words.replace(/\b(\d+)us\b/g, (_, us: string) => `${Number(us) * factor}us`);
  }
}
