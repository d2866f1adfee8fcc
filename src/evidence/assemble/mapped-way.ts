import type { InterfaceKind, Taps } from "../../trace/head.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { InterfaceOn } from "../../wire/interface.ts";
import type { Access, MappedAccess } from "../sighting.ts";
import { HostsRegisters } from "./hosts-registers.ts";
import { RegisterGuess } from "./register-guess.ts";
import type { Doing, Retelling, Way } from "./ways.ts";

/**
 * A host's register block in memory. The lowest address that is used is its first register, and the next
 * one says how far apart they are.
 */
export class MappedWay implements Way {
  readonly taps: Taps = { host: true, bmc: false };
  readonly block: string;
  /** The addresses in use, in their order. */
  readonly #addresses: number[] = [];
  readonly #looked: MappedAccess[] = [];
  #guess = new RegisterGuess();

  constructor(block: string) {
    this.block = block;
  }

  look(doing: Doing): void {
    if (!isMapped(doing)) return;
    const isNew = !this.#addresses.includes(doing.address);
    if (this.#looked.length < LOOKED_MAX) this.#looked.push(doing);
    if (!isNew) return this.#learn(doing);
    if (this.#addresses.length > ADDRESSES_MAX) return;
    this.#addresses.push(doing.address);
    this.#addresses.sort((one, other) => one - other);
    // All that was seen before may have been another register.
    this.#guess = new RegisterGuess();
    for (const each of this.#looked) this.#learn(each);
  }

  get sure(): InterfaceKind | undefined {
    return this.#ifItFits(this.#guess.sure);
  }

  get best(): InterfaceKind | undefined {
    return this.#ifItFits(this.#guess.best);
  }

  begin(kind: InterfaceKind, tracer: Tracer): Retelling | undefined {
    if (kind === "ssif" || this.#ifItFits(kind) === undefined) return undefined;
    const registers = new HostsRegisters(kind, tracer);
    const places = new Places(this.#addresses);
    return (doing) => {
      if (!isMapped(doing)) return;
      const access = places.accessOf(doing);
      if (access === undefined) tracer.emit({ e: "gap", text: "an access to another register" });
      else registers.take(access);
    };
  }

  #learn(doing: MappedAccess): void {
    const access = new Places(this.#addresses).accessOf(doing);
    if (access !== undefined) this.#guess.take(access);
  }

  #ifItFits(kind: InterfaceKind | undefined): InterfaceKind | undefined {
    if (kind === undefined || kind === "ssif") return undefined;
    const count = this.#addresses.length;
    const [fewest, most] = IN_USE[kind];
    const places = new Places(this.#addresses);
    const last = places.offsetOf(this.#addresses.at(-1) ?? 0);
    return count >= fewest && count <= most && last !== undefined ? kind : undefined;
  }
}

/** Which register is at which address. */
class Places {
  readonly #first: number;
  readonly #spacing: number;

  constructor(addresses: readonly number[]) {
    const [first = 0, ...others] = addresses;
    this.#first = first;
    const steps = others.map((address, at) => address - (addresses[at] ?? first));
    this.#spacing = steps.length === 0 ? 1 : Math.min(...steps);
  }

  offsetOf(address: number): number | undefined {
    const offset = (address - this.#first) / this.#spacing;
    return Number.isInteger(offset) && offset >= 0 && offset < ADDRESSES_MAX ? offset : undefined;
  }

  accessOf({ what, atUs, block, address, value }: MappedAccess): Access | undefined {
    const offset = this.offsetOf(address);
    if (offset === undefined) return undefined;
    return { what: what === "mapped-read" ? "read" : "write", atUs, block, offset, value };
  }
}

function isMapped(doing: Doing): doing is MappedAccess {
  return doing.what === "mapped-read" || doing.what === "mapped-write";
}

/** Of how many registers a host needs all, and how many there are: BT's INTMASK may go unused. */
const IN_USE: Readonly<Record<InterfaceOn<"registers">, readonly [number, number]>> = {
  kcs: [2, 2],
  smic: [3, 3],
  bt: [2, 3],
};
const ADDRESSES_MAX = 3;
const LOOKED_MAX = 4_096;
