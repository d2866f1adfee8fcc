import { INTERFACES, type InterfaceKind } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { BlockTrace, type Known, type SeenInterface } from "./block-trace.ts";
import type { About, Access, Gap, Sighting } from "./sighting.ts";

/** Makes of what was seen one trace for each interface, as it is told. */
export class Assembler {
  readonly #begin: (seen: SeenInterface) => TraceSink;
  readonly #given: InterfaceKind | undefined;
  readonly #blocks = new Map<string, BlockTrace>();
  readonly #undecided: string[] = [];
  #captured: InterfaceKind | undefined;
  #kernel = "";
  #lastUs = 0;
  /** What is added to the evidence's times since its clock was last set back. */
  #offsetUs = 0;
  #gaps = 0;
  #ties = 0;

  /** `begin` gets each interface as it is recognised, and gives who is told its events. */
  constructor(begin: (seen: SeenInterface) => TraceSink, kind?: InterfaceKind) {
    this.#begin = begin;
    this.#given = kind;
  }

  /** Places at which something was lost. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Times that were set back a little: accesses of two processors at one time. */
  get ties(): number {
    return this.#ties;
  }

  /** Blocks of which it cannot be told, now that all is over, which interface they are. */
  get undecided(): readonly string[] {
    return this.#undecided;
  }

  /** Takes what was seen next. */
  take(sighting: Sighting): void {
    switch (sighting.what) {
      case "read":
      case "write":
        return this.#access(sighting);
      case "gap":
        return this.#gap(sighting);
      case "about":
        return this.#about(sighting);
      case "log":
        return;
    }
  }

  /** The evidence is over. */
  end(): void {
    for (const block of this.#blocks.values()) {
      if (!block.end(this.#known)) this.#undecided.push(block.block);
    }
  }

  get #known(): Known {
    return { kind: this.#given ?? this.#captured, kernel: this.#kernel };
  }

  #access(access: Access): void {
    const atUs = this.#time(access.atUs);
    let block = this.#blocks.get(access.block);
    if (block === undefined) {
      if (this.#blocks.size >= BLOCKS_MAX) return;
      block = new BlockTrace(access.block, this.#begin);
      this.#blocks.set(access.block, block);
    }
    block.take(atUs === access.atUs ? access : { ...access, atUs }, this.#known);
  }

  #gap({ atUs, text }: Gap): void {
    this.#tellGap(this.#time(atUs), text);
  }

  #tellGap(atUs: number, text: string): void {
    this.#gaps++;
    for (const block of this.#blocks.values()) block.take({ what: "gap", atUs, text }, this.#known);
  }

  #about({ key, value }: About): void {
    if (key === "kernel") this.#kernel = value.trim().slice(0, KERNEL_MAX);
    if (key === "capture") this.#captured = INTERFACES.find((kind) => kind === value);
  }

  /** A trace's times never fall. A little is a tie of two processors; more is another clock. */
  #time(atUs: number): number {
    const us = atUs + this.#offsetUs;
    if (us >= this.#lastUs) {
      this.#lastUs = us;
      return us;
    }
    if (this.#lastUs - us <= TIE_MAX_US) {
      this.#ties++;
    } else {
      this.#offsetUs += this.#lastUs - us;
      this.#tellGap(this.#lastUs, "the clock was set back");
    }
    return this.#lastUs;
  }
}

/** More interfaces than any machine has. */
const BLOCKS_MAX = 64;
const KERNEL_MAX = 100;
const TIE_MAX_US = 1_000_000;
