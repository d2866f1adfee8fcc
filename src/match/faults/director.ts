import { assert } from "../../assert.ts";
import { bringsNews } from "../../scenario/vocabulary/bmc.ts";
import { type Acts, act } from "../../scenario/vocabulary/choice.ts";
import type { When } from "../../scenario/vocabulary/cue.ts";
import { type ActionValues, type Fault, faultText } from "../../scenario/vocabulary/fault.ts";
import { isHostAccess } from "../../trace/event-names.ts";
import type { FaultEvent, TraceEvent } from "../../trace/events.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import type { Active } from "./active.ts";
import { BmcMisdeed } from "./bmc-actions.ts";
import { actOnHost } from "./host-actions.ts";
import { Parts } from "./parts.ts";
import type { Stage } from "./stage.ts";

/** A fault that waits for its moment. */
interface Cue {
  readonly fault: Fault;
  readonly name: string;
  left: number;
  fired: boolean;
  /** What was begun of it, one after the other. */
  readonly begun: Begun[];
  /** Ends the fault, while it acts and can be ended. */
  end?: () => void;
}

/** One of the times that a fault came. */
interface Begun {
  over: boolean;
  active: Active;
}

/**
 * Carries out a scenario's faults on schedule. It watches the trace, and is attached last, so
 * that whatever it causes comes after the event that it waited for in everybody's books.
 */
export class Director implements TraceSink {
  private readonly _stage: Stage;
  private readonly _cues: Cue[];
  /** Those that wait for an event. */
  private readonly _awaiting: readonly Cue[];
  private readonly _awaitsAccess: boolean;
  /** Those that wait for a part of a message. */
  private readonly _awaitingPart: readonly Cue[];
  private readonly _parts = new Parts();
  private _accesses = 0;
  /** The next event number that a fault waits for; Infinity when none does. */
  private _nextNumber: number;

  constructor(faults: readonly Fault[], stage: Stage) {
    this._stage = stage;
    this._cues = faults.map((fault, index) => cueOf(fault, fault.name ?? `faults[${index}]`));
    this._awaitingPart = this._cues.filter(({ fault: { when } }) => when.part !== undefined);
    this._awaiting = this._cues.filter(({ fault: { when } }) => {
      return when.command !== undefined || when.event !== undefined;
    });
    this._awaitsAccess = this._cues.some(({ fault: { when } }) => when.access !== undefined);
    this._nextNumber = this.#numberFrom(0);
  }

  /** What came of the faults that had to act and did not, a sentence each. */
  get misses(): readonly string[] {
    const due = this._cues.filter(({ fault }) => fault["may-miss"] !== true);
    return due.flatMap(({ name, fired, begun }) => {
      if (!fired) return [`${name} never fired`];
      if (begun.some(({ active }) => active.acted)) return [];
      return [`${name} fired, and there was nothing that it changed`];
    });
  }

  /** The match begins. */
  begin(): void {
    for (const cue of this._cues) this.#planEnd(cue);
    this.#fire((when) => when.start === true);
  }

  /** One more, which waits for the event of a number that is still to come: as if it had been there from the start. */
  add(fault: Fault): void {
    const { number } = fault.when;
    assert(number !== undefined, "what is added later waits for an event by its number");
    const { tracer } = this._stage;
    // Last, so that what it causes stands behind its cause in every book.
    if (this._cues.length === 0) tracer.attach(this);
    const cue = cueOf(fault, fault.name ?? `faults[${this._cues.length}]`);
    this._cues.push(cue);
    this._nextNumber = Math.min(this._nextNumber, number);
    this.#planEnd(cue);
  }

  /** Before all other work of that time, whatever else happens until then. */
  #planEnd(cue: Cue): void {
    const { until } = cue.fault;
    if (until === undefined) return;
    this._stage.scheduler.atFirst(until, `${cue.name} ends`, () => cue.end?.());
  }

  /** The workload begins: the zero of the scenario's clock. */
  workloadBegan(): void {
    for (const cue of this._cues) {
      const at = cue.fault.when.at;
      if (at !== undefined) this.#schedule(cue, at);
    }
  }

  event(event: TraceEvent): void {
    if (this._cues.length === 0) return;
    if (event.n === this._nextNumber) this.#fireNumbered(event);
    if (this._awaitsAccess && isHostAccess(event)) {
      this._accesses++;
      const accesses = this._accesses;
      this.#fire((when) => when.access !== undefined && when.access === accesses, event);
    }
    if (this._awaitingPart.length > 0) this.#part(event);
    for (const cue of this._awaiting) {
      if (cue.left <= 0 || !awaits(cue.fault.when, event, cue.name)) continue;
      cue.left--;
      if (cue.left === 0) this.#take(cue, event);
    }
  }

  #part(event: TraceEvent): void {
    const of = this._parts.event(event);
    if (of === undefined) return;
    const part = this._parts[of];
    for (const cue of this._awaitingPart) {
      const { when } = cue.fault;
      if (cue.left <= 0 || (when.of ?? "response") !== of || when.part !== part) continue;
      cue.left--;
      if (cue.left === 0) this.#take(cue, event);
    }
  }

  #fire(due: (when: When) => boolean, event?: TraceEvent): void {
    for (const cue of this._cues) if (due(cue.fault.when)) this.#take(cue, event);
  }

  #fireNumbered(event: TraceEvent): void {
    this._nextNumber = this.#numberFrom(event.n + 1);
    this.#fire((when) => when.number === event.n, event);
  }

  #numberFrom(least: number): number {
    const numbers = this._cues.map(({ fault }) => fault.when.number ?? Number.POSITIVE_INFINITY);
    return Math.min(...numbers.filter((number) => number >= least));
  }

  /** A processor stops where it stands; all else happens when the lab comes to it. */
  #take(cue: Cue, event: TraceEvent | undefined): void {
    const { host, when } = cue.fault;
    if (host?.panic !== undefined && when.after === undefined) this.#act(cue, event);
    else this.#schedule(cue, 0);
  }

  #schedule(cue: Cue, us: number): void {
    const at = this._stage.scheduler.now() + us + (cue.fault.when.after ?? 0);
    const { times = 1, every = EVERY_US } = cue.fault.wire ?? {};
    for (let time = 0; time < times; time++) {
      this._stage.scheduler.at(at + time * every, cue.name, () => this.#act(cue));
    }
  }

  #act(cue: Cue, event?: TraceEvent): void {
    const { fault, name } = cue;
    if (cue.fired && fault.until !== undefined && fault.until <= this._stage.scheduler.now())
      return;
    cue.fired = true;
    const { tracer, scheduler } = this._stage;
    const on = act(VICTIMS, fault);
    const text = faultText(fault);
    tracer.emit({ e: "fault", name, what: "fires", on, text });
    const begun: Begun = { over: false, active: AT_ONCE };
    cue.begun.push(begun);
    if (fault.host?.panic !== undefined) return this._stage.halt.order(fault.host.panic, event);
    const ended = () => {
      if (begun.over) return;
      begun.over = true;
      tracer.emit({ e: "fault", name, what: "ends", on, text });
    };
    begun.active = act(ACTS, fault, this._stage, ended);
    const stop = () => {
      if (begun.over) return;
      begun.active.end();
      ended();
    };
    if (fault.for !== undefined) scheduler.at(scheduler.now() + fault.for, `${name} ends`, stop);
    if (fault.until === undefined) return;
    if (fault.until <= scheduler.now()) stop();
    else cue.end = stop;
  }
}

function cueOf(fault: Fault, name: string): Cue {
  const left = fault.when.access ?? fault.when.count ?? 1;
  return { fault, name, left, fired: false, begun: [] };
}

/** How far apart a fault of the wire comes that comes several times. */
const EVERY_US = 1_000_000;

/** What is done at once, and over. */
const AT_ONCE: Active = { acted: true, end: () => {} };

/** Starts a fault; `ended` is for those that end by themselves. */
const ACTS: Acts<ActionValues, [Stage, () => void], Active> = {
  answer: (answer, { messages }, ended) => messages.inject(answer, ended),
  wire: (action, { wire }, ended) => wire.inject(action, ended),
  bmc: (action, stage, ended) => new BmcMisdeed(action, stage, ended),
  host: (action, { host }, ended) => {
    const life = host();
    assert(life !== undefined, "the host's life is in the lab's hands");
    return { end: actOnHost(action, life, ended), acted: true };
  },
  attention: (level, { bmc }) => {
    bmc.daemon.forceAttention(level === "high");
    return { end: () => bmc.daemon.forceAttention(undefined), acted: true };
  },
};

const VICTIMS: Acts<ActionValues, [], FaultEvent["on"]> = {
  answer: () => "bmc",
  attention: () => "bmc",
  bmc: (action) => (bringsNews(action) ? "nobody" : "bmc"),
  wire: () => "wire",
  host: () => "host",
};

function awaits(when: When, event: TraceEvent, own: string): boolean {
  if (when.command !== undefined) {
    if (event.e !== "bmc.request") return false;
    const [netFnLun, cmd] = event.message;
    return (netFnLun ?? 0) >> 2 === when.command.netFn && cmd === when.command.cmd;
  }
  if (when.event === undefined || event.e !== when.event) return false;
  if (when.what === undefined) return true;
  if (event.e === "fault") return event.name === when.what && event.name !== own;
  if (event.e === "run") return when.what === (event.on ? "on" : "off");
  return "what" in event && event.what === when.what;
}
