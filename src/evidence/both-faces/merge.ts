import type { Tracer } from "../../trace/tracer.ts";
import { Status } from "../../wire/kcs/protocol.ts";
import type { Faces } from "./bounds.ts";
import { type Clocks, hostTime } from "./clocks.ts";
import type { BmcStep, HostStep } from "./face.ts";
import type { Pair } from "./pairs.ts";
import { KcsRegisters } from "./registers.ts";

/** A step of the BMC's at the host's time, and the host's step before which it cannot have been. */
interface Dated {
  readonly step: BmcStep;
  readonly t: number;
  readonly after: number;
}

/**
 * Lays the steps of both faces into one order: by the host's time, and where the clocks are not known
 * well enough, so that each face shows what the other did. What then still differs is the wire's.
 */
export class Merge {
  /** How often the faces were found to differ. */
  differences = 0;
  readonly #host: readonly HostStep[];
  readonly #bmc: readonly Dated[];
  readonly #errorUs: number;
  /** The host's writes of which the BMC took nothing. */
  readonly #untaken: ReadonlySet<number>;
  readonly #tracer: Tracer;
  readonly #registers = new KcsRegisters();
  #nowUs = 0;
  #next = 0;
  #differs = false;

  /** `tracer` is made by `begin`, for the time that is reached. */
  constructor(faces: Faces, pairs: readonly Pair[], clocks: Clocks, begin: BeginTracer) {
    const afterOf = new Map(
      pairs.map(({ w, r }) => [faces.reads[r]?.step ?? -1, faces.writes[w]?.step ?? -1]),
    );
    const paired = new Set(afterOf.values());
    this.#host = faces.host;
    this.#bmc = faces.bmc.map((step, at) => {
      return { step, t: hostTime(clocks, step.t), after: afterOf.get(at) ?? -1 };
    });
    this.#untaken = new Set(
      faces.writes.map(({ step }) => step).filter((step) => !paired.has(step)),
    );
    this.#errorUs = clocks.errorUs;
    this.#tracer = begin(() => this.#nowUs);
  }

  /** Tells of what was between these times, by the host's clock. */
  run(fromUs: number, toUs: number): void {
    while ((this.#bmc[this.#next]?.t ?? Number.POSITIVE_INFINITY) < fromUs) this.#next++;
    for (const [at, step] of this.#host.entries()) {
      if (step.t < fromUs || step.t > toUs) continue;
      this.#before(step, at);
      if (this.#untaken.has(at) && this.#vanished(at)) {
        this.#garbled(`the host wrote what the BMC did not take, and IBF is clear`);
      }
      this.#tell(step, step.t);
    }
    for (const { step, t } of this.#bmc.slice(this.#next)) {
      if (t <= toUs) this.#tell(step, t);
    }
    this.#tracer.emit({ e: "end", why: "interrupted" });
  }

  /** Tells of what the BMC did before that step of the host's. */
  #before(step: HostStep, at: number): void {
    const byTime = this.#dueBy(step.t, at);
    const least = this.#dueBy(step.t - this.#errorUs, at);
    const most = this.#dueBy(step.t + this.#errorUs, at);
    const trial = this.#registers.copy();
    let chosen: number | undefined;
    for (let upTo = this.#next; upTo <= most; upTo++) {
      const nearer = chosen === undefined || Math.abs(upTo - byTime) < Math.abs(chosen - byTime);
      if (upTo >= least && nearer && !trial.hinders(step)) chosen = upTo;
      const due = this.#bmc[upTo];
      if (due !== undefined) trial.take(due.step);
    }
    this.#advance(chosen ?? byTime, step.t);
  }

  /** Up to where the BMC's steps may be told by that time, before that step of the host's. */
  #dueBy(us: number, at: number): number {
    let upTo = this.#next;
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
      if (due !== undefined) this.#tell(due.step, Math.min(due.t, beforeUs));
    }
  }

  /** The next look at Status after that write shows IBF clear. */
  #vanished(at: number): boolean {
    const next = this.#host.slice(at + 1, at + LOOKS).find((step) => {
      return step.e !== "host.read" || step.reg === "status";
    });
    return next?.e === "host.read" && (next.value & Status.Ibf) === 0;
  }

  #tell(step: HostStep | BmcStep, t: number): void {
    this.#nowUs = Math.max(this.#nowUs, t);
    const why = this.#registers.differs(step);
    if (why !== undefined) this.#garbled(why);
    else if (step.e === "host.read" && step.reg === "status") this.#settled();
    this.#registers.take(step);
    this.#tracer.emit({ ...step });
  }

  #garbled(text: string): void {
    if (this.#differs) return;
    this.#differs = true;
    this.differences++;
    this.#tracer.emit({ e: "fault", name: NAME, what: "fires", on: "wire", text });
  }

  #settled(): void {
    if (!this.#differs) return;
    this.#differs = false;
    const text = "both faces show the same again";
    this.#tracer.emit({ e: "fault", name: NAME, what: "ends", on: "wire", text });
  }
}

/** Makes the tracer that a merge tells, by its clock. */
export type BeginTracer = (now: () => number) => Tracer;

const NAME = "between the faces";
const LOOKS = 16;
