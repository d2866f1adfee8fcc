import { pec } from "../../wire/smbus/pec.ts";
import { READ_BIT } from "../../wire/smbus/protocol.ts";
import { type BusMessage, busBlock, type Teller } from "../sighting.ts";
import { hexBytes, outcomeOf } from "./bus-lines.ts";
import type { EventReader, KernelEvent } from "./kernel-event.ts";

/**
 * The kernel's tracepoints of SMBus transactions: what is written or asked for, what came, and how it
 * ended. They tell the bytes of a message and no condition of the bus.
 */
export class SmbusEvents implements EventReader {
  readonly #teller: Teller;
  /** What is under way, by bus: the kernel lets one go on at a time. */
  readonly #open = new Map<string, Open>();
  readonly #heads = new Map<string, Head>();

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  /** A transaction is under way on that bus; what else is told of it shows the same once more. */
  covers(bus: string): boolean {
    return this.#open.has(bus);
  }

  event({ name, atUs, body }: KernelEvent): boolean {
    if (!name.startsWith("smbus_")) return false;
    const end = headEnd(body);
    const head = this.#head(body.slice(0, end));
    if (head === undefined) {
      this.#missing(atUs, "a line of an SMBus transaction that cannot be read");
      return true;
    }
    const told: Told = { head, atUs, rest: body.slice(end) };
    switch (name) {
      case "smbus_write":
        this.#begins(told, false);
        return true;
      case "smbus_read":
        this.#begins(told, true);
        return true;
      case "smbus_reply":
        this.#reply(told);
        return true;
      case "smbus_result":
        this.#result(told);
        return true;
      default:
        return false;
    }
  }

  lost(): void {
    this.#open.clear();
  }

  /** What the words before the bytes say. They are a few, again and again. */
  #head(words: string): Head | undefined {
    const known = this.#heads.get(words);
    if (known !== undefined) return known;
    const head = headIn(words);
    if (this.#heads.size >= HEADS_MAX) this.#heads.clear();
    if (head !== undefined) this.#heads.set(words, head);
    return head;
  }

  #begins(told: Told, reads: boolean): void {
    const { bus } = told.head;
    if (this.#open.delete(bus)) this.#missing(told.atUs, "an SMBus transaction without result");
    if (this.#open.size >= BUSES_MAX) this.#open.clear();
    const bytes = reads ? [] : hexBytes(told.rest);
    if (bytes === undefined) return this.#missing(told.atUs, "an SMBus write without its bytes");
    const { head, atUs } = told;
    this.#open.set(bus, { head, atUs, reads, written: bytes, came: undefined });
  }

  #reply({ head, atUs, rest }: Told): void {
    const open = this.#open.get(head.bus);
    if (open === undefined) return;
    open.came = hexBytes(rest);
    if (open.came === undefined) this.#missing(atUs, "an SMBus reply without its bytes");
  }

  #result({ head: { bus }, atUs, rest }: Told): void {
    const open = this.#open.get(bus);
    this.#open.delete(bus);
    const result = Number(/ res=(-?\d{1,6})\b/.exec(rest)?.[1]);
    if (open === undefined || !Number.isInteger(result)) {
      return this.#missing(atUs, "the result of an SMBus transaction alone");
    }
    const { address, protocol } = open.head;
    const outcome = outcomeOf(result);
    const messages = messagesOf(open);
    if (outcome === undefined || messages === undefined) {
      // It is told, and not what happened in it: no line is spoiled.
      const text = `a transaction (${protocol}) that ended with ${result} nobody knows where`;
      return this.#teller.sighting({ what: "gap", atUs, block: busBlock(bus, address), text });
    }
    if (open.reads && outcome === "done" && open.came === undefined) {
      return this.#missing(atUs, "an SMBus read without its reply", busBlock(bus, address));
    }
    const came = outcome === "done" ? messages : messages.slice(0, 1);
    this.#teller.sighting({
      what: "bus",
      atUs: open.atUs,
      endUs: atUs,
      bus,
      address,
      messages: came,
      outcome,
    });
  }

  #missing(atUs: number, text: string, block?: string): void {
    this.#teller.unread(text);
    const gap = { what: "gap", atUs, text } as const;
    this.#teller.sighting(block === undefined ? gap : { ...gap, block });
  }
}

/** Which transaction it is. */
interface Head {
  readonly bus: string;
  readonly address: number;
  readonly withPec: boolean;
  readonly command: number;
  readonly protocol: string;
}

interface Told {
  readonly head: Head;
  readonly atUs: number;
  /** What stands behind the protocol's name. */
  readonly rest: string;
}

interface Open {
  readonly head: Head;
  readonly atUs: number;
  readonly reads: boolean;
  readonly written: readonly number[];
  came: readonly number[] | undefined;
}

/** Where the words end that are before the bytes: with the one behind the command. */
function headEnd(body: string): number {
  const command = body.indexOf(" c=");
  const protocol = command < 0 ? -1 : body.indexOf(" ", command + 1);
  const end = protocol < 0 ? -1 : body.indexOf(" ", protocol + 1);
  return end < 0 ? body.length : end;
}

function headIn(words: string): Head | undefined {
  const found = HEAD.exec(words);
  if (found === null) return undefined;
  const [, bus = "", address = "", flags = "", command = "", protocol = ""] = found;
  return {
    bus,
    protocol,
    address: Number.parseInt(address, 16),
    withPec: (Number.parseInt(flags, 16) & PEC_FLAG) !== 0,
    command: Number.parseInt(command, 16),
  };
}

const HEAD =
  /^(i2c-\d{1,5}) a=([0-9a-f]{3}) f=([0-9a-f]{4}) c=([0-9a-f]{1,2}) ([A-Z_0-9a-z]{1,20})$/;
/** `I2C_CLIENT_PEC`: the transaction has a packet error code. */
const PEC_FLAG = 0x04;
const BUSES_MAX = 256;
/** What is kept of a line keeps the piece of text alive that it came in. */
const HEADS_MAX = 64;

/**
 * What went over the bus for each of the kernel's words; undefined for those that no BMC is spoken to by.
 * @see SMBus 2.0 §5.5
 */
function messagesOf({ head, reads, written, came = [] }: Open): readonly BusMessage[] | undefined {
  const { command } = head;
  switch (head.protocol) {
    case "QUICK":
      return [{ read: reads, bytes: [] }];
    case "BYTE":
      return [reads ? { read: true, bytes: came } : { read: false, bytes: [command] }];
    case "BYTE_DATA":
    case "WORD_DATA":
    case "BLOCK_DATA": {
      const sent: BusMessage = { read: false, bytes: [command, ...written] };
      return withPec(head, reads ? [sent, { read: true, bytes: came }] : [sent]);
    }
    default:
      return undefined;
  }
}

/**
 * The tracepoints leave out the packet error code. The kernel has checked the one that came and made the
 * one that it sent, so it is known all the same. @see SMBus 2.0 §5.4
 */
function withPec(head: Head, messages: readonly BusMessage[]): readonly BusMessage[] {
  const last = messages.at(-1);
  if (!head.withPec || last === undefined) return messages;
  let code = 0;
  for (const { read, bytes } of messages) {
    code = pec(code, (head.address << 1) | (read ? READ_BIT : 0));
    for (const byte of bytes) code = pec(code, byte);
  }
  return [...messages.slice(0, -1), { read: last.read, bytes: [...last.bytes, code] }];
}
