import { type InterfaceKind, type TraceHead, traceHead } from "../trace/head.ts";
import { Tracer, type TraceSink } from "../trace/tracer.ts";
import { HostsRegisters } from "./assemble/hosts-registers.ts";
import { InterfaceGuess } from "./interface-of.ts";
import type { Access, Gap } from "./sighting.ts";

/** What the capture says of itself, and what its reader was told. */
export interface Known {
  /** The interface, where it is given. */
  readonly kind: InterfaceKind | undefined;
  /** The kernel's version, where the capture says it; else empty. */
  readonly kernel: string;
}

/** The trace of one interface that evidence shows, and what tells it from others on the machine. */
export interface SeenInterface {
  readonly block: string;
  readonly head: TraceHead;
}

/** One register block, from the first access on: a trace, as soon as it is clear which interface it is. */
export class BlockTrace {
  readonly block: string;
  readonly #begin: (seen: SeenInterface) => TraceSink;
  readonly #tracer: Tracer;
  readonly #guess = new InterfaceGuess();
  #held: (Access | Gap)[] = [];
  #nowUs = 0;
  #registers: HostsRegisters | undefined;

  constructor(block: string, begin: (seen: SeenInterface) => TraceSink) {
    this.block = block;
    this.#begin = begin;
    this.#tracer = new Tracer(() => this.#nowUs);
  }

  /** It is known which interface this is. */
  get begun(): boolean {
    return this.#registers !== undefined;
  }

  /** Takes an access, or a gap. Its time is never before that of the one before. */
  take(sighting: Access | Gap, known: Known): void {
    if (this.#registers === undefined) this.#hold(sighting, known);
    else this.#tell(sighting, this.#registers);
  }

  /** The evidence is over. False: which interface this was cannot be told. */
  end(known: Known): boolean {
    if (this.#registers === undefined) this.#decide(known.kind ?? this.#guess.best, known);
    if (this.#registers === undefined) return false;
    this.#tracer.emit({ e: "end", why: "interrupted" });
    return true;
  }

  #hold(sighting: Access | Gap, known: Known): void {
    this.#held.push(sighting);
    if (sighting.what !== "gap") this.#guess.take(sighting);
    const sure = known.kind ?? this.#guess.sure;
    this.#decide(sure, known);
    if (this.#held.length > HELD_MAX) this.#held.splice(0, this.#held.length - HELD_MAX);
  }

  #decide(kind: InterfaceKind | undefined, known: Known): void {
    if (kind === undefined || kind === "ssif") return;
    this.#tracer.attach(this.#begin({ block: this.block, head: headOf(kind, known) }));
    const registers = new HostsRegisters(kind, this.#tracer);
    this.#registers = registers;
    for (const each of this.#held) this.#tell(each, registers);
    this.#held = [];
  }

  #tell(sighting: Access | Gap, registers: HostsRegisters): void {
    this.#nowUs = sighting.atUs;
    if (sighting.what === "gap") this.#tracer.emit({ e: "gap", text: sighting.text });
    else registers.take(sighting);
  }
}

/** Accesses kept while it is not clear which interface they are of; older ones are left out. */
const HELD_MAX = 4_096;

function headOf(kind: InterfaceKind, { kernel }: Known): TraceHead {
  return traceHead({
    scenario: "",
    host: kernel === "" ? "host" : `linux:${kernel}`,
    bmc: "bmc",
    interface: kind,
    seed: 0,
    taps: { host: true, bmc: false },
    clock: "real",
    scenarioText: "",
    witness: { middle: true, tells: [] },
  });
}
