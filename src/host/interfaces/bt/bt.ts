import { assert } from "../../../assert.ts";
import { NetFn } from "../../../ipmi/command-table.ts";
import { warmReset } from "../../../ipmi/commands/app/device.ts";
import { REQUEST_BYTES_MIN } from "../../../ipmi/message.ts";
import { MILLISECOND_US } from "../../../time/scheduler.ts";
import { BT_FRAME_BYTES_MAX, BT_REQUEST_LENGTH_MIN, BtControl } from "../../../wire/bt/protocol.ts";
import type { RegisterSpacing } from "../../../wire/interface.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";
import {
  Again,
  Failure,
  type Greeting,
  type InterfaceMachine,
  type Overlap,
  Pace,
  Refusal,
  type Signals,
} from "../machine.ts";
import { BtBlock } from "./block.ts";
import { type BtExchange, ExchangePhase } from "./exchange.ts";
import { BT_GREETING, BT_TIMING, type BtLimits, type BtTiming, btLimits } from "./limits.ts";
import { BtSequence } from "./sequence.ts";
import { BtTable } from "./table.ts";

/** How many bytes of a frame one step moves. */
const BYTES_PER_STEP = 8;
/** How often an H_BUSY that another driver left set is taken back before it is held to be stuck. */
const UNBUSY_TRIES_MAX = 2;
/** After so many request-to-response times without an answer a number may be used again. */
const QUARANTINE_TIMES = 2;
/** The pause after a response that is nobody's; it doubles with each further one, ... */
const FOREIGN_REST_MIN_US = 50;
/** ... up to this: a BMC that gives such responses without end must not be stormed. */
const FOREIGN_REST_MAX_US = 100 * MILLISECOND_US;
/** All ones: nobody drives the bus. */
const NOBODY = 0xff;

const APP_LUN_0 = NetFn.App << 2;
const WARM_RESET = Uint8Array.of(APP_LUN_0, warmReset.cmd);

const State = {
  /** Nothing goes over the wire; BT_CTRL tells what can be done next. */
  Watch: 0,
  /** A request goes into the FIFO. */
  Write: 1,
  /** H_BUSY is set, and a response comes out of the FIFO. */
  Read: 2,
  /** The BMC is left alone for a while. */
  Pause: 3,
} as const;
type State = (typeof State)[keyof typeof State];

/**
 * The host side of BT. Requests that are under way lie in a table; a response is that one's whose
 * Seq, NetFn and Cmd it has, and one that is nobody's is read and dropped. @see IPMI 2.0 §11
 */
export class Bt implements InterfaceMachine, Overlap {
  readonly overlap: Overlap = this;
  readonly signals: Signals;
  private readonly _block: BtBlock;
  private readonly _timing: BtTiming;
  private readonly _sequence: BtSequence;
  private readonly _table: BtTable;
  private readonly _incoming = new Uint8Array(BT_FRAME_BYTES_MAX);
  private readonly _response = new Uint8Array(BT_FRAME_BYTES_MAX);
  private _limits: BtLimits;
  private _state: State = State.Watch;
  /** The exchange whose request is written. */
  private _writing: BtExchange;
  private _at = 0;
  private _incomingLength = 0;
  private _responseBytes = 0;
  /** The last response was nobody's, and B2H_ATN has not been seen to fall since. */
  private _foreign = false;
  private _foreignRestUs = FOREIGN_REST_MIN_US;
  private _unbusyTries = 0;
  private _ended = 0;
  private _failure: Failure = Failure.None;
  private _recoveries = 0;
  private _wakeUs = 0;
  /** The BMC has answered since the interface was reset last. */
  private _mayReset = true;
  /** The request before this one was not answered either. Nobody has been answered at first. */
  private _silent = true;

  constructor(port: RegisterPort, spacing: RegisterSpacing = 1, timing: BtTiming = BT_TIMING) {
    this._block = new BtBlock(port, spacing);
    this.signals = this._block;
    this._timing = timing;
    this._sequence = new BtSequence(timing.sequences);
    this._table = new BtTable(timing.outstandingMax);
    this._writing = this._table.reset;
    this._limits = btLimits(undefined, timing);
  }

  begin(
    request: Uint8Array,
    nowUs: number,
    again: Again = Again.Freely,
    id = 0,
  ): Refusal | undefined {
    if (!this.ready()) return Refusal.Busy;
    if (request.length < REQUEST_BYTES_MIN) return Refusal.TooShort;
    if (request.length + 1 > this._limits.inputLengthMax) return Refusal.TooLong;
    const exchange = this._table.free();
    assert(exchange !== undefined, "a machine that is ready has room");
    exchange.fill(request, this._sequence.take(nowUs));
    exchange.id = id;
    exchange.again = again;
    exchange.isGreeting = request[0] === APP_LUN_0 && request[1] === BT_GREETING.cmd;
    exchange.retriesLeft = this._limits.retries;
    exchange.endUs = nowUs + this._timing.transactionUs;
    exchange.enter(ExchangePhase.Waiting, nowUs);
    this._unbusyTries = 0;
    return undefined;
  }

  /** One request at a time waits to be sent. */
  ready(): boolean {
    const table = this._table;
    if (table.waiting() !== undefined || table.held() !== undefined) return false;
    return table.underWay < this._limits.outstanding;
  }

  sending(): number {
    return this._writing.id;
  }

  ended(): number {
    return this._ended;
  }

  step(nowUs: number): Pace {
    switch (this._state) {
      case State.Watch:
        return this._table.underWay === 0 ? this.#idle() : this.#watch(nowUs);
      case State.Write:
        return this.#write(nowUs);
      case State.Read:
        return this.#read(nowUs);
      case State.Pause:
        if (nowUs < this.wakeAtUs()) return Pace.Rest;
        this._state = State.Watch;
        return Pace.Again;
    }
  }

  wakeAtUs(): number {
    const us = this._table.dueUs(this._limits.requestToResponseUs);
    return this._state === State.Pause ? Math.min(this._wakeUs, us) : us;
  }

  response(): Uint8Array {
    return this._response.subarray(0, this._responseBytes);
  }

  truncated(): boolean {
    return false;
  }

  failure(): Failure {
    return this._failure;
  }

  recoveries(): number {
    return this._recoveries;
  }

  detect(): boolean {
    return this._block.control() !== NOBODY;
  }

  greeting(): Greeting {
    return BT_GREETING;
  }

  greeted(data: Uint8Array | undefined): void {
    this._limits = btLimits(data, this._timing);
  }

  reset(): void {
    for (const exchange of this._table.exchanges) {
      if (exchange.phase !== ExchangePhase.Free) this.#release(exchange);
    }
    this._state = State.Watch;
    this._foreign = false;
  }

  #idle(): Pace {
    this._block.control();
    return this._block.attention() ? Pace.Attention : Pace.Idle;
  }

  #watch(nowUs: number): Pace {
    const control = this._block.control();
    if (control === NOBODY) return this.#overdue(control, nowUs) ?? Pace.Later;
    if ((control & BtControl.HBusy) !== 0 && this._unbusyTries < UNBUSY_TRIES_MAX) {
      this._unbusyTries++;
      this._block.act(BtControl.HBusy);
      return Pace.Again;
    }
    const response = (control & BtControl.B2hAtn) !== 0;
    if (response && !this._foreign) return this.#take(control);
    this._foreign = response;
    const overdue = this.#overdue(control, nowUs);
    if (overdue !== undefined) return overdue;
    const request = this._table.waiting();
    const taken = (control & (BtControl.BBusy | BtControl.H2bAtn)) === 0;
    if (request !== undefined && taken) return this.#start(request);
    return response ? this.#take(control) : Pace.Later;
  }

  #start(request: BtExchange): Pace {
    this._block.beginWrite();
    this._writing = request;
    this._at = 0;
    this._state = State.Write;
    return Pace.Again;
  }

  #write(nowUs: number): Pace {
    const request = this._writing;
    const end = Math.min(this._at + BYTES_PER_STEP, request.frameBytes);
    for (; this._at < end; this._at++) this._block.put(request.frame[this._at] ?? 0);
    if (end < request.frameBytes) return Pace.Again;
    this._block.act(BtControl.H2bAtn);
    request.wasSent = true;
    request.enter(ExchangePhase.Sent, nowUs);
    this._state = State.Watch;
    return Pace.Again;
  }

  /** Takes the response out of the BMC's hands. @see IPMI 2.0 §11.7 */
  #take(control: number): Pace {
    this._block.act(BtControl.HBusy);
    // It read 1 in spite of all tries. If it reads 0 now it is no stuck bit, and was set after all.
    const wasSet = (control & BtControl.HBusy) !== 0;
    if (wasSet && (this._block.control() & BtControl.HBusy) === 0) {
      this._block.act(BtControl.HBusy);
    }
    this._block.act(BtControl.B2hAtn);
    this._block.act(BtControl.ClearReadPointer);
    this._incomingLength = this._block.take();
    this._at = 0;
    this._state = State.Read;
    return Pace.Again;
  }

  #read(nowUs: number): Pace {
    const end = Math.min(this._at + BYTES_PER_STEP, this._incomingLength);
    for (; this._at < end; this._at++) this._incoming[this._at] = this._block.take();
    if (end < this._incomingLength) return Pace.Again;
    this._block.act(BtControl.HBusy);
    this._state = State.Watch;
    const exchange = this.#owner();
    this._foreign = exchange === undefined;
    if (exchange !== undefined) return this.#answered(exchange, nowUs);
    const restUs = this._foreignRestUs;
    this._foreignRestUs = Math.min(2 * restUs, FOREIGN_REST_MAX_US);
    return this.#rest(nowUs + restUs);
  }

  /** Whose the response is that came in. @see IPMI 2.0 §11.3 */
  #owner(): BtExchange | undefined {
    const incoming = this._incoming;
    if (this._incomingLength < BT_REQUEST_LENGTH_MIN) return undefined;
    return this._table.matching(incoming[0] ?? 0, incoming[1] ?? 0, incoming[2] ?? 0);
  }

  #answered(exchange: BtExchange, nowUs: number): Pace {
    this._sequence.release(exchange.seq, nowUs);
    this._foreignRestUs = FOREIGN_REST_MIN_US;
    const { reset } = this._table;
    if (exchange === reset) return this.#wasReset(nowUs);
    // Its answer came after all, while the interface was being reset for its sake.
    if (exchange.phase === ExchangePhase.Held) this.#release(reset);
    exchange.phase = ExchangePhase.Free;
    this._silent = false;
    this._mayReset = true;
    // All but Seq.
    this._response[0] = this._incoming[0] ?? 0;
    for (let i = 2; i < this._incomingLength; i++) this._response[i - 1] = this._incoming[i] ?? 0;
    this._responseBytes = this._incomingLength - 1;
    this._ended = exchange.id;
    return Pace.Done;
  }

  /** Deals with one exchange whose time is up; undefined when there is none. */
  #overdue(control: number, nowUs: number): Pace | undefined {
    const exchange = this._table.overdue(nowUs, this._limits.requestToResponseUs);
    if (exchange === undefined) return undefined;
    if (nowUs >= exchange.endUs) return this.#fail(exchange, Failure.OutOfTime);
    if (exchange.phase === ExchangePhase.Waiting) return this.#fail(exchange, Failure.NotReady);
    // What the BMC has not taken cannot be taken back, and nothing else can be sent. Only what was
    // written last can lie there: whatever went before it was taken.
    const lies = (control & BtControl.H2bAtn) !== 0 && exchange === this._writing;
    if (lies) return this.#fail(exchange, Failure.InputStuck);
    if (exchange === this._table.reset) return this.#wasReset(nowUs);
    return this.#unanswered(exchange, nowUs);
  }

  #unanswered(exchange: BtExchange, nowUs: number): Pace {
    // Another try is of use only if the BMC then still has its whole time to answer.
    const late = nowUs + this._limits.requestToResponseUs > exchange.endUs;
    if (exchange.again === Again.Reset) return this.#fail(exchange, Failure.NoOutput);
    if (exchange.again === Again.Never || late) return this.#fail(exchange, Failure.Unanswered);
    if (exchange.retriesLeft > 0) {
      exchange.retriesLeft--;
      this.#recovers(Failure.NoOutput);
      exchange.enter(ExchangePhase.Waiting, nowUs);
      return Pace.Again;
    }
    // One command that is never answered is no reason; a BMC that answers nothing is.
    const deaf = this._silent && !exchange.isGreeting && this._table.underWay === 1;
    const resets = deaf && this._mayReset && this._timing.warmResetPauseUs > 0;
    return resets ? this.#warmReset(exchange, nowUs) : this.#fail(exchange, Failure.Unanswered);
  }

  #warmReset(exchange: BtExchange, nowUs: number): Pace {
    this._mayReset = false;
    this.#recovers(Failure.NoOutput);
    exchange.enter(ExchangePhase.Held, nowUs);
    const { reset } = this._table;
    reset.fill(WARM_RESET, this._sequence.take(nowUs));
    reset.endUs = exchange.endUs;
    reset.enter(ExchangePhase.Waiting, nowUs);
    return Pace.Again;
  }

  /** The BMC was told to reset its interface: it is left alone, then what was held is sent again. */
  #wasReset(nowUs: number): Pace {
    this.#release(this._table.reset);
    const held = this._table.held();
    assert(held !== undefined, "an interface is reset for somebody's sake");
    const wakeUs = nowUs + this._timing.warmResetPauseUs;
    held.enter(ExchangePhase.Waiting, wakeUs);
    return this.#rest(wakeUs);
  }

  #rest(untilUs: number): Pace {
    this._wakeUs = untilUs;
    this._state = State.Pause;
    return Pace.Rest;
  }

  /** The interface's reset, and what is held for it, fail together. */
  #fail(exchange: BtExchange, failure: Failure): Pace {
    const { reset } = this._table;
    const ended = exchange === reset ? this._table.held() : exchange;
    assert(ended !== undefined, "an interface is reset for somebody's sake");
    if (ended.phase === ExchangePhase.Held) this.#release(reset);
    this.#release(ended);
    // A BMC that takes no request is not silent: it may be busy for any time.
    if (failure === Failure.Unanswered) this._silent = true;
    this._failure = exchange === reset ? Failure.NotRecovered : failure;
    this._ended = ended.id;
    return Pace.Failed;
  }

  #release(exchange: BtExchange): void {
    exchange.phase = ExchangePhase.Free;
    const times = exchange.wasSent ? QUARANTINE_TIMES : 0;
    const us = exchange.sinceUs + times * this._limits.requestToResponseUs;
    this._sequence.release(exchange.seq, us);
  }

  #recovers(failure: Failure): void {
    this._failure = failure;
    this._recoveries++;
  }
}
