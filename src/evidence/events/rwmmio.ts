import { numberIn } from "../numbers.ts";
import type { Teller } from "../sighting.ts";
import type { EventReader, KernelEvent } from "./kernel-event.ts";

/**
 * The kernel's tracepoints of memory-mapped registers: each access is told twice, before it and after it, with
 * the functions it is made by. Those of `ipmi_si` are the host's to its interface.
 */
export class RwmmioEvents implements EventReader {
  readonly #teller: Teller;
  /** Accesses of which only the first line came, by their addresses: a register has one user at a time. */
  readonly #begun = new Map<string, "reads" | "writes">();

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  event({ name, atUs, body }: KernelEvent): boolean {
    if (!name.startsWith(GROUP)) return false;
    const step = STEPS[name.slice(GROUP.length)];
    if (step === undefined) return true;
    const at = body.indexOf(" width=");
    const by = at < 0 ? body : body.slice(0, at);
    if (!OF_DRIVER.test(by)) {
      if (NAMELESS.test(by)) this.#teller.unread("an access to memory by nobody knows whom");
      return true;
    }
    const line = LINE.exec(at < 0 ? "" : body.slice(at));
    if (line === null) {
      this.#missing(atUs, "a line of a memory-mapped register that cannot be read");
      return true;
    }
    const [, value = "", address = ""] = line;
    this.#step(step, atUs, { address, value });
    return true;
  }

  lost(): void {
    this.#begun.clear();
  }

  #step(step: Step, atUs: number, { address, value }: { address: string; value: string }): void {
    const begun = this.#begun.get(address);
    if (begun === "reads" && step !== "has read") {
      this.#missing(atUs, "a read of which the value is not told");
    }
    if (step === "reads" || step === "writes") {
      if (this.#begun.size >= REGISTERS_MAX) {
        this.#begun.clear();
        this.#missing(atUs, "more registers at a time than there can be");
      }
      this.#begun.set(address, step);
    } else if (begun !== undefined) {
      this.#begun.delete(address);
    }
    if (step === "has read") this.#tell("mapped-read", atUs, { address, value });
    // Who asked for the lines after an access alone has none before it.
    const isNew = step === "writes" || (step === "has written" && begun !== "writes");
    if (isNew) this.#tell("mapped-write", atUs, { address, value });
  }

  #tell(
    what: "mapped-read" | "mapped-write",
    atUs: number,
    { address, value: text }: { address: string; value: string },
  ): void {
    const value = registerIn(text, what === "mapped-write");
    if (value === undefined) {
      return this.#missing(atUs, "an access of which the register's byte is not told");
    }
    const page = address.slice(0, -OFFSET_DIGITS);
    const block = `memory at ${page}${"0".repeat(OFFSET_DIGITS)}`;
    const offset = Number.parseInt(address.slice(-OFFSET_DIGITS), 16);
    this.#teller.sighting({ what, atUs, block, address: offset, value });
  }

  #missing(atUs: number, text: string): void {
    this.#teller.unread(text);
    this.#teller.sighting({ what: "gap", atUs, text });
  }
}

/**
 * The register's byte in what was read or written: the lowest, however wide the access is. Bits above it
 * that are written are of a register that lies elsewhere in its word, and nobody can say where.
 */
function registerIn(text: string, written: boolean): number | undefined {
  // Numbers of 64 bits lose their lowest ones.
  const above = text.startsWith("0x") ? text.slice(2, -2) : "";
  if (above !== "" && !/^[0-9a-f]+$/.test(above)) return undefined;
  const value = numberIn(above === "" ? text : `0x${text.slice(-2)}`);
  if (value === undefined || (written && (value > 0xff || /[^0]/.test(above)))) return undefined;
  return value & 0xff;
}

type Step = "reads" | "has read" | "writes" | "has written";

const GROUP = "rwmmio_";
const STEPS: Readonly<Record<string, Step>> = {
  read: "reads",
  post_read: "has read",
  write: "writes",
  post_write: "has written",
};
/** The functions by which `ipmi_si` reaches memory, whether it is a module or built in. */
const OF_DRIVER = /\[ipmi_si\]|\b(?:intf_mem_(?:in|out)b|mem_(?:in|out)[wlq])\+/;
/** Addresses alone, of whose functions nobody knows the names. */
const NAMELESS = /^(?:(?:0x)?[0-9a-f]{8,16}(?: -> )?){1,2}$/;
const LINE = /^ width=(?:8|16|32|64)(?: val=(\S{1,18}))? addr=0x([0-9a-f]{4,16})\s*$/;
/** Of an address, the digits that say where in its page it is: each interface is mapped to a page of its own. */
const OFFSET_DIGITS = 3;
const REGISTERS_MAX = 256;
