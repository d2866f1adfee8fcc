import { RESPONSE_BIT } from "../../ipmi/message.ts";
import type { BusOp, BusOutcome } from "../../trace/events.ts";
import {
  BLOCK_BYTES_MAX,
  beginsRequest,
  LAST_BLOCK,
  MULTI_PART_MARK,
  SsifCommand,
} from "../../wire/ssif/protocol.ts";
import type { HostTopics } from "../automaton.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { HostFace, Turn } from "../observer.ts";
import { type Bytes, HOST_WAIT_US, Transfer } from "../transfer.ts";
import { ASKS_AGAIN_US, type BlockListener, BlockReader, type BusBlock } from "./bus-block.ts";
import { Capabilities } from "./capabilities.ts";
import type { SsifTopics } from "./topics.ts";

/** How far the host has come by what it did. @see IPMI 2.0 §12.2 to §12.5 */
export const HostPhase = {
  Idle: 0,
  /** A request was begun, and not sent to its end. */
  Writing: 1,
  /** The request was sent: the response is awaited or read. */
  Reading: 2,
} as const;
export type HostPhase = (typeof HostPhase)[keyof typeof HostPhase];

/** The host has asked for a block by its number. */
const ANY = -1;

const PLACES: Record<HostPhase, string> = {
  [HostPhase.Idle]: "with no transfer in progress",
  [HostPhase.Writing]: "in the middle of a request",
  [HostPhase.Reading]: "with the response to come",
};

/** Follows the host by its face of the bus: what it did, and what it saw. */
export class HostView implements HostFace, BlockListener {
  phase: HostPhase = HostPhase.Idle;
  accesses = 0;
  lastAccessUs = 0;
  bars = 0;
  readonly transfer = new Transfer();
  private readonly _blocks = new BlockReader(this);
  private readonly _topics: HostTopics & SsifTopics;
  private readonly _faults: InjectedFaults;
  /** The last read found nothing to take. */
  private _nothing = false;
  /** The response was asked for since the request was sent. */
  private _asked = false;
  private _askedUs = 0;
  /** Since when each write was refused; -1 when the last one was not. */
  private _refusedSinceUs = -1;
  private _refusedUs = 0;
  /** How many one after the other. */
  private _refusals = 0;
  /** Since when no part but the first was taken, each time that there was one; -1 the last one was. */
  private _partRefusedSinceUs = -1;
  private _stuckTold = false;
  /** The BMC took a part of a request, and more must follow. */
  private _goesOn = false;
  /**
   * All bytes of the request were on the bus and the last was not acknowledged, so the BMC may have it: how
   * long it was without its last part; -1 it is not so.
   */
  private _unsureFrom = -1;
  private _unsureUs = 0;
  private readonly _capabilities = new Capabilities();
  /** The number that the next block of a response must have, if it is not the last. */
  private _due = 0;
  /** The wire faults' changes when the last block ended. */
  private _changes = 0;

  constructor(topics: HostTopics & SsifTopics, faults: InjectedFaults) {
    this._topics = topics;
    this._faults = faults;
  }

  get place(): string {
    return PLACES[this.phase];
  }

  get turn(): Turn {
    if (this.phase === HostPhase.Idle) return "none";
    if (this.phase === HostPhase.Writing) return this._refusedSinceUs === -1 ? "host" : "bmc";
    if (this._nothing) return "bmc";
    return this.transfer.response.length > 0 || !this._asked ? "host" : "unknown";
  }

  /** A block is under way on the bus. */
  get moves(): boolean {
    return this._blocks.running;
  }

  waitsUs(nowUs: number): number {
    const waits = this.phase === HostPhase.Reading && this.transfer.response.length === 0;
    if (!waits || !this._nothing || this._faults.wireActive) return -1;
    // Until it asked last: later than that nobody could tell it anything.
    return Math.min(this._askedUs + ASKS_AGAIN_US, nowUs) - this.transfer.sentUs;
  }

  /** A new driver: it knows nothing of what the one before it did. */
  restart(): void {
    this.phase = HostPhase.Idle;
    this._refusedSinceUs = -1;
    this._refusals = 0;
    this._partRefusedSinceUs = -1;
    this._unsureFrom = -1;
  }

  step(op: BusOp, value: number, outcome: BusOutcome, nowUs: number, tag: number): void {
    this.accesses++;
    if (this.phase !== HostPhase.Idle && nowUs - this.lastAccessUs >= HOST_WAIT_US) {
      this._topics.pause.tell(nowUs - this.lastAccessUs);
    }
    this.lastAccessUs = nowUs;
    if (this.bars > 0) this._topics.trespass.tell(undefined);
    this._blocks.step(op, value, outcome, nowUs, tag);
  }

  blockBegins(block: BusBlock): void {
    const { command, startUs, tag } = block;
    if (!beginsRequest(command)) return;
    if (this.phase !== HostPhase.Idle) {
      if (tag === this.transfer.tag) this._topics.recovery.tell(undefined);
      this.#end(false, startUs);
    }
    this.transfer.begin(startUs, tag);
    this._unsureFrom = -1;
    this.phase = HostPhase.Writing;
  }

  blockEnds(block: BusBlock): void {
    const { transfer } = this;
    block.disturbed = this._faults.wireActive || this._faults.wireChanges !== this._changes;
    this._changes = this._faults.wireChanges;
    if (this.#reads(block)) {
      // An empty block is no response yet.
      // Of what 09h is refused for nobody waits.
      const start = block.command !== SsifCommand.ReadMiddle;
      this._nothing = start && (block.refused !== undefined || block.count === 0);
      this._asked = true;
      this._askedUs = block.endUs;
      const some = block.usable && block.count > 0;
      if (some) this.#sentAfterAll(block);
      if (this.phase === HostPhase.Idle && some) this.#readsAgain(block);
      if (this.phase === HostPhase.Reading && some) this.#read(block);
    } else {
      if (block.command === SsifCommand.ReadRetry) this._due = ANY;
      this.#wrote(block);
      this._goesOn = block.end === "whole" && isRequest(block) && !isLastPart(block);
      if (this.phase === HostPhase.Writing) {
        this.#mayBeSent(block);
        if (block.end === "whole") gather(transfer.request, block);
        if (block.end === "whole" && isLastPart(block)) this.#sent(block.endUs);
      }
    }
    this._topics.hostBlock.tell(block);
  }

  strayRead(): void {
    this._topics.strayRead.tell(undefined);
  }

  alertRead(value: number): void {
    this._topics.alertResponse.tell(value);
  }

  #sent(nowUs: number): void {
    this.transfer.sent = true;
    this.transfer.sentUs = nowUs;
    this.phase = HostPhase.Reading;
    this._nothing = false;
    this._asked = false;
    this._topics.sentWhole.tell(this.transfer);
  }

  /** A part that is written again takes the place of the one that nobody is sure of. */
  #mayBeSent(block: BusBlock): void {
    const { transfer } = this;
    // Whose address was refused brought nothing in its place.
    if (block.refused === "address") return;
    if (this._unsureFrom !== -1) transfer.request.shorten(this._unsureFrom);
    this._unsureFrom = -1;
    const all = block.count >= 0 && block.bytes.length >= block.count;
    if (!all || block.refused !== "data" || !isLastPart(block)) return;
    this._unsureFrom = transfer.request.length;
    this._unsureUs = block.endUs;
    gather(transfer.request, block);
  }

  /** That there is a response to it shows that the BMC had all of the request. */
  #sentAfterAll(block: BusBlock): void {
    if (this.phase !== HostPhase.Writing || this._unsureFrom === -1) return;
    if (block.command !== SsifCommand.ReadStart) return;
    const { request } = this.transfer;
    const from = isMultiPartStart(block) ? MULTI_PART_MARK.length : 0;
    if (block.bytes.at(from) !== (request.at(0) | RESPONSE_BIT)) return;
    if (block.bytes.at(from + 1) !== request.at(1)) return;
    this._unsureFrom = -1;
    this.#sent(this._unsureUs);
    this._asked = true;
  }

  /** The host asks once more for what it has read already: a transfer of its own. */
  #readsAgain(block: BusBlock): void {
    const { transfer } = this;
    if (block.command !== SsifCommand.ReadStart || !transfer.complete) return;
    transfer.beginAgain(block.startUs);
    this.phase = HostPhase.Reading;
  }

  #read(block: BusBlock): void {
    if (block.command === SsifCommand.ReadStart) this._due = 0;
    const number = block.bytes.at(0);
    const further = block.command === SsifCommand.ReadMiddle && number !== LAST_BLOCK;
    // What is out of order is no part of the response.
    if (further && this._due !== ANY && number !== this._due) return;
    if (further && this._due !== ANY) this._due++;
    if (addResponse(this.transfer.response, block)) this.#end(true, block.endUs);
  }

  #end(complete: boolean, nowUs: number): void {
    // One that is given up shows the rules yet how far it came: what follows is the next.
    if (complete) this.phase = HostPhase.Idle;
    this.transfer.end(nowUs, complete, complete ? "bmc" : "host", 0);
    this._capabilities.take(this.transfer);
    this._topics.transfer.tell(this.transfer);
  }

  /**
   * The block asks for a response. Of one whose address was refused nobody can tell: it is taken for
   * a read as long as the host waits for what it asked before.
   */
  #reads({ reads, command, refused, endUs }: BusBlock): boolean {
    if (reads || command === SsifCommand.ReadStart || command === SsifCommand.ReadMiddle)
      return true;
    const { transfer } = this;
    const waits = this.phase === HostPhase.Reading && endUs - transfer.sentUs < transfer.patienceUs;
    return refused === "address" && waits;
  }

  /** It is as it should be, and the BMC said that it takes it behind so many bytes of the request. */
  isRight(block: BusBlock, before: number): boolean {
    const { inputBytesMax } = this._capabilities;
    return !this.#rightlyRefused(block, before > 0) && before + block.count <= inputBytesMax;
  }

  /** No BMC takes it, or this one never said that it does. */
  #rightlyRefused(block: BusBlock, goesOn = this._goesOn): boolean {
    const { command } = block;
    if (!isRequest(block) || garbled(block)) return true;
    const { pec, transactions } = this._capabilities;
    if (block.extra > 0 && !pec) return true;
    if (command < SsifCommand.WriteStart) return false;
    if (command === SsifCommand.WriteMiddle && transactions < ALL_TRANSACTIONS) return true;
    return transactions === 0 || (command !== SsifCommand.WriteStart && !goesOn);
  }

  #wrote(block: BusBlock): void {
    const { refused, endUs } = block;
    if (refused === undefined || block.disturbed || this.#rightlyRefused(block)) {
      this._refusedSinceUs = -1;
      this._refusals = 0;
      // That the first part is taken is of no use where none of those behind it is.
      const further = refused === undefined && !block.disturbed && !isLastPart(block);
      if (!further) this._partRefusedSinceUs = -1;
      if (this._partRefusedSinceUs === -1) this._stuckTold = false;
      return;
    }
    const us = endUs - this.#refusedSinceUs(block);
    if (us < HOST_WAIT_US || this._stuckTold) return;
    this._stuckTold = true;
    this._topics.inputStuck.tell(us);
  }

  /** Since when the like of this block was refused each time, this time among them. */
  #refusedSinceUs({ command, count, endUs }: BusBlock): number {
    // A BMC that refused twice, and was left alone between, was not tried all that time. But who refuses
    // request after request takes none.
    if (endUs - this._refusedUs > TRIES_APART_US && this._refusals < REQUESTS_TRIES) {
      this._refusedSinceUs = -1;
      this._partRefusedSinceUs = -1;
    }
    this._refusedUs = endUs;
    this._refusals++;
    if (this._refusedSinceUs === -1) this._refusedSinceUs = endUs;
    const further = command > SsifCommand.WriteStart;
    const length = this.transfer.request.length + Math.max(count, 1);
    // Nobody takes more than he said that he does, and who refuses his address may not be there.
    const mayBe = !further || length > this._capabilities.inputBytesMax;
    if (command === -1 || (further && mayBe)) this._partRefusedSinceUs = -1;
    if (mayBe) return further ? endUs : this._refusedSinceUs;
    if (this._partRefusedSinceUs === -1) this._partRefusedSinceUs = endUs;
    return this._partRefusedSinceUs;
  }
}

/** Hosts that try again do so sooner. */
const TRIES_APART_US = 2_000_000;
/** Those of two requests. @see IPMI 2.0 §12.17, C1 */
const REQUESTS_TRIES = 10;
/** Capabilities that have a start, parts between and an end. @see IPMI 2.0 §22.9 */
const ALL_TRANSACTIONS = 2;

/** A part of a request, or what may have been one had its address been taken. */
export function isRequest({ command }: BusBlock): boolean {
  const whole = command === -1 || command === SsifCommand.SinglePartWrite;
  return whole || (command >= SsifCommand.WriteStart && command <= SsifCommand.WriteEnd);
}

/** A block that is not what it says, or says what no block may: it is to be thrown away. */
function garbled(block: BusBlock): boolean {
  const { command, count } = block;
  const full = command === SsifCommand.WriteStart || command === SsifCommand.WriteMiddle;
  const short = full ? BLOCK_BYTES_MAX : command === SsifCommand.SinglePartWrite ? 2 : 1;
  const wrongCount = count !== -1 && (count < short || count > BLOCK_BYTES_MAX);
  return wrongCount || block.extra > 1 || block.badPec;
}

/** Adds the data of a part to the request; another start begins it afresh. */
export function gather(request: Bytes, block: BusBlock): void {
  for (let i = 0; i < block.dataLength; i++) request.push(block.bytes.at(i));
}

/** Whether a whole write is the last of its request. */
export function isLastPart({ command, count }: BusBlock): boolean {
  switch (command) {
    case SsifCommand.SinglePartWrite:
    case SsifCommand.WriteEnd:
      return true;
    case SsifCommand.WriteMiddle:
      return count < BLOCK_BYTES_MAX;
    default:
      return false;
  }
}

/** Whether a first block says that more will follow. @see IPMI 2.0 §12.5 */
export function isMultiPartStart({ count, bytes }: BusBlock): boolean {
  return (
    count >= MULTI_PART_MARK.length &&
    bytes.at(0) === MULTI_PART_MARK[0] &&
    bytes.at(1) === MULTI_PART_MARK[1]
  );
}

/** Adds what a block read to the response; true when that is whole. */
export function addResponse(response: Bytes, block: BusBlock): boolean {
  const first = block.command === SsifCommand.ReadStart;
  if (!first && block.command !== SsifCommand.ReadMiddle) return false;
  const multi = first && isMultiPartStart(block);
  if (first) response.clear();
  const from = first ? (multi ? MULTI_PART_MARK.length : 0) : 1;
  for (let i = from; i < block.dataLength; i++) response.push(block.bytes.at(i));
  return first ? !multi : block.bytes.at(0) === LAST_BLOCK;
}
