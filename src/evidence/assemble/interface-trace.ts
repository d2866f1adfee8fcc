import type { Body } from "../../trace/events.ts";
import { type InterfaceKind, type TraceHead, traceHead } from "../../trace/head.ts";
import { Tracer, type TraceSink } from "../../trace/tracer.ts";
import type { Gap, OfUsers } from "../sighting.ts";
import type { Doing, Retelling, Way } from "./ways.ts";

/** What the capture says of itself, and what its reader was told. */
export interface Known {
  /** The interface, where somebody said it. */
  readonly given: InterfaceKind | undefined;
  /** The interface that was to be captured: what few accesses show may be of another. */
  readonly captured: InterfaceKind | undefined;
  /** The kernel's version, where the capture says it; else empty. */
  readonly kernel: string;
  /** It tells what the driver's users asked and got, all of it, and there is one interface that it is of. */
  readonly users: boolean;
}

/** What concerns an interface besides its wire. */
type Beside = OfUsers | Gap;

/** The trace of one interface that evidence shows, and what tells it from others on the machine. */
export interface SeenInterface {
  readonly block: string;
  readonly head: TraceHead;
}

/** One interface, from the first access on: a trace, as soon as it is clear which interface it is. */
export class InterfaceTrace {
  readonly #way: Way;
  readonly #begin: (seen: SeenInterface) => TraceSink;
  readonly #tracer: Tracer;
  /** The times of the evidence, to which the trace's own never fall back. */
  #nowUs = 0;
  #held: (Doing | Beside)[] = [];
  #seen = 0;
  #tellsUsers = false;
  #retell: Retelling | undefined;

  constructor(way: Way, begin: (seen: SeenInterface) => TraceSink) {
    this.#way = way;
    this.#begin = begin;
    this.#tracer = new Tracer(() => this.#nowUs);
  }

  get block(): string {
    return this.#way.block;
  }

  /** Accesses or transactions that were seen before it was clear what they are of. */
  get seen(): number {
    return this.#seen;
  }

  /** Takes what was done next, or a gap. */
  take(sighting: Doing | Beside, known: Known): void {
    if (this.#retell === undefined) this.#hold(sighting, known);
    else this.#tell(sighting, this.#retell);
  }

  /** The evidence is over. False: which interface this was cannot be told. */
  end(known: Known): boolean {
    const { given, captured } = known;
    const asked = this.#seen >= ENOUGH ? captured : undefined;
    if (this.#retell === undefined) this.#decide(given ?? this.#way.best ?? asked, known);
    if (this.#retell === undefined) return false;
    this.#tracer.emit({ e: "end", why: "interrupted" });
    return true;
  }

  #hold(sighting: Doing | Beside, known: Known): void {
    this.#held.push(sighting);
    if (!isBeside(sighting)) {
      this.#way.look(sighting);
      this.#seen++;
    }
    // One script captures all that a driver speaks, whichever it was asked for.
    const asked = this.#seen >= HELD_MAX / 2 ? known.captured : undefined;
    this.#decide(known.given ?? this.#way.sure ?? asked, known);
    if (this.#held.length > HELD_MAX) this.#held = this.#held.slice(HELD_MAX / 2);
  }

  #decide(kind: InterfaceKind | undefined, known: Known): void {
    const retell = kind === undefined ? undefined : this.#way.begin(kind, this.#tracer);
    if (kind === undefined || retell === undefined) return;
    this.#tracer.attach(this.#begin({ block: this.block, head: headOf(kind, this.#way, known) }));
    this.#tellsUsers = tellsUsers(this.#way, known);
    this.#retell = retell;
    for (const each of this.#held) this.#tell(each, retell);
    this.#held = [];
  }

  #tell(sighting: Doing | Beside, retell: Retelling): void {
    this.#time(sighting.atUs);
    if (sighting.what === "gap") this.#tracer.emit({ e: "gap", text: sighting.text });
    else if (!isOfUsers(sighting)) {
      retell(sighting, () => this.#time("endUs" in sighting ? sighting.endUs : sighting.atUs));
    } else if (this.#tellsUsers) this.#tracer.emit(eventOf(sighting));
  }

  #time(atUs: number): void {
    this.#nowUs = Math.max(this.#nowUs, atUs);
  }
}

/** What is kept while it is not clear which interface it is of; of what is older, half is left out. */
const HELD_MAX = 4_096;
/** A driver that looks where the registers are makes fewer. */
const ENOUGH = 8;

function isOfUsers(sighting: Doing | Beside): sighting is OfUsers {
  const { what } = sighting;
  return what === "request" || what === "refused" || what === "answer";
}

function isBeside(sighting: Doing | Beside): sighting is Beside {
  return sighting.what === "gap" || isOfUsers(sighting);
}

function eventOf(sighting: OfUsers): Body {
  switch (sighting.what) {
    case "request": {
      const { id, user, netFn, lun, cmd, data } = sighting;
      return { e: "request", id, user, netFn, lun, cmd, data };
    }
    case "refused": {
      const { id, user, netFn, cmd, code } = sighting;
      return { e: "refused", id, user, netFn, cmd, code };
    }
    case "answer": {
      const { id, cc, data } = sighting;
      return { e: "answer", id, cc, maker: "unknown", data, tag: 0 };
    }
  }
}

function tellsUsers({ taps }: Way, { users }: Known): boolean {
  return users && taps.host;
}

function headOf(kind: InterfaceKind, way: Way, known: Known): TraceHead {
  const { taps, tells = [] } = way;
  const { kernel } = known;
  const seat = kernel === "" ? undefined : `linux:${kernel}`;
  return traceHead({
    scenario: "",
    host: (taps.host ? seat : undefined) ?? "host",
    bmc: (taps.bmc ? seat : undefined) ?? "bmc",
    interface: kind,
    seed: 0,
    taps,
    clock: "real",
    scenarioText: "",
    witness: { middle: true, tells: tellsUsers(way, known) ? [...tells, "users"] : tells },
  });
}
