import { type BusMessage, type BusTransaction, busBlock, type Teller } from "../sighting.ts";
import type { EventReader, KernelEvent } from "./kernel-event.ts";

/**
 * The kernel's tracepoint of an I2C target: what a BMC's controller calls its driver with, one line each,
 * and what the driver gave back.
 */
export class I2cSlaveEvents implements EventReader {
  readonly #teller: Teller;
  readonly #open = new Map<string, Open>();

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  event({ name, atUs, body }: KernelEvent): boolean {
    if (name !== "i2c_slave") return false;
    const line = LINE.exec(body);
    if (line === null) {
      this.#missing(atUs, "a line of an I2C target that cannot be read");
      return true;
    }
    const [, bus = "", hex = "", result = "", step = "", byte] = line;
    const address = Number.parseInt(hex, 16);
    const at = { bus, address, atUs, acknowledged: !result.startsWith("-") };
    const value = byte === undefined ? -1 : Number.parseInt(byte, 16);
    if (step === "STOP") this.#stops(at);
    else if (step === "WR_REQ" || step === "RD_REQ") this.#starts(at, step === "RD_REQ", value);
    else this.#byte(at, value);
    return true;
  }

  lost(): void {
    this.#open.clear();
  }

  #starts(at: Step, read: boolean, value: number): void {
    const block = busBlock(at.bus, at.address);
    let open = this.#open.get(block);
    const goesOn = read && open !== undefined && open.messages.length === 1;
    if (open !== undefined && !goesOn)
      this.#missing(at.atUs, "a transaction without its STOP", block);
    if (open === undefined || !goesOn) {
      if (this.#open.size >= DEVICES_MAX) this.#open.clear();
      open = { ...at, messages: [], refusedAt: undefined };
      this.#open.set(block, open);
    }
    open.messages.push({ read, bytes: read && value >= 0 ? [value] : [] });
    if (!at.acknowledged) open.refusedAt ??= -1;
  }

  #byte(at: Step, value: number): void {
    const block = busBlock(at.bus, at.address);
    const open = this.#open.get(block);
    const last = open?.messages.at(-1);
    if (open === undefined || last === undefined || value < 0) {
      return this.#missing(at.atUs, "a byte of a transaction that began before", block);
    }
    if (last.bytes.length < BYTES_MAX) last.bytes.push(value);
    if (!at.acknowledged && !last.read) open.refusedAt ??= last.bytes.length - 1;
  }

  #stops({ bus, address, atUs }: Step): void {
    const block = busBlock(bus, address);
    const open = this.#open.get(block);
    this.#open.delete(block);
    if (open === undefined) return;
    const { refusedAt } = open;
    const messages = open.messages.map(sentOf);
    const last = messages.at(-1)?.bytes.length ?? 0;
    if (refusedAt !== undefined && refusedAt < last - 1 && refusedAt >= 0) {
      return this.#missing(atUs, "a master that goes on after a refusal", block);
    }
    const times = { atUs: open.atUs, endUs: atUs };
    const told: BusTransaction = {
      ...{ what: "bus", face: "bmc", ...times, bus, address, messages },
      ...(refusedAt === undefined ? { outcome: "done" } : { outcome: "refused", refusedAt }),
    };
    this.#teller.sighting(told);
  }

  #missing(atUs: number, text: string, block?: string): void {
    this.#teller.unread(text);
    const gap = { what: "gap", atUs, text } as const;
    this.#teller.sighting(block === undefined ? gap : { ...gap, block });
  }
}

/**
 * The bytes that certainly went over the bus: of what a driver gives, the last is asked for beforehand
 * by some controllers. A block's count says how many its master takes, but for a packet error code.
 */
function sentOf({ read, bytes }: BusMessage): BusMessage {
  const [count = 0] = bytes;
  return read ? { read, bytes: bytes.slice(0, 1 + count) } : { read, bytes };
}

interface Step {
  readonly bus: string;
  readonly address: number;
  readonly atUs: number;
  readonly acknowledged: boolean;
}

interface Open {
  readonly atUs: number;
  readonly messages: (BusMessage & { readonly bytes: number[] })[];
  refusedAt: number | undefined;
}

const LINE =
  /^(i2c-\d{1,5}) a=([0-9a-f]{3}) ret=(-?\d{1,6}) +(RD_REQ|WR_REQ|RD_PRO|WR_RCV|STOP) +\[([0-9a-f]{2})?\]\s*$/;
const DEVICES_MAX = 256;
const BYTES_MAX = 512;
