import type { InterfaceKind, Taps, Tellable } from "../../trace/head.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { Access, BmcAccess, BusTransaction, MappedAccess, Message } from "../sighting.ts";
import { BmcsBus } from "./bmcs-bus.ts";
import { BmcsBt, BmcsKcs } from "./bmcs-registers.ts";
import { HostsBus } from "./hosts-bus.ts";
import { HostsRegisters } from "./hosts-registers.ts";
import { Messages } from "./messages.ts";
import { RegisterGuess } from "./register-guess.ts";
import { SsifGuess } from "./ssif-guess.ts";

/** What happened at one interface, of whichever medium. */
export type Doing = Access | MappedAccess | BmcAccess | BusTransaction | Message;

/** How what was seen of one interface becomes a trace. */
export interface Way {
  readonly taps: Taps;
  /** What it tells of besides the wire. */
  readonly tells?: readonly Tellable[];
  /** What tells that interface from others on the machine. */
  readonly block: string;
  /** Learns from what is seen which interface it is. */
  look(doing: Doing): void;
  /** What it is, once that is sure enough to begin. */
  readonly sure: InterfaceKind | undefined;
  /** What it is by all that was seen; undefined when that fits several, or none. */
  readonly best: InterfaceKind | undefined;
  /** Tells the events of that interface; undefined when what was seen cannot be of it. */
  begin(kind: InterfaceKind, tracer: Tracer): Retelling | undefined;
}

/** Tells what was seen as events. `late` is called before what came at the end of something longer. */
export type Retelling = (doing: Doing, late: () => void) => void;

const HOSTS_FACE: Taps = { host: true, bmc: false };
const BMCS_FACE: Taps = { host: false, bmc: true };

/** A host's register block. */
export class RegistersWay implements Way {
  readonly taps = HOSTS_FACE;
  readonly block: string;
  readonly #guess = new RegisterGuess();

  constructor(block: string) {
    this.block = block;
  }

  look(doing: Doing): void {
    if (doing.what === "read" || doing.what === "write") this.#guess.take(doing);
  }

  get sure(): InterfaceKind | undefined {
    return this.#guess.sure;
  }

  get best(): InterfaceKind | undefined {
    return this.#guess.best;
  }

  begin(kind: InterfaceKind, tracer: Tracer): Retelling | undefined {
    if (kind === "ssif") return undefined;
    const registers = new HostsRegisters(kind, tracer);
    return (doing) => {
      if (doing.what === "read" || doing.what === "write") registers.take(doing);
    };
  }
}

/** A device on a bus, as its master or it itself sees it. */
export class BusWay implements Way {
  readonly taps: Taps;
  readonly block: string;
  readonly #address: number;
  readonly #guess = new SsifGuess();

  constructor(block: string, { address, face }: BusTransaction) {
    this.block = block;
    this.#address = address;
    this.taps = face === "bmc" ? BMCS_FACE : HOSTS_FACE;
  }

  look(doing: Doing): void {
    if (doing.what === "bus") this.#guess.take(doing);
  }

  get sure(): InterfaceKind | undefined {
    return this.#guess.kind;
  }

  get best(): InterfaceKind | undefined {
    return this.#guess.kind;
  }

  begin(kind: InterfaceKind, tracer: Tracer): Retelling | undefined {
    if (kind !== "ssif") return undefined;
    const bus = this.taps.host ? new HostsBus(this.#address, tracer) : new BmcsBus(tracer);
    return (doing, late) => {
      if (doing.what === "bus") bus.take(doing, late);
    };
  }
}

/** A BMC's side of a register block: which interface it is, its place on the chip says. */
export class BmcWay implements Way {
  readonly taps = BMCS_FACE;
  readonly block: string;
  readonly sure: BmcAccess["kind"];

  constructor(block: string, kind: BmcAccess["kind"]) {
    this.block = block;
    this.sure = kind;
  }

  look(): void {}

  get best(): InterfaceKind {
    return this.sure;
  }

  begin(kind: InterfaceKind, tracer: Tracer): Retelling | undefined {
    if (kind !== this.sure) return undefined;
    const registers = kind === "kcs" ? new BmcsKcs(tracer) : new BmcsBt(tracer);
    return (doing) => {
      if (doing.what === "bmc-reads" || doing.what === "bmc-writes") registers.take(doing);
    };
  }
}

/** What was said over KCS, at the BMC's end of it; the wire itself is not shown. */
export class MessagesWay implements Way {
  readonly taps: Taps = { host: false, bmc: false };
  readonly tells: readonly Tellable[] = ["bmc-application"];
  readonly sure: InterfaceKind = "kcs";
  readonly best: InterfaceKind = "kcs";
  readonly block: string;

  constructor(block: string) {
    this.block = block;
  }

  look(): void {}

  begin(kind: InterfaceKind, tracer: Tracer): Retelling | undefined {
    if (kind !== this.sure) return undefined;
    const messages = new Messages(tracer);
    return (doing) => {
      if (doing.what === "message") messages.take(doing);
    };
  }
}
