import { assert } from "../../assert.ts";
import type { BtInterfaceCapabilities } from "../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../ipmi/completion.ts";
import { RESPONSE_BIT } from "../../ipmi/message.ts";
import { MILLISECOND_US, SECOND_US } from "../../time/scheduler.ts";
import { BT_REQUEST_LENGTH_MIN, BtControl } from "../../wire/bt/protocol.ts";
import type { BtController } from "../../wire/bt/registers.ts";
import { type BtRequest, BtRequests, OUTSTANDING_MAX, RequestPhase } from "./requests.ts";

export interface BtBmcOptions {
  /** What the interface can do, as Get BT Interface Capabilities says it. @see IPMI 2.0 §22.10 */
  readonly capabilities: BtInterfaceCapabilities;
  /** B_BUSY stays set while no further request can be taken, not only while the FIFO is read. */
  readonly busyWhileFull: boolean;
  /** Give each response to the host, however late and however often it comes. */
  readonly trusting: boolean;
}

/** A response that waits until the host can take it. */
interface Outgoing {
  readonly tag: number;
  readonly frame: Uint8Array;
  readonly expiresUs: number;
}

/** The BMC's clock for a request runs out so much before the host's. @see IPMI 2.0 §11.4 */
const EXPIRY_MARGIN_US = 10 * MILLISECOND_US;
/** More responses than requests come only from a daemon that answers twice. */
const OUTGOING_MAX = 2 * OUTSTANDING_MAX;

/**
 * The BMC's side of the BT protocol, over a chip's registers. It takes requests as long as it has
 * room, and gives responses one by one, as the host takes them. @see IPMI 2.0 §11.7
 */
export class BtBmc {
  private readonly _controller: BtController;
  private readonly _options: BtBmcOptions;
  private readonly _requests = new BtRequests();
  private readonly _outgoing: Outgoing[] = [];
  private readonly _lifeUs: number;
  private _ready = false;

  constructor(controller: BtController, options: BtBmcOptions) {
    const { outstandingRequests, requestToResponseS } = options.capabilities;
    assert(outstandingRequests >= 1, "one request at a time at the least");
    assert(outstandingRequests <= OUTSTANDING_MAX, "each request has its place");
    assert(requestToResponseS >= 1, "the BMC has time to answer");
    this._controller = controller;
    this._options = options;
    this._lifeUs = requestToResponseS * SECOND_US - EXPIRY_MARGIN_US;
  }

  /** Power-on or hard reset: drops everything, and takes nothing. @see IPMI 2.0 §11.9 */
  reset(): void {
    this._ready = false;
    this.#drop();
    this._controller.reset();
  }

  /** Whether requests are taken: else B_BUSY is set. */
  set ready(ready: boolean) {
    this._ready = ready;
    this.#showBusy();
  }

  /** Takes a request if there is one and room for it, and gives a response if there is one. */
  turn(nowUs: number): void {
    this.give(nowUs);
    if (this.#hasInput && this._ready && !this.#full) this.#take(nowUs);
    this.give(nowUs);
  }

  /** There is no room, and the host waits for some: it set H2B_ATN, or B_BUSY keeps it from that. */
  get isHeldUp(): boolean {
    return this._ready && this.#full && (this.#hasInput || this._options.busyWhileFull);
  }

  /** When the next request's time is up; Infinity when none is open. */
  get expiresUs(): number {
    const times = this._requests.open.map((request) => request.expiresUs);
    return Math.min(...times, ...this._outgoing.map((response) => response.expiresUs));
  }

  /** The request that waits to be read, or undefined. */
  get request(): BtRequest | undefined {
    return this._requests.unread;
  }

  /** The daemon has read it. */
  markRead(request: BtRequest): void {
    request.phase = RequestPhase.Executing;
  }

  /** Whether some request that was read is owed its response. */
  get owes(): boolean {
    return this._requests.open.some((request) => request.phase === RequestPhase.Executing);
  }

  /** Whether a response with that ticket can still be given. */
  awaits(ticket: number, nowUs: number): boolean {
    this.#expire(nowUs);
    const request = this._requests.find(ticket);
    if (request === undefined || this._outgoing.length === OUTGOING_MAX) return false;
    return this._options.trusting || request.phase === RequestPhase.Executing;
  }

  /** Takes the response to an awaited request, for the host. */
  respond(ticket: number, response: Uint8Array): void {
    const request = this._requests.find(ticket);
    assert(request !== undefined, "the request is awaited");
    this.#answer(request, response);
  }

  fits(response: Uint8Array): boolean {
    return response.length + 1 <= this._options.capabilities.outputBytesMax;
  }

  /** Ends what runs: each open request is told that it gets no response. */
  abort(): void {
    for (const request of this._requests.open) this.#refuse(request, Cc.ResponseUnavailable);
  }

  /** The first response goes into the FIFO, if the host is done with the one before. */
  give(nowUs: number): void {
    this.#expire(nowUs);
    const busy = BtControl.HBusy | BtControl.B2hAtn;
    const next = this._outgoing[0];
    if (next !== undefined && (this._controller.readControl() & busy) === 0) {
      this._outgoing.shift();
      this._controller.tags.response = next.tag;
      this._controller.writeControl(BtControl.ClearWritePointer);
      for (const byte of next.frame) this._controller.writeFifo(byte);
      this._controller.writeControl(BtControl.B2hAtn);
    }
    this.#showBusy();
  }

  get #hasInput(): boolean {
    return (this._controller.readControl() & BtControl.H2bAtn) !== 0;
  }

  get #full(): boolean {
    const open = this._requests.open.length + this._outgoing.length;
    return open >= this._options.capabilities.outstandingRequests;
  }

  /** @see IPMI 2.0 §11.7, Table 11-4 */
  #take(nowUs: number): void {
    const controller = this._controller;
    this.#setBusy(true);
    controller.writeControl(BtControl.H2bAtn);
    controller.writeControl(BtControl.ClearReadPointer);
    const length = controller.readFifo();
    const frame = new Uint8Array(length);
    for (let at = 0; at < length; at++) frame[at] = controller.readFifo();
    if (length >= BT_REQUEST_LENGTH_MIN) this.#receive(frame, nowUs);
    this.#showBusy();
  }

  #receive(frame: Uint8Array, nowUs: number): void {
    const [netFnLun = 0, seq = 0] = frame;
    const request = this._requests.add();
    request.tag = this._controller.tags.request;
    request.seq = seq;
    request.message = frame.slice(1);
    request.message[0] = netFnLun;
    request.expiresUs = nowUs + this._lifeUs;
    if (frame.length > this._options.capabilities.inputBytesMax) {
      this.#refuse(request, Cc.RequestLengthExceeded);
    }
  }

  /** Answers in the application's place. */
  #refuse(request: BtRequest, cc: number): void {
    const [netFnLun = 0, cmd = 0] = request.message;
    this.#answer(request, Uint8Array.of(netFnLun | RESPONSE_BIT, cmd, cc));
  }

  #answer(request: BtRequest, response: Uint8Array): void {
    request.phase = RequestPhase.Over;
    const [netFnLun = 0] = response;
    const frame = new Uint8Array(response.length + 2);
    frame.set(response, 2);
    frame[0] = response.length + 1;
    frame[1] = netFnLun;
    frame[2] = request.seq;
    const expiresUs = this._options.trusting ? Number.POSITIVE_INFINITY : request.expiresUs;
    this._outgoing.push({ tag: request.tag, frame, expiresUs });
  }

  /** What the host has given up by now is not sent any more. @see IPMI 2.0 §11.4 */
  #expire(nowUs: number): void {
    this._requests.expire(nowUs);
    const due = this._outgoing.filter((response) => nowUs < response.expiresUs);
    this._outgoing.splice(0, this._outgoing.length, ...due);
  }

  #drop(): void {
    for (const request of this._requests.open) request.phase = RequestPhase.Over;
    this._outgoing.length = 0;
  }

  #showBusy(): void {
    this.#setBusy(!this._ready || (this.#full && this._options.busyWhileFull));
  }

  /** The bit toggles. */
  #setBusy(busy: boolean): void {
    const isBusy = (this._controller.readControl() & BtControl.BBusy) !== 0;
    if (isBusy !== busy) this._controller.writeControl(BtControl.BBusy);
  }
}
