import {
  OPAL_PREFIX_BYTES,
  OPAL_REQUEST_BYTES_MAX,
  OPAL_REQUEST_BYTES_MIN,
  OPAL_VERSION,
} from "../../wire/opal/protocol.ts";
import type { CommonTopics, On } from "../automaton.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { BmcFace, HostFace, Turn } from "../observer.ts";
import { HOST_WAIT_US, Transfer } from "../transfer.ts";

/** A host that looks for its response asks at least so often; what comes later it cannot know. */
const ASKS_AGAIN_US = 500_000;
const NEVER = -1;
/** A firmware that was left alone for longer between two refusals was not tried all that time... */
const TRIES_APART_US = 2_000_000;
/** ...but one that refuses so many requests in a row takes none. */
const REFUSALS_MANY = 10;

/**
 * Follows both parties by the calls, which are the one face that there is: what the firmware and the
 * BMC behind it do shows in what the calls return.
 */
export class OpalView implements HostFace, BmcFace {
  readonly transfer = new Transfer();
  accesses = 0;
  lastAccessUs = 0;
  bars = 0;
  away = false;
  /** The firmware took a request, and has given no response to it. */
  waiting = false;
  private readonly _topics: CommonTopics;
  private readonly _faults: InjectedFaults;
  /** The last look found nothing. */
  private _nothing = false;
  private _askedUs = 0;
  private _refusedSinceUs = NEVER;
  private _refusedUs = 0;
  /** How many one after the other. */
  private _refusals = 0;
  private _stuckTold = false;

  constructor(topics: CommonTopics, faults: InjectedFaults) {
    this._topics = topics;
    this._faults = faults;
  }

  get exchange(): Transfer {
    return this.transfer;
  }

  get place(): string {
    return this.waiting ? "with the response to come" : "with no request under way";
  }

  get turn(): Turn {
    if (!this.waiting) return "none";
    return this._nothing ? "bmc" : "unknown";
  }

  get silent(): boolean {
    return this.waiting;
  }

  hasTaken(message: Uint8Array): boolean | undefined {
    return this.waiting ? this.transfer.request.equals(message) : undefined;
  }

  waitsUs(nowUs: number): number {
    if (!this.waiting || !this._nothing || this._faults.wireActive) return -1;
    return Math.min(this._askedUs + ASKS_AGAIN_US, nowUs) - this.transfer.sentUs;
  }

  sends({ message, code, tag, t }: On<"hostSend">): void {
    this.#comes(t);
    if (code !== "success") return this.#refused(isRightRequest(message), t);
    this.#takesAgain();
    if (this.waiting) this.#end(false, t);
    const { transfer } = this;
    transfer.begin(t, tag);
    for (const byte of message.subarray(OPAL_PREFIX_BYTES)) transfer.request.push(byte);
    transfer.sent = true;
    transfer.sentUs = t;
    this.waiting = true;
    this._nothing = false;
    this._topics.sentWhole.tell(transfer);
  }

  receives({ code, message, t }: On<"hostRecv">): void {
    this.#comes(t);
    this._askedUs = t;
    // What it has no room for, or is of another version, is lost.
    const gone = code === "resource" || code === "unsupported";
    this._nothing = code !== "success" && !gone;
    if (this._nothing || !this.waiting) return;
    for (const byte of message.subarray(OPAL_PREFIX_BYTES)) this.transfer.response.push(byte);
    this.transfer.offered = true;
    this.#end(code === "success", t);
  }

  /** Nobody waits any more for what was asked. */
  forget(): void {
    this.waiting = false;
    this.#takesAgain();
  }

  #takesAgain(): void {
    this._refusedSinceUs = NEVER;
    this._refusals = 0;
    this._stuckTold = false;
  }

  #comes(nowUs: number): void {
    this.accesses++;
    if (this.waiting && nowUs - this.lastAccessUs >= HOST_WAIT_US) {
      this._topics.pause.tell(nowUs - this.lastAccessUs);
    }
    this.lastAccessUs = nowUs;
    if (this.bars > 0) this._topics.trespass.tell(undefined);
  }

  #refused(right: boolean, nowUs: number): void {
    if (!right) return;
    const apart = nowUs - this._refusedUs > TRIES_APART_US;
    if (apart && this._refusals < REFUSALS_MANY) this.#takesAgain();
    this._refusedUs = nowUs;
    this._refusals++;
    if (this._refusedSinceUs === NEVER) this._refusedSinceUs = nowUs;
    const us = nowUs - this._refusedSinceUs;
    if (us < HOST_WAIT_US || this._stuckTold) return;
    this._stuckTold = true;
    this._topics.inputStuck.tell(us);
  }

  #end(complete: boolean, nowUs: number): void {
    const { transfer } = this;
    this.waiting = false;
    transfer.end(nowUs, complete, complete ? "bmc" : "host", 0);
    // A firmware can answer only who asks it.
    const untilUs = Math.min(this._askedUs + ASKS_AGAIN_US, nowUs);
    if (!complete) transfer.waitedUs = Math.max(untilUs - transfer.sentUs, 0);
    this._topics.exchange.tell(transfer);
    this._topics.transfer.tell(transfer);
  }
}

/** A request that a firmware has to take. */
export function isRightRequest(message: Uint8Array): boolean {
  const { length } = message;
  const fits = length >= OPAL_REQUEST_BYTES_MIN && length <= OPAL_REQUEST_BYTES_MAX;
  return fits && message[0] === OPAL_VERSION;
}
