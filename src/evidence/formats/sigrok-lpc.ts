import type { Teller } from "../sighting.ts";

/** Ports of the host's at which an interface is. */
export interface Ports {
  readonly first: number;
  readonly last: number;
}

/**
 * Cycles on LPC, put together from their fields: reads and writes of the ports at which an interface is.
 *
 * The decoder of libsigrokdecode 0.5.3 takes each field for the one before it, and knows neither writes nor
 * wait states. Its fields still hold each nibble that was on the bus, in order, so the cycle is made of them
 * anew. Decoders that were mended name the fields right.
 */
export class LpcCycles {
  readonly #teller: Teller;
  #ports: readonly Ports[] = USUAL;
  #given = false;
  #start = "";
  #open: Cycle | undefined;

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  /** An interface is there, in place of the usual ones. */
  at(ports: Ports): void {
    this.#ports = this.#given ? [...this.#ports, ports].slice(-PLACES_MAX) : [ports];
    this.#given = true;
  }

  /** Takes the next field. */
  take(atUs: number, what: string): void {
    const field = FIELD.exec(what);
    if (field === null) {
      if (BROKEN.test(what) && this.#open !== undefined) this.#open.broken = true;
      if (!STARTS.has(what)) return;
      this.end();
      this.#start = what;
      return;
    }
    const { type, address, tar, sync, data } = field.groups ?? {};
    if (type !== undefined) {
      this.end();
      this.#open = {
        atUs,
        start: this.#start,
        type,
        shown: "",
        nibbles: [],
        data: [],
        broken: false,
      };
      this.#start = "";
    }
    const open = this.#open;
    if (open === undefined || open.nibbles.length > NIBBLES_MAX) return;
    if (address !== undefined) open.shown = address;
    const bits = tar ?? sync;
    if (bits !== undefined) open.nibbles.push(nibbleOf(bits));
    if (data === undefined) return;
    const byte = Number.parseInt(data, 16);
    open.data.push(byte);
    open.nibbles.push(byte & 0xf, byte >> 4);
  }

  /** The cycle is over. */
  end(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const readings = [aligned(open), late(open)].filter((each) => each !== undefined);
    for (const { port, write, value } of readings) {
      const ports = this.#ports.find(({ first, last }) => port >= first && port <= last);
      if (ports === undefined) continue;
      if (value === undefined || open.broken) return this.#missing(open.atUs);
      const at = { atUs: open.atUs, block: `port 0x${ports.first.toString(16)}` };
      const what = write ? "write" : "read";
      return this.#teller.sighting({ what, ...at, offset: port - ports.first, value });
    }
  }

  #missing(atUs: number): void {
    const text = "a cycle on LPC that cannot be read";
    this.#teller.unread(text);
    this.#teller.sighting({ what: "gap", atUs, text });
  }
}

/** The ports that a comment names, as /proc/ioports does: `# ioports: 0ca2-0ca3 : ipmi_si`. */
export function portsIn(line: string): Ports | undefined {
  const [, from = "", to = ""] = PORTS.exec(line) ?? [];
  const first = Number.parseInt(from, 16);
  const last = Number.parseInt(to, 16);
  return last >= first && last - first < PORTS_MAX ? { first, last } : undefined;
}

/** Whether a decoder of LPC says that, of a cycle or as a warning. */
export function isLpcField(what: string): boolean {
  return STARTS.has(what) || FIELD.test(what) || OTHER.test(what) || BROKEN.test(what);
}

interface Cycle {
  readonly atUs: number;
  /** What is told of START, of the cycle's type and of the address. */
  readonly start: string;
  readonly type: string;
  shown: string;
  /** What follows, nibble by nibble as far as it is told. */
  readonly nibbles: number[];
  readonly data: number[];
  broken: boolean;
}

/** A cycle that was read; without a value where something in it is not as it must be. */
interface Reading {
  readonly port: number;
  readonly write: boolean;
  readonly value: number | undefined;
}

/** The cycle, if each field is what it is called. */
function aligned({ type, shown, nibbles, data: [value] }: Cycle): Reading | undefined {
  const write = type === "I/O write";
  if ((!write && type !== "I/O read") || shown.length !== 4) return undefined;
  const port = Number.parseInt(shown, 16);
  // A mended decoder says in words how often the device asked to wait.
  const words = nibbles.filter((each) => each < 0);
  if (words.length === 0) return { port, write, value: valueIn(nibbles, write) };
  const waits = words.slice(0, -1).every((each) => each === WORDS.wait);
  const ready = waits && words.at(-1) === WORDS.ready;
  return { port, write, value: ready ? value : undefined };
}

/** The cycle, if each field is called by the name of the one before. */
function late({ start, type, shown, nibbles }: Cycle): Reading | undefined {
  // Of the address the decoder takes the first digit for the type, which is I/O for a 0.
  const write = start === WRITE_AS_START;
  const isCycle = write || start === READ_AS_START;
  const isMended = nibbles.some((each) => each < 0);
  if (!isCycle || isMended || type !== "I/O read" || shown.length !== 4) return undefined;
  const port = Number.parseInt(shown.slice(0, -1), 16);
  const next = Number.parseInt(shown.slice(-1), 16);
  return { port, write, value: valueIn([next, ...nibbles], write) };
}

/** The byte in the nibbles that follow an address; undefined when they are not as the protocol has them. */
function valueIn(nibbles: readonly number[], write: boolean): number | undefined {
  const turn = write ? 2 : 0;
  if (nibbles[turn] !== TURN || nibbles[turn + 1] !== TURN) return undefined;
  let at = turn + 2;
  while (WAITS.has(nibbles[at] ?? -1)) at++;
  const answer = nibbles[at];
  // A device that waits longer than what is told has taken what was written, as far as anybody knows.
  if (answer !== READY && !(write && answer === undefined)) return undefined;
  const [low, high] = write ? nibbles : nibbles.slice(at + 1);
  const valid = low !== undefined && high !== undefined && low >= 0 && high >= 0;
  return valid ? (high << 4) | low : undefined;
}

const TURN = 0b1111;
const READY = 0b0000;
const WAITS: ReadonlySet<number> = new Set([0b0101, 0b0110]);

/** What is told in words, apart from all nibbles. */
const WORDS = { ready: -1, wait: -2, other: -3 } as const;

function nibbleOf(text: string): number {
  if (/^[01]{4}$/.test(text)) return Number.parseInt(text, 2);
  if (text === "Ready") return WORDS.ready;
  return text.endsWith(" wait") ? WORDS.wait : WORDS.other;
}

/** How the decoder that is late calls the types of I/O: by what they would be as START. */
const READ_AS_START = "Start of cycle for a target";
const WRITE_AS_START = "Grant for bus master 0";
const STARTS: ReadonlySet<string> = new Set([
  ...[READ_AS_START, WRITE_AS_START, "Grant for bus master 1", "Reserved", "TPM"],
  "Start of cycle for a Firmware Memory Read cycle",
  "Start of cycle for a Firmware Memory Write cycle",
  "Stop/abort (end of a cycle for a target)",
]);
const FIELD =
  /^(?:Cycle type: (?<type>[\w/ ]{1,40})|Address: 0x(?<address>[0-9a-f]{1,8})|TAR, cycle \d: (?<tar>[01]{4})|SYNC(?:, cycle \d)?: (?<sync>[01]{4}|[A-Z][\w ()]{1,30})|DATA: 0x(?<data>[0-9a-f]{2}))$/;
const OTHER =
  /^(?:TAR[12]: cycle \d|[01]{4}|IDSEL: |MSIZE: |LAD\[3:0\] changed|Invalid cycle type|(?:Warning: )?TAR\d?[,:] cycle \d: [01]{4} \(|SYNC.{1,30}\(reserved value\)|DMA cycle)/;
const BROKEN = /^(?:ABORT|LFRAME asserted during)/;
const PORTS = /^# ioports: ([0-9a-f]{1,4})-([0-9a-f]{1,4})(?:\s|$)/;

/** Where KCS, SMIC and BT are unless a machine says otherwise. */
const USUAL: readonly Ports[] = [
  { first: 0xca2, last: 0xca3 },
  { first: 0xca9, last: 0xcab },
  { first: 0xe4, last: 0xe6 },
];
const PORTS_MAX = 16;
const PLACES_MAX = 16;
const NIBBLES_MAX = 4_096;
