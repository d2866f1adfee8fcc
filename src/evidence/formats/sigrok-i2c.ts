import type { BusMessage, Teller } from "../sighting.ts";

/** Conditions on I2C. They show the bus itself: every byte with its acknowledgement. */
export class I2cConditions {
  readonly #teller: Teller;
  #open: Open | undefined;
  #byte: number | undefined;
  #lastUs = 0;

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  /** Takes the next condition. */
  take(atUs: number, what: string): void {
    this.#lastUs = atUs;
    if (what === "Start") return this.#starts();
    if (what === "Stop") return this.#stops();
    if (what === "ACK" || what === "NACK") return this.#acknowledged(what === "ACK");
    const address = ADDRESS.exec(what);
    if (address !== null) return this.#addressed(Number.parseInt(address[2] ?? "", 16), address[1]);
    const data = DATA.exec(what);
    if (data !== null) this.#byte = Number.parseInt(data[1] ?? "", 16);
  }

  #starts(): void {
    if (this.#open !== undefined) this.#missing("a transaction without its end");
    this.#open = { atUs: this.#lastUs, address: -1, messages: [], refusedAt: undefined };
    this.#byte = undefined;
  }

  #addressed(address: number, direction: string | undefined): void {
    if (this.#open === undefined) return;
    if (this.#open.refusedAt !== undefined) this.#missing("a master that goes on after a refusal");
    this.#open.address = this.#open.address === -1 ? address : this.#open.address;
    // A transaction with several devices is none of SMBus's.
    if (this.#open.address !== address) this.#open.address = -2;
    this.#open.messages.push({ read: direction === "read", bytes: [] });
    this.#byte = undefined;
  }

  #acknowledged(ack: boolean): void {
    const { messages, refusedAt } = this.#open ?? {};
    const last = messages?.at(-1);
    if (this.#open === undefined || last === undefined) return;
    const isAddress = this.#byte === undefined;
    if (this.#byte !== undefined && last.bytes.length < BYTES_MAX) last.bytes.push(this.#byte);
    this.#byte = undefined;
    if (!ack && (isAddress || !last.read)) {
      this.#open.refusedAt = refusedAt ?? (isAddress ? -1 : last.bytes.length - 1);
    }
  }

  #stops(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined || open.address === -2) return;
    if (open.address === -1 || open.messages.length === 0) return this.#missing("a stray stop");
    const { atUs, address, messages, refusedAt } = open;
    this.#teller.sighting({
      ...{ what: "bus", atUs, endUs: this.#lastUs, bus: "", address, messages },
      ...(refusedAt === undefined ? { outcome: "done" } : { outcome: "refused", refusedAt }),
    });
  }

  #missing(text: string): void {
    this.#teller.unread(text);
    this.#teller.sighting({ what: "gap", atUs: this.#lastUs, text });
  }
}

interface Open {
  readonly atUs: number;
  address: number;
  readonly messages: (BusMessage & { readonly bytes: number[] })[];
  refusedAt: number | undefined;
}

/** Whether a decoder of I2C says that. */
export function isI2cCondition(what: string): boolean {
  return CONDITION.test(what);
}

const CONDITION =
  /^(?:(?:Start(?: repeat)?|Stop|N?ACK|Write|Read)|Address (?:write|read): [0-9A-F]{2}|Data (?:write|read): [0-9A-F]{2})$/;
const ADDRESS = /^Address (write|read): ([0-9A-F]{2})$/;
const DATA = /^Data (?:write|read): ([0-9A-F]{2})$/;
const BYTES_MAX = 512;
