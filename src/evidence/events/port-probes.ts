import { byteIn, numberIn } from "../numbers.ts";
import type { Teller } from "../sighting.ts";
import { argument } from "./argument.ts";
import type { EventReader, KernelEvent } from "./kernel-event.ts";

/**
 * Probes on the functions by which Linux's `ipmi_si` reaches its registers: a read is two lines, the
 * call (which register) and its return (which value), a write is one.
 */
export class PortProbes implements EventReader {
  readonly #teller: Teller;
  /** Reads that have begun, by who reads. */
  readonly #begun = new Map<number, { readonly block: string; readonly offset: number }>();

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  event({ pid, cpu, atUs, name, body }: KernelEvent): boolean {
    if (!body.startsWith("(")) return false;
    const close = body.indexOf(")");
    if (close < 0) {
      this.#missing(atUs, "a probe's line that breaks off");
      return true;
    }
    const step = stepOf(name, body.slice(1, close));
    if (step === undefined) return false;
    // Each CPU has an idle process of its own, all by the same number.
    const who = pid === 0 ? -1 - cpu : pid;
    if (step === "returns") {
      this.#returns(who, atUs, argument(body, "val", close));
      return true;
    }
    const offset = numberIn(argument(body, "off", close));
    if (offset === undefined || offset > OFFSET_MAX) {
      this.#missing(atUs, "an access of which the register is not told");
      return true;
    }
    const block = argument(body, "io", close);
    if (step === "writes") {
      this.#writes(atUs, { block, offset, value: byteIn(argument(body, "val", close)) });
    } else {
      this.#reads(who, atUs, { block, offset });
    }
    return true;
  }

  lost(): void {
    this.#begun.clear();
  }

  #reads(who: number, atUs: number, read: { block: string; offset: number }): void {
    if (this.#begun.has(who)) this.#missing(atUs, "a read of which the value is not told");
    if (this.#begun.size >= READERS_MAX) {
      this.#begun.clear();
      this.#missing(atUs, "more reads at a time than there can be");
    }
    this.#begun.set(who, read);
  }

  #returns(who: number, atUs: number, text: string): void {
    const read = this.#begun.get(who);
    const value = byteIn(text);
    this.#begun.delete(who);
    if (read === undefined) return this.#missing(atUs, "a read of which the register is not told");
    if (value === undefined) return this.#missing(atUs, "a read of which the value is not told");
    const { block, offset } = read;
    this.#teller.sighting({ what: "read", atUs, block, offset, value });
  }

  #writes(
    atUs: number,
    { block, offset, value }: { block: string; offset: number; value: number | undefined },
  ): void {
    if (value === undefined) return this.#missing(atUs, "a write of which the value is not told");
    this.#teller.sighting({ what: "write", atUs, block, offset, value });
  }

  #missing(atUs: number, text: string): void {
    this.#teller.unread(text);
    this.#teller.sighting({ what: "gap", atUs, text });
  }
}

/** No block has more registers, however it is made. */
const OFFSET_MAX = 0xff;
/** CPUs and processes that can be within a read at one time. */
const READERS_MAX = 4_096;

type Step = "reads" | "returns" | "writes";

const WIDTHS = ["b", "w", "l", "q"] as const;
const PREFIXES = ["port_", "mem_", "intf_mem_"] as const;
const FUNCTIONS: ReadonlyMap<string, "in" | "out"> = new Map(
  PREFIXES.flatMap((prefix) =>
    WIDTHS.flatMap((width) =>
      (["in", "out"] as const).map((way) => [`${prefix}${way}${width}`, way] as const),
    ),
  ),
);

/**
 * What a probe's line shows: by the function in its parentheses, `port_inb+0x0/0x20 [ipmi_si]` or
 * `kcs_event+0x24/0x980 [ipmi_si] <- port_inb`; where only addresses stand there, by the name of the event.
 */
function stepOf(name: string, where: string): Step | undefined {
  const arrow = where.indexOf("<- ");
  const from = arrow < 0 ? 0 : arrow + 3;
  const called = where.slice(from, endOfWord(where, from));
  const way = FUNCTIONS.get(called);
  if (way !== undefined) {
    if (way === "out") return arrow < 0 ? "writes" : undefined;
    return arrow < 0 ? "reads" : "returns";
  }
  if (!ADDRESS.test(called)) return undefined;
  const word = OF_OURS.exec(name)?.[1];
  return word === undefined ? undefined : STEPS[word];
}

const ADDRESS = /^(?:0x)?[0-9a-f]{4,16}$/;
const OF_OURS = /^(rv|r|v|w)(?:[_\d]\w*)?$/;
const STEPS: Readonly<Record<string, Step>> = {
  r: "reads",
  v: "returns",
  rv: "returns",
  w: "writes",
};

function endOfWord(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === "+" || character === " " || character === "/") return at;
  }
  return text.length;
}
