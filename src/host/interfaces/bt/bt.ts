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
  readonly #block: BtBlock;
  readonly #timing: BtTiming;
  readonly #sequence: BtSequence;
  readonly #table: BtTable;
  readonly #incoming = new Uint8Array(BT_FRAME_BYTES_MAX);
  readonly #response = new Uint8Array(BT_FRAME_BYTES_MAX);
  #limits: BtLimits;
  #state: State = State.Watch;
  /** The exchange whose request is written. */
  #writing: BtExchange;
  #at = 0;
  #incomingLength = 0;
  #responseBytes = 0;
  /** The last response was nobody's, and B2H_ATN has not been seen to fall since. */
  #foreign = false;
  #foreignRestUs = FOREIGN_REST_MIN_US;
  #unbusyTries = 0;
  #ended = 0;
  #failure: Failure = Failure.None;
  #recoveries = 0;
  #wakeUs = 0;
  /** The BMC has answered since the interface was reset last. */
  #mayReset = true;
  /** The request before this one was not answered either. Nobody has been answered at first. */
  #silent = true;

  constructor(port: RegisterPort, spacing: RegisterSpacing = 1, timing: BtTiming = BT_TIMING) {
    this.#block = new BtBlock(port, spacing);
    this.signals = this.#block;
    this.#timing = timing;
    this.#sequence = new BtSequence(timing.sequences);
    this.#table = new BtTable(timing.outstandingMax);
    this.#writing = this.#table.reset;
    this.#limits = btLimits(undefined, timing);
  }

  begin(
    request: Uint8Array,
    nowUs: number,
    again: Again = Again.Freely,
    id = 0,
  ): Refusal | undefined {
    if (!this.ready()) return Refusal.Busy;
    if (request.length < REQUEST_BYTES_MIN) return Refusal.TooShort;
    if (request.length + 1 > this.#limits.inputLengthMax) return Refusal.TooLong;
    const exchange = this.#table.free();
    assert(exchange !== undefined, "a machine that is ready has room");
    exchange.fill(request, this.#sequence.take(nowUs));
    exchange.id = id;
    exchange.again = again;
    exchange.isGreeting = request[0] === APP_LUN_0 && request[1] === BT_GREETING.cmd;
    exchange.retriesLeft = this.#limits.retries;
    exchange.endUs = nowUs + this.#timing.transactionUs;
    exchange.enter(ExchangePhase.Waiting, nowUs);
    this.#unbusyTries = 0;
    return undefined;
  }

  /** One request at a time waits to be sent. */
  ready(): boolean {
    const table = this.#table;
    if (table.waiting() !== undefined || table.held() !== undefined) return false;
    return table.underWay < this.#limits.outstanding;
  }

  sending(): number {
    return this.#writing.id;
  }

  ended(): number {
    return this.#ended;
  }

  step(nowUs: number): Pace {
    switch (this.#state) {
      case State.Watch:
        return this.#table.underWay === 0 ? this.#idle() : this.#watch(nowUs);
      case State.Write:
        return this.#write(nowUs);
      case State.Read:
        return this.#read(nowUs);
      case State.Pause:
        if (nowUs < this.wakeAtUs()) return Pace.Rest;
        this.#state = State.Watch;
        return Pace.Again;
    }
  }

  wakeAtUs(): number {
    const us = this.#table.dueUs(this.#limits.requestToResponseUs);
    return this.#state === State.Pause ? Math.min(this.#wakeUs, us) : us;
  }

  response(): Uint8Array {
    return this.#response.subarray(0, this.#responseBytes);
  }

  truncated(): boolean {
    return false;
  }

  failure(): Failure {
    return this.#failure;
  }

  recoveries(): number {
    return this.#recoveries;
  }

  detect(): boolean {
    return this.#block.control() !== NOBODY;
  }

  greeting(): Greeting {
    return BT_GREETING;
  }

  greeted(data: Uint8Array | undefined): void {
    this.#limits = btLimits(data, this.#timing);
  }

  reset(): void {
    for (const exchange of this.#table.exchanges) {
      if (exchange.phase !== ExchangePhase.Free) this.#release(exchange);
    }
    this.#state = State.Watch;
    this.#foreign = false;
  }

  #idle(): Pace {
    this.#block.control();
    return this.#block.attention() ? Pace.Attention : Pace.Idle;
  }

  #watch(nowUs: number): Pace {
    const control = this.#block.control();
    if (control === NOBODY) return this.#overdue(control, nowUs) ?? Pace.Later;
    if ((control & BtControl.HBusy) !== 0 && this.#unbusyTries < UNBUSY_TRIES_MAX) {
      this.#unbusyTries++;
      this.#block.act(BtControl.HBusy);
      return Pace.Again;
    }
    const response = (control & BtControl.B2hAtn) !== 0;
    if (response && !this.#foreign) return this.#take(control);
    this.#foreign = response;
    const overdue = this.#overdue(control, nowUs);
    if (overdue !== undefined) return overdue;
    const request = this.#table.waiting();
    const taken = (control & (BtControl.BBusy | BtControl.H2bAtn)) === 0;
    if (request !== undefined && taken) return this.#start(request);
    return response ? this.#take(control) : Pace.Later;
  }

  #start(request: BtExchange): Pace {
    this.#block.beginWrite();
    this.#writing = request;
    this.#at = 0;
    this.#state = State.Write;
    return Pace.Again;
  }

  #write(nowUs: number): Pace {
    const request = this.#writing;
    const end = Math.min(this.#at + BYTES_PER_STEP, request.frameBytes);
    for (; this.#at < end; this.#at++) this.#block.put(request.frame[this.#at] ?? 0);
    if (end < request.frameBytes) return Pace.Again;
    this.#block.act(BtControl.H2bAtn);
    request.wasSent = true;
    request.enter(ExchangePhase.Sent, nowUs);
    this.#state = State.Watch;
    return Pace.Again;
  }

  /** Takes the response out of the BMC's hands. @see IPMI 2.0 §11.7 */
  #take(control: number): Pace {
    this.#block.act(BtControl.HBusy);
    // It read 1 in spite of all tries. If it reads 0 now it is no stuck bit, and was set after all.
    const wasSet = (control & BtControl.HBusy) !== 0;
    if (wasSet && (this.#block.control() & BtControl.HBusy) === 0) {
      this.#block.act(BtControl.HBusy);
    }
    this.#block.act(BtControl.B2hAtn);
    this.#block.act(BtControl.ClearReadPointer);
    this.#incomingLength = this.#block.take();
    this.#at = 0;
    this.#state = State.Read;
    return Pace.Again;
  }

  #read(nowUs: number): Pace {
    const end = Math.min(this.#at + BYTES_PER_STEP, this.#incomingLength);
    for (; this.#at < end; this.#at++) this.#incoming[this.#at] = this.#block.take();
    if (end < this.#incomingLength) return Pace.Again;
    this.#block.act(BtControl.HBusy);
    this.#state = State.Watch;
    const exchange = this.#owner();
    this.#foreign = exchange === undefined;
    if (exchange !== undefined) return this.#answered(exchange, nowUs);
    const restUs = this.#foreignRestUs;
    this.#foreignRestUs = Math.min(2 * restUs, FOREIGN_REST_MAX_US);
    return this.#rest(nowUs + restUs);
  }

  /** Whose the response is that came in. @see IPMI 2.0 §11.3 */
  #owner(): BtExchange | undefined {
    const incoming = this.#incoming;
    if (this.#incomingLength < BT_REQUEST_LENGTH_MIN) return undefined;
    return this.#table.matching(incoming[0] ?? 0, incoming[1] ?? 0, incoming[2] ?? 0);
  }

  #answered(exchange: BtExchange, nowUs: number): Pace {
    this.#sequence.release(exchange.seq, nowUs);
    this.#foreignRestUs = FOREIGN_REST_MIN_US;
    const { reset } = this.#table;
    if (exchange === reset) return this.#wasReset(nowUs);
    // Its answer came after all, while the interface was being reset for its sake.
    if (exchange.phase === ExchangePhase.Held) this.#release(reset);
    exchange.phase = ExchangePhase.Free;
    this.#silent = false;
    this.#mayReset = true;
    // All but Seq.
    this.#response[0] = this.#incoming[0] ?? 0;
    for (let i = 2; i < this.#incomingLength; i++) this.#response[i - 1] = this.#incoming[i] ?? 0;
    this.#responseBytes = this.#incomingLength - 1;
    this.#ended = exchange.id;
    return Pace.Done;
  }

  /** Deals with one exchange whose time is up; undefined when there is none. */
  #overdue(control: number, nowUs: number): Pace | undefined {
    const exchange = this.#table.overdue(nowUs, this.#limits.requestToResponseUs);
    if (exchange === undefined) return undefined;
    if (nowUs >= exchange.endUs) return this.#fail(exchange, Failure.OutOfTime);
    if (exchange.phase === ExchangePhase.Waiting) return this.#fail(exchange, Failure.NotReady);
    // What the BMC has not taken cannot be taken back, and nothing else can be sent.
    if ((control & BtControl.H2bAtn) !== 0) return this.#fail(exchange, Failure.InputStuck);
    if (exchange === this.#table.reset) return this.#wasReset(nowUs);
    return this.#unanswered(exchange, nowUs);
  }

  #unanswered(exchange: BtExchange, nowUs: number): Pace {
    // Another try is of use only if the BMC then still has its whole time to answer.
    const late = nowUs + this.#limits.requestToResponseUs > exchange.endUs;
    if (exchange.again === Again.Reset) return this.#fail(exchange, Failure.NoOutput);
    if (exchange.again === Again.Never || late) return this.#fail(exchange, Failure.Unanswered);
    if (exchange.retriesLeft > 0) {
      exchange.retriesLeft--;
      this.#recovers(Failure.NoOutput);
      exchange.enter(ExchangePhase.Waiting, nowUs);
      return Pace.Again;
    }
    // One command that is never answered is no reason; a BMC that answers nothing is.
    const deaf = this.#silent && !exchange.isGreeting && this.#table.underWay === 1;
    const resets = deaf && this.#mayReset && this.#timing.warmResetPauseUs > 0;
    return resets ? this.#warmReset(exchange, nowUs) : this.#fail(exchange, Failure.Unanswered);
  }

  #warmReset(exchange: BtExchange, nowUs: number): Pace {
    this.#mayReset = false;
    this.#recovers(Failure.NoOutput);
    exchange.enter(ExchangePhase.Held, nowUs);
    const { reset } = this.#table;
    reset.fill(WARM_RESET, this.#sequence.take(nowUs));
    reset.endUs = exchange.endUs;
    reset.enter(ExchangePhase.Waiting, nowUs);
    return Pace.Again;
  }

  /** The BMC was told to reset its interface: it is left alone, then what was held is sent again. */
  #wasReset(nowUs: number): Pace {
    this.#release(this.#table.reset);
    const held = this.#table.held();
    assert(held !== undefined, "an interface is reset for somebody's sake");
    const wakeUs = nowUs + this.#timing.warmResetPauseUs;
    held.enter(ExchangePhase.Waiting, wakeUs);
    return this.#rest(wakeUs);
  }

  #rest(untilUs: number): Pace {
    this.#wakeUs = untilUs;
    this.#state = State.Pause;
    return Pace.Rest;
  }

  /** The interface's reset, and what is held for it, fail together. */
  #fail(exchange: BtExchange, failure: Failure): Pace {
    const { reset } = this.#table;
    const ended = exchange === reset ? this.#table.held() : exchange;
    assert(ended !== undefined, "an interface is reset for somebody's sake");
    if (ended.phase === ExchangePhase.Held) this.#release(reset);
    this.#release(ended);
    // A BMC that takes no request is not silent: it may be busy for any time.
    if (failure === Failure.Unanswered) this.#silent = true;
    this.#failure = exchange === reset ? Failure.NotRecovered : failure;
    this.#ended = ended.id;
    return Pace.Failed;
  }

  #release(exchange: BtExchange): void {
    exchange.phase = ExchangePhase.Free;
    const times = exchange.wasSent ? QUARANTINE_TIMES : 0;
    const us = exchange.sinceUs + times * this.#limits.requestToResponseUs;
    this.#sequence.release(exchange.seq, us);
  }

  #recovers(failure: Failure): void {
    this.#failure = failure;
    this.#recoveries++;
  }
}
