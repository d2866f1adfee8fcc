import type { Put } from "./exporter.ts";

/** A signal of a VCD file. */
export interface Signal {
  readonly name: string;
  /** Width in bits. */
  readonly bits: number;
  /** Bits of it that are signals of their own, by their masks. */
  readonly parts?: readonly (readonly [mask: number, name: string])[];
}

interface Wire {
  readonly id: string;
  readonly bits: number;
  readonly mask: number;
  last: number;
}

/** Before anything is known of a signal. */
const UNKNOWN = -1;
const CHUNK = 1 << 16;
/** Identifiers are of the printable characters from `!` on. */
const FIRST_ID = 0x21;
const IDS = 94;

/**
 * A value change dump, made in pieces: signals by name, then their changes, in order of time.
 * @see IEEE 1364-2005 §18
 */
export class VcdFile {
  readonly #put: Put;
  readonly #wires = new Map<string, Wire[]>();
  #text: string;
  #now = UNKNOWN;
  #count = 0;

  /** `timescale`: what a unit of the times is, as "1 us". */
  constructor(scopes: ReadonlyMap<string, readonly Signal[]>, timescale: string, put: Put) {
    this.#put = put;
    const lines = [`$timescale ${timescale} $end`];
    for (const [scope, signals] of scopes) {
      lines.push(`$scope module ${scope} $end`, ...signals.flatMap((each) => this.#declared(each)));
      lines.push("$upscope $end");
    }
    const unknown = [...this.#wires.values()].flat().map(({ id, bits }) => {
      return bits === 1 ? `x${id}` : `bx ${id}`;
    });
    lines.push("$enddefinitions $end", "#0", "$dumpvars", ...unknown, "$end", "");
    this.#text = lines.join("\n");
  }

  /** The signal has this value from then on. Times never go back. */
  change(name: string, value: number, at: number): void {
    for (const wire of this.#wires.get(name) ?? []) {
      const own = wire.mask === 0 ? value : (value & wire.mask) === 0 ? 0 : 1;
      if (own === wire.last) continue;
      wire.last = own;
      this.#time(at);
      this.#text += wire.bits === 1 ? `${own}${wire.id}\n` : `b${own.toString(2)} ${wire.id}\n`;
    }
    if (this.#text.length >= CHUNK) this.#flush();
  }

  /** The signal is the other way round from then on. */
  toggle(name: string, at: number): void {
    const last = this.#wires.get(name)?.[0]?.last;
    this.change(name, last === 1 ? 0 : 1, at);
  }

  /** Nothing changes up to then. */
  end(at: number): void {
    this.#time(at);
    this.#flush();
  }

  #declared({ name, bits, parts = [] }: Signal): string[] {
    const wires = [
      { id: this.#nextId(), name, bits, mask: 0 },
      ...parts.map(([mask, part]) => ({ id: this.#nextId(), name: part, bits: 1, mask })),
    ];
    this.#wires.set(
      name,
      wires.map(({ id, bits, mask }) => ({ id, bits, mask, last: UNKNOWN })),
    );
    return wires.map((each) => {
      const range = each.bits === 1 ? "" : ` [${each.bits - 1}:0]`;
      return `$var wire ${each.bits} ${each.id} ${each.name}${range} $end`;
    });
  }

  #nextId(): string {
    const n = this.#count++;
    const last = String.fromCharCode(FIRST_ID + (n % IDS));
    return n < IDS ? last : `${String.fromCharCode(FIRST_ID + Math.floor(n / IDS) - 1)}${last}`;
  }

  #time(at: number): void {
    if (at === this.#now) return;
    this.#now = at;
    this.#text += `#${at}\n`;
  }

  #flush(): void {
    this.#put(new TextEncoder().encode(this.#text));
    this.#text = "";
  }
}
