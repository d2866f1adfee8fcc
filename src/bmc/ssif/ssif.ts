import { Cc } from "../../ipmi/completion.ts";
import { REQUEST_BYTES_MIN, RESPONSE_BIT } from "../../ipmi/message.ts";
import type { SmbusSlave, SmbusTarget } from "../../wire/smbus/port.ts";
import {
  BLOCK_BYTES_MAX,
  BLOCK_DATA,
  FIRST_BLOCK_DATA,
  LAST_BLOCK,
  MULTI_PART_MARK,
  SSIF_MESSAGE_MAX,
  SsifCommand,
} from "../../wire/ssif/protocol.ts";
import type { WhenClosed } from "../device.ts";
import type { BmcMachine } from "../message-device.ts";
import { SsifAlert } from "./alert.ts";
import { type BlockOwner, BlockSlave } from "./block-slave.ts";
import { goodManners } from "./manners.ts";

/** In the order of a transaction. @see IPMI 2.0 §12.2 to §12.5 */
const State = {
  Idle: 0,
  /** Parts of a request have come, and more must. */
  Writing: 1,
  /** The request is whole, and waits for the daemon to read it. */
  Received: 2,
  /** The daemon has read the request, and owes the response. */
  Executing: 3,
  /** The response lies ready, until the next request begins. */
  Responding: 4,
} as const;
type State = (typeof State)[keyof typeof State];

/** What the interface can transfer. @see IPMI 2.0 §22.9 */
export interface SsifLimits {
  /** Longest request and response, 32 to 255 bytes; 32 where there is no multi-part transfer. */
  readonly inputBytesMax: number;
  readonly outputBytesMax: number;
  readonly pec: boolean;
}

/** All that SSIF can carry. @see IPMI 2.0 §22.9 */
export const SSIF_LIMITS: SsifLimits = {
  inputBytesMax: SSIF_MESSAGE_MAX,
  outputBytesMax: SSIF_MESSAGE_MAX,
  pec: true,
};

/** No block of a multi-part response was asked for since the first. */
const NOT_STARTED = -1;
const NOTHING = 0xff;

/**
 * The BMC's side of SSIF. What is not wanted, or not now, is not acknowledged; that is how a busy
 * BMC says so. A request may begin at any time and ends whatever there was, so that no response ever
 * answers another question. After a part that cannot be used all further ones are refused, until a
 * request begins afresh. @see IPMI 2.0 §12
 */
export class SsifBmc implements BmcMachine, SmbusTarget, BlockOwner {
  served = false;
  /** Whether the BMC's processor runs: without, nothing on the bus is answered. */
  powered = true;
  whenClosed: WhenClosed = "refuse";
  readonly manners = goodManners();
  private readonly _slave: SmbusSlave;
  private readonly _limits: SsifLimits;
  private readonly _blocks: BlockSlave;
  private readonly _alert: SsifAlert;
  private readonly _request = new Uint8Array(SSIF_MESSAGE_MAX);
  private readonly _block = new Uint8Array(BLOCK_BYTES_MAX);
  private _state: State = State.Idle;
  private _received = 0;
  /** The request whose parts come will not be carried out. */
  private _aborted = false;
  /** The request's parts come with packet error codes. */
  private _checked = false;
  private _response: Uint8Array = new Uint8Array(0);
  /** The number of the block that the next 09h reads. */
  private _next = NOT_STARTED;
  private _ticket = 0;
  private _tag = 0;
  private _alertsResponses = false;
  private _input: () => void = () => {};

  constructor(slave: SmbusSlave, limits: SsifLimits = SSIF_LIMITS) {
    this._slave = slave;
    this._limits = limits;
    this._blocks = new BlockSlave(this, slave.address, limits.pec);
    this._alert = new SsifAlert(slave);
    slave.connect(this);
  }

  started(read: boolean): boolean {
    if (this.#storms) {
      // What is taken and thrown away may have been another request.
      this.#drop();
      return true;
    }
    if (!this.powered) this._blocks.reset();
    return this._blocks.started(read);
  }

  received(value: number): boolean {
    return this.#storms || (this.powered && this._blocks.received(value));
  }

  requested(): number {
    if (this.manners.byteUs !== 0) this._slave.stretch(this.manners.byteUs);
    return this.powered && !this.#storms ? this._blocks.requested() : NOTHING;
  }

  taken(): void {
    if (this.powered && !this.#storms) this._blocks.taken();
  }

  stopped(): void {
    if (!this.powered || this.#storms) this._blocks.reset();
    else this._blocks.stopped();
  }

  alertTaken(): void {
    this._alert.taken();
  }

  addressed(): boolean {
    const isThere = this.powered && (this.served || this.whenClosed !== "hold");
    return isThere && !this.manners.deaf;
  }

  command(command: number): boolean {
    if (!this.powered || !this.served) return false;
    switch (command) {
      case SsifCommand.SinglePartWrite:
      case SsifCommand.WriteStart:
        this.#begin();
        return true;
      case SsifCommand.WriteMiddle:
      case SsifCommand.WriteEnd:
        return this._state === State.Writing;
      case SsifCommand.ReadStart:
        return this.#hasResponse;
      case SsifCommand.ReadMiddle:
        return this.#hasResponse && this._next !== NOT_STARTED;
      case SsifCommand.ReadRetry:
        return this._state === State.Responding && this._response.length > BLOCK_BYTES_MAX;
      default:
        return false;
    }
  }

  announced(command: number, count: number): boolean {
    switch (command) {
      case SsifCommand.SinglePartWrite:
        return count >= REQUEST_BYTES_MIN && this.#fits(count);
      case SsifCommand.WriteStart:
        if (this._limits.inputBytesMax <= BLOCK_BYTES_MAX) return false;
        return count === BLOCK_BYTES_MAX && this.#fits(count);
      case SsifCommand.WriteMiddle:
      case SsifCommand.WriteEnd:
        return this.#fits(count);
      case SsifCommand.ReadRetry:
        return count === 1;
      default:
        return false;
    }
  }

  written(command: number, data: Uint8Array, checked: boolean): void {
    if (command === SsifCommand.ReadRetry) return this.#retry(data[0] ?? NOTHING);
    // What came before a part may have been dropped while the part was on the bus: alone it is no
    // request, and must never be carried out as one.
    if (isContinuation(command) && this._state !== State.Writing) return this.broken(command);
    // A part whose count was changed on its way may have taken its code for data.
    if (this._received === 0) this._checked = checked;
    else if (checked !== this._checked) return this.broken(command);
    this._request.set(data, this._received);
    this._received += data.length;
    // A middle part that is not full can only be the last: so the text has it, the table has 08h.
    const more =
      command === SsifCommand.WriteStart ||
      (command === SsifCommand.WriteMiddle && data.length === BLOCK_BYTES_MAX);
    this._state = more ? State.Writing : State.Received;
    if (more) return;
    if (this._aborted) this.#refuse(Cc.ResponseUnavailable);
    else this._input();
  }

  /** Of a request that begins in vain nothing is left, nor of what was there before. */
  broken(command: number): void {
    if (command !== SsifCommand.ReadRetry) this._state = State.Idle;
  }

  /** @see IPMI 2.0 §12.4, §12.5 */
  block(command: number): Uint8Array | undefined {
    if (command === SsifCommand.ReadMiddle) return this.#furtherBlock();
    if (command !== SsifCommand.ReadStart) return undefined;
    this._next = NOT_STARTED;
    if (this._response.length <= BLOCK_BYTES_MAX) return this._response;
    this._next = 0;
    this._block.set(MULTI_PART_MARK);
    this._block.set(this._response.subarray(0, FIRST_BLOCK_DATA), MULTI_PART_MARK.length);
    return this._block;
  }

  given(command: number): void {
    if (command === SsifCommand.ReadMiddle) this._next++;
    if (this._next === NOT_STARTED || this._next >= this.#furtherBlocks) {
      this._alert.setResponse(false);
    }
  }

  /** The byte-wise work is done on the bus; a turn finds the request whole. */
  get pending(): boolean {
    return this._state === State.Received;
  }

  turn(): void {}

  storm(): void {
    this.abort();
  }

  /**
   * Ends what runs. There is no error state here: a request is answered in the application's place,
   * as soon as it is whole, and a response that is there stays.
   */
  abort(): void {
    switch (this._state) {
      case State.Idle:
      case State.Responding:
        return;
      case State.Writing:
        this._aborted = true;
        return;
      case State.Received:
      case State.Executing:
        return this.#refuse(Cc.ResponseUnavailable);
    }
  }

  /** Power-on or hard reset: drops everything. */
  reset(): void {
    this._blocks.reset();
    this.#drop();
    this._alert.reset();
    this._alertsResponses = false;
  }

  get request(): Uint8Array | undefined {
    if (this._state !== State.Received) return undefined;
    return this._request.subarray(0, this._received);
  }

  get ticket(): number {
    return this._ticket;
  }

  get tag(): number {
    return this._tag;
  }

  get awaitsResponse(): boolean {
    return this._state === State.Executing;
  }

  markRead(): void {
    if (this._state === State.Received) this._state = State.Executing;
  }

  respond(response: Uint8Array): void {
    this._response = response;
    this._next = NOT_STARTED;
    this._state = State.Responding;
    this._slave.tags.response = this._tag;
    if (this._alertsResponses) this._alert.setResponse(true);
  }

  fits(response: Uint8Array): boolean {
    return response.length <= this._limits.outputBytesMax;
  }

  onInput(run: () => void): void {
    this._input = run;
  }

  /** Whether the host is alerted of each response. */
  enableInterrupt(enabled: boolean): void {
    this._alertsResponses = enabled;
    if (!enabled) this._alert.setResponse(false);
  }

  /** There is no bit for attention: the host is alerted, or asks for the flags by itself. */
  setAttention(attention: boolean, interrupt: boolean): void {
    if (interrupt) this._alert.setAttention(true);
    else if (!attention) this._alert.setAttention(false);
  }

  #refuse(cc: number): void {
    const [netFnLun = 0, cmd = 0] = this._request;
    this._ticket++;
    this.respond(Uint8Array.of(netFnLun | RESPONSE_BIT, cmd, cc));
  }

  get #hasResponse(): boolean {
    if (this._state === State.Responding) return true;
    return this.manners.keepsResponse && this._response.length > 0;
  }

  /** A request begins, and with it whatever was there ends. */
  #begin(): void {
    const unfinished = this._state === State.Writing || this._state === State.Idle;
    const kept = this.manners.mergesRequests && unfinished ? this._received : 0;
    this.#drop();
    this._received = kept;
    this._tag = this._slave.tags.request;
  }

  #drop(): void {
    this._ticket++;
    this._state = State.Idle;
    this._received = 0;
    this._aborted = false;
    this._next = NOT_STARTED;
    this._alert.setResponse(false);
  }

  /** Only what was offered already can be asked for again. @see IPMI 2.0 §12.5 */
  #retry(block: number): void {
    const number = block === LAST_BLOCK ? this.#furtherBlocks - 1 : block;
    if (number <= this._next) this._next = number;
  }

  #fits(count: number): boolean {
    return this._received + count <= this._limits.inputBytesMax;
  }

  #furtherBlock(): Uint8Array | undefined {
    const number = this._next;
    if (number >= this.#furtherBlocks) return undefined;
    const from = FIRST_BLOCK_DATA + number * BLOCK_DATA;
    const data = this._response.subarray(from, from + BLOCK_DATA);
    const isLast = number === this.#furtherBlocks - 1;
    this._block[0] = isLast ? LAST_BLOCK : number + this.manners.firstBlock;
    this._block.set(data, 1);
    return this._block.subarray(0, 1 + data.length);
  }

  /** Blocks behind the first of a multi-part response. */
  get #furtherBlocks(): number {
    return Math.ceil((this._response.length - FIRST_BLOCK_DATA) / BLOCK_DATA);
  }

  get #storms(): boolean {
    return this.powered && !this.served && this.whenClosed === "storm";
  }
}

/** Whether what this command brings goes on with a request that another one began. */
function isContinuation(command: number): boolean {
  return command === SsifCommand.WriteMiddle || command === SsifCommand.WriteEnd;
}
