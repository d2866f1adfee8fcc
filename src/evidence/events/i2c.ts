import { type BusMessage, busBlock, type Teller } from "../sighting.ts";
import { hexBytes, outcomeOf } from "./bus-lines.ts";
import type { EventReader, KernelEvent } from "./kernel-event.ts";

/**
 * The kernel's tracepoints of I2C transfers: each message as it is written or asked for, then what came,
 * then how many of them were carried out.
 */
export class I2cEvents implements EventReader {
  readonly #teller: Teller;
  readonly #covered: (bus: string) => boolean;
  readonly #open = new Map<string, Open>();

  /** `covered`: another reader tells what goes on on that bus just now. */
  constructor(teller: Teller, covered: (bus: string) => boolean) {
    this.#teller = teller;
    this.#covered = covered;
  }

  event({ name, atUs, body }: KernelEvent): boolean {
    if (!NAMES.has(name)) return false;
    const bus = BUS.exec(body)?.[0] ?? "";
    if (this.#covered(bus)) return true;
    if (name === "i2c_result") this.#result(bus, atUs, body);
    else this.#message(bus, atUs, name, body);
    return true;
  }

  lost(): void {
    this.#open.clear();
  }

  #message(bus: string, atUs: number, name: string, body: string): void {
    const line = MESSAGE.exec(body);
    const address = Number.parseInt(line?.[2] ?? "", 16);
    const number = Number(line?.[1]);
    const bytes = name === "i2c_read" ? [] : hexBytes(body);
    if (line === null || bytes === undefined || number > MESSAGES_MAX) {
      return this.#missing(atUs, "a line of an I2C transfer that cannot be read");
    }
    let open = this.#open.get(bus);
    if (number === 0 && name !== "i2c_reply") {
      if (open !== undefined) this.#missing(atUs, "an I2C transfer without result");
      if (this.#open.size >= BUSES_MAX) this.#open.clear();
      open = { atUs, address, messages: [] };
      this.#open.set(bus, open);
    }
    if (open === undefined) return this.#missing(atUs, "a part of an I2C transfer");
    // A transfer with several devices is none of SMBus's.
    if (open.address !== address) open.address = -1;
    open.messages[number] = { read: name !== "i2c_write", bytes };
  }

  #result(bus: string, atUs: number, body: string): void {
    const open = this.#open.get(bus);
    this.#open.delete(bus);
    const [, wanted = "", done = ""] = RESULT.exec(body) ?? [];
    if (open === undefined || done === "") {
      return this.#missing(atUs, "the result of an I2C transfer alone");
    }
    const { address, messages } = open;
    if (address < 0) return;
    const result = Number(done);
    const outcome = result >= 0 && result < Number(wanted) ? undefined : outcomeOf(result);
    if (outcome === undefined) {
      const text = `a transfer that ended with ${result} nobody knows where`;
      return this.#teller.sighting({ what: "gap", atUs, block: busBlock(bus, address), text });
    }
    if (messages.length !== Number(wanted) || messages.some((each) => each === undefined)) {
      return this.#missing(atUs, "an I2C transfer of which a message is not told");
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

  #missing(atUs: number, text: string): void {
    this.#teller.unread(text);
    this.#teller.sighting({ what: "gap", atUs, text });
  }
}

interface Open {
  readonly atUs: number;
  address: number;
  readonly messages: BusMessage[];
}

const NAMES: ReadonlySet<string> = new Set(["i2c_write", "i2c_read", "i2c_reply", "i2c_result"]);
const BUS = /^i2c-\d{1,5}/;
const MESSAGE = /^i2c-\d{1,5} #(\d{1,3}) a=([0-9a-f]{3}) f=[0-9a-f]{4} l=\d{1,5}/;
const RESULT = /^i2c-\d{1,5} n=(\d{1,5}) ret=(-?\d{1,6})/;
const BUSES_MAX = 256;
/** The kernel's own bound of messages in a transfer from a user, and beyond. */
const MESSAGES_MAX = 42;
