import { INTERFACES, type InterfaceKind } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { ALERT_RESPONSE_ADDRESS } from "../wire/smbus/protocol.ts";
import { InterfaceTrace, type Known, type SeenInterface } from "./assemble/interface-trace.ts";
import { MappedWay } from "./assemble/mapped-way.ts";
import {
  BmcWay,
  BusWay,
  type Doing,
  MessagesWay,
  RegistersWay,
  type Way,
} from "./assemble/ways.ts";
import {
  type About,
  type Access,
  type BmcAccess,
  type BusTransaction,
  busBlock,
  type Gap,
  type MappedAccess,
  type Message,
  type OfUsers,
  type Sighting,
} from "./sighting.ts";

/** A register block of which it cannot be told which interface it is. */
interface Undecided {
  readonly block: string;
  readonly accesses: number;
}

/** Makes of what was seen one trace for each interface, as it is told. */
export class Assembler {
  readonly #begin: (seen: SeenInterface) => TraceSink;
  readonly #given: InterfaceKind | undefined;
  readonly #interfaces = new Map<string, InterfaceTrace>();
  /** The devices on buses, by their blocks, and the bus of each. */
  readonly #devices = new Map<string, string>();
  #device = { bus: "", address: -1, block: "" };
  readonly #undecided: Undecided[] = [];
  #captured: InterfaceKind | undefined;
  #kernel = "";
  /** The evidence says that it tells what the users do, ... */
  #tellsUsers = false;
  /** ... of so many interfaces that the machine had when it began, ... */
  #listed = 0;
  /** ... and the one that they are taken to use. */
  #usersOf: InterfaceTrace | undefined;
  #lastUs = 0;
  /** What is added to the evidence's times since its clock was last set back. */
  #offsetUs = 0;
  #gaps = 0;
  #lostNowhere = 0;
  #ties = 0;

  /** `begin` gets each interface as it is recognised, and gives who is told its events. */
  constructor(begin: (seen: SeenInterface) => TraceSink, kind?: InterfaceKind) {
    this.#begin = (seen) => {
      this.#recognised(seen);
      return begin(seen);
    };
    this.#given = kind;
  }

  /** Places at which something was lost. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Events that were lost nobody knows where: there may be a hole anywhere. */
  get lostNowhere(): number {
    return this.#lostNowhere;
  }

  /** Times that were set back a little: accesses of two processors at one time. */
  get ties(): number {
    return this.#ties;
  }

  /** Register blocks of which it cannot be told, now that all is over, which interface they are. */
  get undecided(): readonly Undecided[] {
    return this.#undecided;
  }

  /** Takes what was seen next. */
  take(sighting: Sighting): void {
    switch (sighting.what) {
      case "read":
      case "write":
        return this.#access(sighting);
      case "mapped-read":
      case "mapped-write":
        return this.#mapped(sighting);
      case "bmc-reads":
      case "bmc-writes":
        return this.#bmcAccess(sighting);
      case "bus":
        return this.#transaction(sighting);
      case "message":
        return this.#message(sighting);
      case "request":
      case "refused":
      case "answer":
        return this.#ofUsers(sighting);
      case "gap":
        return this.#gap(sighting);
      case "about":
        return this.#about(sighting);
      case "log":
        return;
    }
  }

  /** The evidence is over. */
  end(): void {
    for (const [block, each] of this.#interfaces) {
      // Of the devices on a bus most are no BMC.
      if (each.end(this.#known) || this.#devices.has(block)) continue;
      this.#undecided.push({ block, accesses: each.seen });
    }
  }

  get #known(): Known {
    const users = this.#tellsUsers && this.#listed <= 1 && this.#usersOf === undefined;
    return { given: this.#given, captured: this.#captured, kernel: this.#kernel, users };
  }

  #access(access: Access): void {
    const atUs = this.#time(access.atUs);
    const { block } = access;
    const told = atUs === access.atUs ? access : { ...access, atUs };
    this.#tell(block, () => new RegistersWay(block), told);
  }

  #mapped(access: MappedAccess): void {
    const told = { ...access, atUs: this.#time(access.atUs) };
    const { block } = access;
    this.#tell(block, () => new MappedWay(block), told);
  }

  #bmcAccess(access: BmcAccess): void {
    const told = { ...access, atUs: this.#time(access.atUs) };
    const { block, kind } = access;
    this.#tell(block, () => new BmcWay(block, kind), told);
  }

  #message(message: Message): void {
    const told = { ...message, atUs: this.#time(message.atUs) };
    const { block } = message;
    this.#tell(block, () => new MessagesWay(block), told);
  }

  #transaction(transaction: BusTransaction): void {
    const endUs = this.#time(transaction.endUs);
    // Another bus may have got on meanwhile, so that only the end has its place in the order.
    const atUs = Math.min(transaction.atUs + this.#offsetUs, endUs);
    const { bus, address } = transaction;
    const asItWas = atUs === transaction.atUs && endUs === transaction.endUs;
    const told = asItWas ? transaction : { ...transaction, atUs, endUs };
    if (address === ALERT_RESPONSE_ADDRESS) return this.#toAllOn(bus, told);
    const block = this.#blockOf(transaction);
    this.#tell(block, () => new BusWay(block, transaction), told);
    if (!this.#devices.has(block) && this.#interfaces.has(block)) this.#devices.set(block, bus);
  }

  /** Most often it is the device of the transaction before. */
  #blockOf({ bus, address }: BusTransaction): string {
    if (bus !== this.#device.bus || address !== this.#device.address) {
      this.#device = { bus, address, block: busBlock(bus, address) };
    }
    return this.#device.block;
  }

  /** All devices of the bus were asked who pulls SMBALERT#. */
  #toAllOn(bus: string, transaction: BusTransaction): void {
    for (const [block, its] of this.#devices) {
      if (its === bus) this.#interfaces.get(block)?.take(transaction, this.#known);
    }
  }

  #tell(block: string, way: () => Way, doing: Doing): void {
    let its = this.#interfaces.get(block);
    if (its === undefined) {
      if (this.#interfaces.size >= INTERFACES_MAX) return;
      its = new InterfaceTrace(way(), this.#begin);
      this.#interfaces.set(block, its);
    }
    its.take(doing, this.#known);
  }

  #gap({ atUs, text, block }: Gap): void {
    const us = this.#time(atUs);
    if (block === undefined) return this.#tellGap(us, text);
    const its = this.#interfaces.get(block);
    if (its === undefined) return;
    this.#gaps++;
    its.take({ what: "gap", atUs: us, text }, this.#known);
  }

  #tellGap(atUs: number, text: string): void {
    this.#gaps++;
    const gap: Gap = { what: "gap", atUs, text };
    for (const each of this.#interfaces.values()) each.take(gap, this.#known);
  }

  #ofUsers(sighting: OfUsers): void {
    const told = { ...sighting, atUs: this.#time(sighting.atUs) };
    if (!this.#tellsUsers) return;
    for (const each of this.#interfaces.values()) each.take(told, this.#known);
  }

  /** Which users are whose cannot be told of several: from here on nothing is told of them. */
  #recognised({ block, head }: SeenInterface): void {
    if (this.#usersOf !== undefined) this.#usersOfSeveral(this.#usersOf);
    else if (head.witness?.tells.includes("users") === true) {
      this.#usersOf = this.#interfaces.get(block);
    }
  }

  #usersOfSeveral(first: InterfaceTrace): void {
    if (!this.#tellsUsers) return;
    this.#tellsUsers = false;
    this.#gaps++;
    first.take({ what: "gap", atUs: this.#lastUs, text: ANOTHER_CAME }, this.#known);
  }

  #about({ key, value }: About): void {
    if (key === "users") this.#tellsUsers = value.trim() === "told";
    if (key === "interface") this.#listed++;
    if (key === "kernel") this.#kernel = value.trim().slice(0, KERNEL_MAX);
    if (key === "lost nowhere") this.#lostNowhere = Number(value);
    if (key === "capture") this.#captured = INTERFACES.find((kind) => value === kind);
  }

  /** A trace's times never fall. A little is a tie of two processors; more is another clock. */
  #time(atUs: number): number {
    const us = atUs + this.#offsetUs;
    const aheadUs = us - this.#lastUs;
    if (aheadUs >= 0 && us <= TIME_MAX_US) {
      this.#lastUs = us;
      return us;
    }
    if (aheadUs < 0 && -aheadUs <= TIE_MAX_US) {
      this.#ties++;
    } else {
      this.#offsetUs -= aheadUs;
      this.#tellGap(this.#lastUs, aheadUs < 0 ? "the clock was set back" : "the clock leapt ahead");
    }
    return this.#lastUs;
  }
}

const ANOTHER_CAME =
  "a second interface came, and which users are whose cannot be told from here on";
/** More interfaces, and devices on buses, than a machine has. */
const INTERFACES_MAX = 256;
const KERNEL_MAX = 100;
const TIE_MAX_US = 1_000_000;
/** More than a century; the sum of two such times is still exact. */
const TIME_MAX_US = 2 ** 52;
