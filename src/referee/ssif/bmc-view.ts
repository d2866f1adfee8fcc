import type { BusOp, BusOutcome } from "../../trace/events.ts";
import { beginsRequest, SsifCommand } from "../../wire/ssif/protocol.ts";
import type { BmcTopics } from "../automaton.ts";
import type { BmcFace } from "../observer.ts";
import { Transfer } from "../transfer.ts";
import { ASKS_AGAIN_US, type BlockListener, BlockReader, type BusBlock } from "./bus-block.ts";
import { addResponse, gather, isLastPart } from "./host-view.ts";
import type { SsifTopics } from "./topics.ts";

/** The states a BMC goes through by the rules. @see IPMI 2.0 §12.2 to §12.5 */
export const BmcState = {
  /** Not known: at the start, after a reset, or while a wire fault hides the BMC. */
  Unknown: 0,
  /** No request, or one that is broken: all of its parts are refused until the next begins. */
  Idle: 1,
  /** Parts of a request have come, and more must. */
  Writing: 2,
  /** The request is whole. */
  Executing: 3,
  /** Some of the response was given. */
  Responding: 4,
  /** All of it was. */
  Given: 5,
} as const;
export type BmcState = (typeof BmcState)[keyof typeof BmcState];

/**
 * Follows the BMC through the protocol. It is fed by the BMC's own face of the bus when that is
 * tapped, else by what the host saw there.
 */
export class BmcView implements BmcFace, BlockListener {
  /** What the rules of the protocol make of what it was told; as it was before the block at hand. */
  state: BmcState = BmcState.Unknown;
  away = false;
  readonly exchange = new Transfer();
  private readonly _blocks = new BlockReader(this);
  private readonly _topics: BmcTopics & SsifTopics;
  /** When the host asked for the response last. */
  private _askedUs = 0;

  constructor(topics: BmcTopics & SsifTopics) {
    this._topics = topics;
  }

  get silent(): boolean {
    return this.state === BmcState.Executing;
  }

  /** What is read of a request that is broken is for a rule of its own. */
  hasTaken(message: Uint8Array): boolean | undefined {
    if (this.state === BmcState.Unknown || this.state === BmcState.Idle) return undefined;
    return this.state !== BmcState.Writing && this.exchange.request.equals(message);
  }

  forget(): void {
    this.state = BmcState.Unknown;
    this._blocks.forget();
  }

  step(op: BusOp, value: number, outcome: BusOutcome, nowUs: number, tag: number): void {
    this._blocks.step(op, value, outcome, nowUs, tag);
  }

  blockBegins({ command, startUs, tag }: BusBlock): void {
    if (!beginsRequest(command)) return;
    const open = this.state >= BmcState.Writing && this.state <= BmcState.Responding;
    if (open) this.#end(false, "host", startUs);
    this.exchange.begin(startUs, tag);
    this._askedUs = startUs;
    this.state = BmcState.Idle;
  }

  blockEnds(block: BusBlock): void {
    // The rules see where the BMC was, and what it made of the block.
    this._topics.bmcBlock.tell(block);
    const { command, count, end, reads, refused, endUs } = block;
    // Who takes 03h has a response, whether the host then reads it or not.
    const left = end === "cut" && count === -1 && command === SsifCommand.ReadStart;
    if (left && this.silent) this.exchange.offered = true;
    // Of one whose address was refused nobody can tell what it was to be.
    const asks = reads || command === SsifCommand.ReadStart || refused === "address";
    if (asks) this._askedUs = endUs;
    if (block.reads) this.#gave(block);
    else this.#took(block);
  }

  #took(block: BusBlock): void {
    const { command } = block;
    const begins = beginsRequest(command);
    const goesOn = command === SsifCommand.WriteMiddle || command === SsifCommand.WriteEnd;
    if (!begins && !goesOn) return;
    const expected = begins || this.state === BmcState.Writing || this.state === BmcState.Unknown;
    if (!expected || !block.usable) {
      if (this.state === BmcState.Writing || begins) this.state = BmcState.Idle;
      return;
    }
    if (goesOn && this.state === BmcState.Unknown) return;
    gather(this.exchange.request, block);
    this.state = BmcState.Writing;
    if (!isLastPart(block)) return;
    this.exchange.sent = true;
    this.exchange.sentUs = block.endUs;
    this.state = BmcState.Executing;
  }

  #gave(block: BusBlock): void {
    // An empty block is no response yet.
    if (block.end !== "whole" || block.count === 0 || this.state < BmcState.Executing) return;
    const again = this.state === BmcState.Given;
    if (again && block.command !== SsifCommand.ReadStart) return;
    if (again) this.exchange.beginAgain(block.startUs);
    this.state = BmcState.Responding;
    if (!addResponse(this.exchange.response, block)) return;
    this.state = BmcState.Given;
    this.#end(true, "bmc", block.endUs);
  }

  #end(complete: boolean, by: "host" | "bmc", nowUs: number): void {
    this.exchange.end(nowUs, complete, by, 0);
    // It can answer only who asks it.
    const untilUs = Math.min(this._askedUs + ASKS_AGAIN_US, nowUs);
    if (!complete) this.exchange.waitedUs = Math.max(untilUs - this.exchange.sentUs, 0);
    // What is only read once more is told by the blocks: nothing was asked, and nothing done.
    if (!this.exchange.again) this._topics.exchange.tell(this.exchange);
  }
}
