import { type Clocks, hostTime } from "./clocks.ts";
import type { BmcStep, Byte, HostStep } from "./face.ts";
import type { Stretch } from "./laying.ts";
import type { Pair } from "./pairs.ts";
import { type Runs, runsOf } from "./slide.ts";
import type { Telling } from "./telling.ts";
import type { Wire, WireModel } from "./wire.ts";

/** A step of the BMC's at the host's time, and the host's step before which it cannot have been. */
interface Dated {
  readonly step: BmcStep;
  readonly t: number;
  readonly after: number;
}

/**
 * Lays the steps of both faces of a stretch into one order: by the host's time, and where the clocks are
 * not known well enough, so that each face shows what the other did. What then still differs is the wire's.
 */
export class Merge {
  readonly #together: boolean;
  readonly #begins: Wire["begins"];
  readonly #datesAnswers: boolean;
  readonly #host: readonly HostStep[];
  readonly #bmc: readonly Dated[];
  readonly #errorUs: number;
  /** On a bus: up to where the BMC's steps belong before that step of the host's. */
  readonly #upTo = new Map<number, number>();
  /** Where both begin to show what belongs together. */
  readonly #from: readonly [host: number, bmc: number];
  /** The host's steps that handed over what the BMC did not take. */
  readonly #untaken: ReadonlySet<number>;
  /** Those of which the BMC took a later part, and not an earlier one. */
  readonly #torn: ReadonlySet<number>;
  /** Where one face lacks one of several that are alike. */
  readonly #runs: { readonly host: Runs; readonly bmc: Runs };
  readonly #told: Telling;
  readonly #model: WireModel;
  #nextHost = 0;
  #next = 0;
  /** Up to there, in the host's steps and in the BMC's, a difference may be anywhere. */
  #anywhere = { host: -1, bmc: -1 };

  constructor(wire: Wire, { host, bmc, way }: Stretch, clocks: Clocks, told: Telling) {
    const pairs = way.pairs;
    const afterOf = new Map<number, number>();
    for (const { w, r } of pairs) {
      const ours = host.bytes[w]?.step ?? -1;
      const its = bmc.bytes[r]?.step ?? -1;
      afterOf.set(its, wire.together ? ours - 1 : ours);
      if (wire.together) this.#upTo.set(ours, its + 1);
    }
    this.#together = wire.together;
    this.#begins = wire.begins;
    this.#datesAnswers = wire.datesAnswers === true;
    this.#host = host.steps;
    this.#bmc = bmc.steps.map((step, at) => {
      return { step, t: hostTime(clocks, step.t), after: afterOf.get(at) ?? -1 };
    });
    this.#from = beginsOf(wire, { host, bmc, way });
    const { untaken, torn } = missing(host.bytes, pairs);
    this.#untaken = untaken;
    this.#torn = torn;
    this.#runs = wire.together ? NO_RUNS : runsOf({ host, bmc }, pairs, clocks);
    this.#errorUs = clocks.errorUs;
    this.#told = told;
    this.#model = wire.model();
  }

  /** Tells of what was between these times, by the host's clock. */
  run(fromUs: number, toUs: number): void {
    [this.#nextHost, this.#next] = this.#from;
    const first = this.#host[this.#nextHost]?.t ?? fromUs;
    const beginUs = this.#together ? first - this.#errorUs : Math.max(fromUs, first);
    while ((this.#bmc[this.#next]?.t ?? Number.POSITIVE_INFINITY) < beginUs) this.#next++;
    for (; this.#nextHost < this.#host.length; this.#nextHost++) {
      const at = this.#nextHost;
      const step = this.#host[at];
      if (step === undefined || step.t > toUs) break;
      if (step.t < beginUs) continue;
      this.#before(step, at);
      this.#looksAhead(at, toUs);
      this.#tell(step, step.t);
      if (step.e === "host.write") this.#doubts(step.t);
    }
    this.#advance(this.#dueBy(toUs, this.#nextHost), toUs);
  }

  /** Nothing more is seen of a difference that is open yet. */
  end(): void {
    this.#anywhere = { host: -1, bmc: -1 };
    this.#settled("nothing more is seen of it");
  }

  /** Tells of what the BMC did before that step of the host's. */
  #before(step: HostStep, at: number): void {
    const bound = this.#upTo.get(at) ?? this.#next;
    const least = Math.max(this.#dueBy(this.#askedUs(step, at) - this.#errorUs, at), bound);
    const most = Math.max(this.#dueBy(step.t + this.#errorUs, at), least);
    this.#advance(least === most ? least : this.#fitting(step, at, least, most), step.t);
  }

  /** The earliest that the host can have got what it read. */
  #askedUs({ e, t }: HostStep, at: number): number {
    return this.#datesAnswers && e === "host.read" ? (this.#host[at - 1]?.t ?? t) : t;
  }

  /** What the BMC did before that write of the host's, and may have done behind it. */
  #doubts(us: number): void {
    for (let at = this.#next - 1; at >= 0; at--) {
      const before = this.#bmc[at];
      if (before === undefined || before.t + this.#errorUs < us) return;
      this.#model.unsure?.(before.step);
    }
  }

  /** Of the places in the BMC's steps that at which all fits best; of several the nearest by time. */
  #fitting(step: HostStep, at: number, least: number, most: number): number {
    const byTime = Math.min(Math.max(this.#dueBy(step.t, at), least), most);
    const trial = this.#model.copy();
    let chosen = byTime;
    let lowest = Number.POSITIVE_INFINITY;
    let before = 0;
    for (let upTo = this.#next; upTo <= Math.min(most, this.#next + PLACES_MAX); upTo++) {
      if (upTo >= least) {
        const cost = TOLD * before + this.#costBehind(trial.copy(), at, upTo, most);
        const nearer = Math.abs(upTo - byTime) < Math.abs(chosen - byTime);
        if (cost < lowest || (cost === lowest && nearer)) chosen = upTo;
        lowest = Math.min(lowest, cost);
      }
      const due = this.#bmc[upTo];
      if (due === undefined) break;
      if (trial.misplaces(due.step)) before++;
      trial.take(due.step);
    }
    return chosen;
  }

  /**
   * What does not fit of the host's step, of the BMC's that would come behind it, at once or as late as they
   * can, and of what the host then sees.
   */
  #costBehind(trial: WireModel, at: number, from: number, most: number): number {
    let cost = 0;
    const step = this.#host[at];
    if (step !== undefined) {
      if (trial.misplaces(step)) cost += HOSTS;
      trial.take(step);
    }
    const late = this.#costAhead(trial.copy(), at, from);
    let atOnce = 0;
    const upTo = Math.min(most, from + PLACES_MAX);
    for (const { step: behind } of this.#bmc.slice(from, upTo)) {
      if (trial.misplaces(behind)) atOnce++;
      trial.take(behind);
    }
    return cost + Math.min(late, atOnce + this.#costAhead(trial, at, upTo));
  }

  /** What does not fit up to the host's next look, when the BMC does what it does as late as it can. */
  #costAhead(trial: WireModel, at: number, from: number): number {
    let cost = 0;
    let next = from;
    for (const [ahead, step] of this.#host.slice(at + 1, at + 1 + LOOKS_AHEAD).entries()) {
      const upTo = this.#dueFrom(next, step.t - this.#errorUs, at + 1 + ahead);
      for (const due of this.#bmc.slice(next, upTo)) {
        if (trial.misplaces(due.step)) cost++;
        trial.take(due.step);
      }
      next = upTo;
      if (this.#model.settles(step)) return cost + this.#costOfLook(trial, at + 1 + ahead, next);
      if (trial.differs(step) !== undefined) return cost + HOSTS;
      trial.take(step);
    }
    return cost;
  }

  /** What does not fit of a look, with as many of the BMC's steps before it as is best. */
  #costOfLook(trial: WireModel, at: number, from: number): number {
    const step = this.#host[at];
    if (step === undefined) return 0;
    let lowest = Number.POSITIVE_INFINITY;
    let before = 0;
    const most = Math.min(this.#dueFrom(from, step.t + this.#errorUs, at), from + PLACES_MAX);
    for (let upTo = from; upTo <= most; upTo++) {
      const cost = TOLD * before + (trial.differs(step) === undefined ? 0 : HOSTS);
      lowest = Math.min(lowest, cost);
      const due = this.#bmc[upTo];
      if (due === undefined || lowest <= TOLD * before) break;
      if (trial.misplaces(due.step)) before++;
      trial.take(due.step);
    }
    return lowest;
  }

  /** Up to where the BMC's steps may be told by that time, before that step of the host's. */
  #dueBy(us: number, at: number): number {
    return this.#dueFrom(this.#next, us, at);
  }

  #dueFrom(next: number, us: number, at: number): number {
    let upTo = next;
    for (; upTo < this.#bmc.length; upTo++) {
      const due = this.#bmc[upTo];
      if (due === undefined || due.t > us || due.after >= at) break;
    }
    return upTo;
  }

  #advance(upTo: number, beforeUs: number): void {
    while (this.#next < upTo) {
      const due = this.#bmc[this.#next];
      this.#next++;
      if (due === undefined) continue;
      const upTo = this.#runs.bmc.get(this.#next - 1);
      if (upTo !== undefined) {
        this.#told.garbled("the BMC took what the host did not write");
        this.#anywhere.bmc = Math.max(this.#anywhere.bmc, upTo);
      }
      this.#tell(due.step, Math.min(due.t, beforeUs));
    }
  }

  /** What the BMC did not take of this step, though it shows later that it was asked to. */
  #looksAhead(at: number, toUs: number): void {
    if (this.#torn.has(at)) this.#told.garbled("the BMC took less than the host wrote, or other");
    const upTo = this.#runs.host.get(at);
    if (upTo === undefined && !this.#untaken.has(at)) return;
    for (const step of this.#host.slice(at + 1, at + LOOKS)) {
      if (step.e === "host.write" || step.t > toUs) return;
      const taken = this.#model.looksTaken(step);
      if (taken === undefined) continue;
      if (!taken) return;
      this.#told.garbled("the host wrote what the BMC did not take, and reads that it did");
      this.#anywhere.host = Math.max(this.#anywhere.host, upTo ?? -1);
      return;
    }
  }

  #tell(step: HostStep | BmcStep, t: number): void {
    const unclear = this.#model.unclear(step);
    if (unclear !== undefined) {
      this.#told.unclear++;
      this.#told.tell({ e: "gap", text: unclear }, t);
    }
    const why = this.#model.differs(step);
    if (why !== undefined) this.#told.garbled(why);
    else if (this.#model.settles(step)) this.#settled("both faces show the same again");
    this.#model.take(step);
    this.#told.tell({ ...step }, t);
    if (this.#begins(step)) this.#told.began();
  }

  #settled(text: string): void {
    const { host, bmc } = this.#anywhere;
    if (!this.#told.differs || this.#nextHost <= host || this.#next <= bmc) return;
    this.#told.settled(text);
  }
}

/**
 * Where each face begins to show the same: with the first that the host handed over and the BMC took, and the
 * host's looks before it. What was handed over before may lie in a hole of one face.
 */
function beginsOf(wire: Wire, { host, bmc, way }: Stretch): readonly [number, number] {
  const [pair] = way.pairs;
  const ours = host.bytes[pair?.w ?? 0];
  const its = bmc.bytes[pair?.r ?? 0];
  if (ours === undefined || its === undefined) return [0, 0];
  if (wire.together) return [ours.step, its.step];
  const before = bmc.bytes[(pair?.r ?? 0) - 1];
  const wrote = host.steps.slice(0, ours.first).findLastIndex(({ e }) => e === "host.write");
  return [wrote + 1, before === undefined ? 0 : before.step + 1];
}

/** What of the host's the BMC did not take, by the steps that handed it over. */
function missing(bytes: readonly Byte[], pairs: readonly Pair[]) {
  const paired = new Set(pairs.map(({ w }) => w));
  const untaken = new Set<number>();
  const torn = new Set<number>();
  for (const [w, { step }] of bytes.entries()) {
    if (!paired.has(w)) untaken.add(step);
    else if (untaken.has(step)) torn.add(step);
  }
  return { untaken, torn };
}

const NO_RUNS = { host: new Map<number, number>(), bmc: new Map<number, number>() };
const LOOKS = 16;
/** What is told at the wrong place counts more than what may get to the right one yet. */
const TOLD = 2;
/** What the host saw and did counts most. */
const HOSTS = 3;
/** More than the host's steps between two looks, with a frame between them. */
const LOOKS_AHEAD = 80;
/** So many places are tried. */
const PLACES_MAX = 512;
