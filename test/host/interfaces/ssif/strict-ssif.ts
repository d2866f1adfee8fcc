import { BYTE_US } from "../../../../src/wire/smbus/bus.ts";
import { pec } from "../../../../src/wire/smbus/pec.ts";
import { Bus, type SmbusPort } from "../../../../src/wire/smbus/port.ts";
import { HostFault } from "../kcs/strict-kcs.ts";
import type { BusTime } from "./bus-time.ts";

const T3_US = 60_000;
const T6_US = 60_000;
const ADDRESS_BYTE = 0x20;

type Stage = "free" | "address" | "command" | "writing" | "reading" | "broken";

export interface StrictSsifOptions {
  readonly time: BusTime;
  /** What Get System Interface Capabilities would say. */
  readonly requestBytesMax?: number;
  readonly multiPart?: boolean;
  readonly pec?: boolean;
  /** Whether the byte that is moved as the nth (START's too) is met with a NACK. */
  readonly nacks?: (step: number) => boolean;
  /** A whole request came; the response to it, or undefined: none yet. */
  readonly onRequest?: (request: Uint8Array) => Uint8Array | undefined;
}

/**
 * A BMC on an SMBus that is stricter than hardware: it throws at what a real one might forgive.
 * @see IPMI 2.0 §12
 */
export class StrictSsif implements SmbusPort {
  readonly alert = false;
  steps = 0;
  readonly #options: StrictSsifOptions;
  readonly #time: BusTime;
  #stage: Stage = "free";
  #command = 0;
  #bytes: number[] = [];
  #pec = 0;
  /** The parts of a request that have come; empty when none is being written. */
  #request: number[] = [];
  #response: Uint8Array | undefined;
  /** A request came whose response was not read whole. */
  #owed = false;
  #blocks: readonly (readonly number[])[] = [];
  #nextBlock = 0;
  #given = 0;
  #enough = false;
  /** When a write or a read may begin again at the earliest. */
  #writeAgainUs = 0;
  #readAgainUs = 0;

  constructor(options: StrictSsifOptions) {
    this.#options = options;
    this.#time = options.time;
  }

  /** The response is ready from now on. */
  respond(response: Uint8Array): void {
    this.#response = response;
    this.#blocks = blocksOf(response);
  }

  start(addressByte: number): Bus {
    const nack = this.#step();
    must((addressByte & 0xfe) === ADDRESS_BYTE, "nobody but the BMC is addressed");
    this.#pec = pec(this.#stage === "free" ? 0 : this.#pec, addressByte);
    if ((addressByte & 1) === 0) {
      must(this.#stage === "free", "a write begins when the bus is free");
      this.#stage = "address";
    } else {
      must(this.#stage === "command", "a read follows its command");
      must(isRead(this.#command), "only what reads is read");
      this.#stage = "reading";
      this.#given = 0;
      this.#enough = false;
    }
    return nack ? this.#fail() : Bus.Ack;
  }

  write(value: number): Bus {
    const nack = this.#step();
    const before = this.#pec;
    this.#pec = pec(before, value);
    switch (this.#stage) {
      case "address":
        this.#stage = "command";
        this.#command = value;
        this.#bytes = [];
        this.#judgeCommand();
        return nack || !this.#wants() ? this.#fail() : Bus.Ack;
      case "command":
        must(!isRead(this.#command), "nothing is written to what reads");
        this.#stage = "writing";
        this.#bytes = [value];
        this.#judgeCount(value);
        return nack ? this.#fail() : Bus.Ack;
      case "writing":
        this.#judgeByte(value, before);
        this.#bytes.push(value);
        return nack ? this.#fail() : Bus.Ack;
      default:
        throw new HostFault(`a byte is written while ${this.#stage}`);
    }
  }

  read(ack: boolean): number {
    this.#step();
    must(this.#stage === "reading", "a byte is read within a read");
    must(!this.#enough, "nothing is read behind a NACK");
    const block = this.#block;
    const last = block.length + (this.#usesPec ? 1 : 0);
    must(this.#given <= last, "no more is read than there is");
    must(ack === this.#given < last, "the last byte is not acknowledged, each other is");
    this.#enough = !ack;
    const value = this.#valueAt(block, this.#given++);
    this.#pec = pec(this.#pec, value);
    return value;
  }

  stop(): Bus {
    this.#time.elapse(10);
    const stage = this.#stage;
    this.#stage = "free";
    if (stage === "writing") this.#written();
    if (stage === "reading") this.#readDone();
    return Bus.Ack;
  }

  get #usesPec(): boolean {
    return this.#options.pec ?? false;
  }

  get #block(): readonly number[] {
    return this.#blocks[this.#command === 0x03 ? 0 : this.#nextBlock] ?? [];
  }

  #step(): boolean {
    this.#time.elapse(BYTE_US);
    const step = this.steps++;
    return this.#options.nacks?.(step) ?? false;
  }

  #judgeCommand(): void {
    const now = this.#time.us;
    const { multiPart = false } = this.#options;
    switch (this.#command) {
      case 0x02:
      case 0x06:
        must(!this.#owed, "SSIF-01: no request before the last response was read");
        must(
          this.#request.length === 0,
          "SSIF-06: a request that was begun is finished, or failed",
        );
        must(now >= this.#writeAgainUs, "SSIF-07: a request is not repeated before T6");
        must(this.#command === 0x02 || multiPart, "SSIF-05: multi-part writes were advertised");
        return;
      case 0x07:
      case 0x08:
        must(this.#request.length > 0, "SSIF-06: a part follows the start of its own try");
        return;
      case 0x03:
        must(now >= this.#readAgainUs, "SSIF-07: a read is not repeated before T3");
        return;
      case 0x09:
        must(this.#nextBlock > 0, "a further block follows the first");
        return;
      default:
        throw new HostFault(`SSIF-09: command ${this.#command} is not asked for`);
    }
  }

  #judgeCount(count: number): void {
    must(count > 0, "SSIF-04: no empty block");
    must(count <= 32, "a block has 32 bytes at most");
    if (this.#command === 0x02) must(count >= 2, "a request has two bytes at least");
    if (this.#command === 0x06) must(count === 32, "SSIF-02: the first part is full");
    if (this.#command === 0x07) must(count === 32, "SSIF-03: a middle part is full");
    const max = this.#options.requestBytesMax ?? 32;
    must(this.#request.length + count <= max, "SSIF-05: no more than the BMC takes");
  }

  #judgeByte(value: number, pecBefore: number): void {
    const [count = 0] = this.#bytes;
    if (this.#bytes.length <= count) return;
    must(this.#usesPec, "SSIF-08: no packet error code that was not advertised");
    must(this.#bytes.length === count + 1, "nothing follows the packet error code");
    must(value === pecBefore, "the packet error code is right");
  }

  #wants(): boolean {
    if (this.#command === 0x03 || this.#command === 0x09) return this.#response !== undefined;
    return true;
  }

  #fail(): Bus {
    const now = this.#time.us;
    if (isRead(this.#command) && this.#stage !== "address") {
      this.#readAgainUs = now + T3_US - 1_000;
      this.#nextBlock = 0;
    } else {
      this.#request = [];
      this.#writeAgainUs = now + T6_US - 1_000;
    }
    this.#stage = "broken";
    return Bus.Nack;
  }

  #written(): void {
    const [count = 0, ...rest] = this.#bytes;
    must(rest.length === count + (this.#usesPec ? 1 : 0), "a block is written as it was announced");
    this.#request.push(...rest.slice(0, count));
    if (this.#command === 0x06 || this.#command === 0x07) return;
    const request = Uint8Array.from(this.#request);
    this.#request = [];
    this.#response = undefined;
    this.#owed = true;
    this.#nextBlock = 0;
    const response = this.#options.onRequest?.(request);
    if (response !== undefined) this.respond(response);
  }

  #readDone(): void {
    if (!this.#enough) return;
    if (this.#command === 0x03) this.#nextBlock = 1;
    else this.#nextBlock++;
    if (this.#nextBlock === this.#blocks.length) this.#owed = false;
  }

  #valueAt(block: readonly number[], at: number): number {
    if (at === 0) return block.length;
    return at <= block.length ? (block[at - 1] ?? 0xff) : this.#pec;
  }
}

/** How a response is told, by the facts rather than by the code under test. */
export function blocksOf(response: Uint8Array): readonly (readonly number[])[] {
  if (response.length <= 32) return [[...response]];
  const blocks = [[0x00, 0x01, ...response.subarray(0, 30)]];
  for (let from = 30; from < response.length; from += 31) {
    const number = from + 31 >= response.length ? 0xff : blocks.length - 1;
    blocks.push([number, ...response.subarray(from, from + 31)]);
  }
  return blocks;
}

function isRead(command: number): boolean {
  return command === 0x03 || command === 0x09;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new HostFault(`the rule is: ${what}`);
}
