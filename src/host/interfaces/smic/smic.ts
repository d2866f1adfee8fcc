import { assert } from "../../../assert.ts";
import { REQUEST_BYTES_MIN } from "../../../ipmi/message.ts";
import { SECOND_US } from "../../../time/scheduler.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";
import {
  SmicControl,
  SmicError,
  SmicFlag,
  type SmicGeometry,
  SmicRegister,
  SmicStatus,
} from "../../../wire/smic/protocol.ts";
import {
  Again,
  Failure,
  type Greeting,
  type InterfaceMachine,
  MESSAGE_MAX,
  Pace,
  Refusal,
} from "../machine.ts";
import { PATIENCE, Patience, type PatienceTiming } from "../patience.ts";
import { ResponseBuffer } from "../response-buffer.ts";

/** All ones: nobody drives the bus. */
const NOBODY = 0xff;

/** The specification names no time for SMIC; these are what it recommends for KCS. */
export interface SmicTiming {
  /** How long the BMC may keep BUSY, or TX_DATA_RDY back. */
  readonly inputTimeoutUs: number;
  /** How long the BMC may take to have data: it carries out the request meanwhile. */
  readonly outputTimeoutUs: number;
  /** How long a BMC that is in disorder is tried again. */
  readonly patience: PatienceTiming;
  /** From `begin` to Done or Failed, whatever the BMC does. */
  readonly transactionUs: number;
}

/** How SMIC is spoken when nothing is wrong with the host. */
export const SMIC_TIMING: SmicTiming = {
  inputTimeoutUs: 5 * SECOND_US,
  outputTimeoutUs: 5 * SECOND_US,
  patience: PATIENCE,
  transactionUs: 15 * SECOND_US,
};

/** What the host has asked last and is being answered. @see IPMI 2.0 §10.5, §10.9 */
const State = {
  Idle: 0,
  /** Nothing yet: WR_START comes next, which a BMC takes in whatever state it is. */
  Start: 1,
  /** WR_START or WR_NEXT. */
  Written: 2,
  /** The BMC has taken the byte; the next one needs TX_DATA_RDY. */
  Write: 3,
  /** WR_END. */
  Sent: 4,
  /** The BMC has the whole request; RD_START needs RX_DATA_RDY. */
  Execute: 5,
  /** RD_START or RD_NEXT. */
  Fetched: 6,
  /** The BMC has given a byte; the next one needs RX_DATA_RDY. */
  Fetch: 7,
  /** RD_END. */
  Ended: 8,
  /** Before another start the BMC is left alone for a while. */
  Rest: 9,
} as const;
type State = (typeof State)[keyof typeof State];

/**
 * The host side of SMIC. At most six register accesses per step. A transaction that is not
 * interrupted costs one handshake for each byte and one more, of five accesses each: Flags until
 * BUSY is 0, the status code, the control code, the data, BUSY. What can be left out is left out:
 * GET_STATUS beforehand, since WR_START is taken in every state, and the error code after RD_END,
 * since the response is whole by then.
 *
 * When BUSY does not fall, there is nothing that could help: only the BMC may clear it, and no
 * other register may be touched before. The transaction is given up, and the next one begins with
 * WR_START, which leads out of all else. @see IPMI 2.0 §10
 */
export class Smic implements InterfaceMachine {
  /** The BMC interrupts as BUSY falls and as SMS_ATN rises, not for RX_DATA_RDY. */
  readonly looksForOutput = true;
  private readonly _port: RegisterPort;
  private readonly _control: number;
  private readonly _flags: number;
  private readonly _timing: SmicTiming;
  private readonly _request = new Uint8Array(MESSAGE_MAX);
  private readonly _response = new ResponseBuffer();
  private _state: State = State.Idle;
  private _requestLength = 0;
  private _sent = 0;
  private _again: Again = Again.Freely;
  private _failure: Failure = Failure.None;
  private readonly _patience: Patience;
  private _recoveries = 0;
  /** When the present state was entered, from which its waits count. */
  private _enteredUs = 0;
  private _endUs = 0;
  private _wakeUs = Number.POSITIVE_INFINITY;

  constructor(
    port: RegisterPort,
    spacing: SmicGeometry["spacing"] = 1,
    timing: SmicTiming = SMIC_TIMING,
  ) {
    this._port = port;
    this._control = SmicRegister.Control * spacing;
    this._flags = SmicRegister.Flags * spacing;
    this._timing = timing;
    this._patience = new Patience(timing.patience);
  }

  begin(request: Uint8Array, nowUs: number, again: Again = Again.Freely): Refusal | undefined {
    if (this._state !== State.Idle) return Refusal.Busy;
    if (request.length < REQUEST_BYTES_MIN) return Refusal.TooShort;
    if (request.length > MESSAGE_MAX) return Refusal.TooLong;
    this._request.set(request);
    this._requestLength = request.length;
    this._again = again;
    this._failure = Failure.None;
    this._patience.renew();
    this._endUs = nowUs + this._timing.transactionUs;
    this.#restart(nowUs);
    return undefined;
  }

  step(nowUs: number): Pace {
    if (this._state === State.Idle) return this.#idle();
    if (nowUs >= this._endUs) return this.#fail(Failure.OutOfTime);
    if (this._state === State.Rest) return nowUs < this._wakeUs ? Pace.Rest : this.#restart(nowUs);
    const flags = this._port.read(this._flags);
    if ((flags & SmicFlag.Busy) !== 0) {
      return this.#wait(this._timing.inputTimeoutUs, nowUs) ?? this.#fail(Failure.InputStuck);
    }
    switch (this._state) {
      case State.Start:
        return this.#send(SmicControl.WriteStart, State.Written, nowUs);
      case State.Written:
        return this.#written(flags, nowUs);
      case State.Write:
        return this.#write(flags, nowUs);
      case State.Sent:
        return this.#sentAll(flags, nowUs);
      case State.Execute:
        return this.#execute(flags, nowUs);
      case State.Fetched:
        return this.#fetched(flags, nowUs);
      case State.Fetch:
        return this.#fetch(flags, nowUs);
      case State.Ended:
        return this.#ended();
    }
  }

  wakeAtUs(): number {
    if (this._state === State.Idle) return Number.POSITIVE_INFINITY;
    return Math.min(this._wakeUs, this._endUs);
  }

  response(): Uint8Array {
    return this._response.message();
  }

  truncated(): boolean {
    return this._response.truncated;
  }

  failure(): Failure {
    return this._failure;
  }

  recoveries(): number {
    return this._recoveries;
  }

  detect(): boolean {
    return this._port.read(this._flags) !== NOBODY;
  }

  greeting(): Greeting | undefined {
    return undefined;
  }

  greeted(): void {
    assert(false, "SMIC wants to know nothing beforehand");
  }

  reset(): void {
    this._state = State.Idle;
  }

  /** EVT_ATN and SMI are for the SMI handler. @see IPMI 2.0 §10.3.1 */
  #idle(): Pace {
    const flags = this._port.read(this._flags);
    // With BUSY set nothing else in the register can be trusted: all ones looks like attention.
    const asks = (flags & (SmicFlag.Busy | SmicFlag.SmsAtn)) === SmicFlag.SmsAtn;
    return asks ? Pace.Attention : Pace.Idle;
  }

  #written(flags: number, nowUs: number): Pace {
    const status = this._port.read(this._control);
    const expected = this._sent === 1 ? SmicStatus.WriteStart : SmicStatus.WriteNext;
    if (status !== expected) return this.#outOfPhase(status, nowUs);
    this.#enter(State.Write, nowUs);
    return this.#write(flags, nowUs);
  }

  #write(flags: number, nowUs: number): Pace {
    if ((flags & SmicFlag.TxDataRdy) === 0) {
      const wait = this.#wait(this._timing.inputTimeoutUs, nowUs);
      return wait ?? this.#startOver(Failure.InputStuck, nowUs);
    }
    const last = this._sent === this._requestLength - 1;
    if (last) return this.#send(SmicControl.WriteEnd, State.Sent, nowUs);
    return this.#send(SmicControl.WriteNext, State.Written, nowUs);
  }

  #sentAll(flags: number, nowUs: number): Pace {
    const status = this._port.read(this._control);
    if (status !== SmicStatus.WriteEnd) return this.#outOfPhase(status, nowUs);
    const error = this._port.read(SmicRegister.Data);
    if (error !== SmicError.None) return this.#refused(error, nowUs);
    this.#enter(State.Execute, nowUs);
    return this.#execute(flags, nowUs);
  }

  #execute(flags: number, nowUs: number): Pace {
    if ((flags & SmicFlag.RxDataRdy) === 0) {
      const wait = this.#wait(this._timing.outputTimeoutUs, nowUs);
      return wait ?? this.#startOver(Failure.NoOutput, nowUs);
    }
    return this.#ask(SmicControl.ReadStart, State.Fetched, nowUs);
  }

  #fetched(flags: number, nowUs: number): Pace {
    const status = this._port.read(this._control);
    const last = status === SmicStatus.ReadEnd;
    const expected = this._response.received === 0 ? SmicStatus.ReadStart : SmicStatus.ReadNext;
    if (!last && status !== expected) return this.#outOfPhase(status, nowUs);
    if (this._response.endless) return this.#startOver(Failure.Endless, nowUs);
    this._response.push(this._port.read(SmicRegister.Data));
    if (last) return this.#ask(SmicControl.ReadEnd, State.Ended, nowUs);
    this.#enter(State.Fetch, nowUs);
    return this.#fetch(flags, nowUs);
  }

  #fetch(flags: number, nowUs: number): Pace {
    if ((flags & SmicFlag.RxDataRdy) === 0) {
      const wait = this.#wait(this._timing.outputTimeoutUs, nowUs);
      return wait ?? this.#startOver(Failure.NoOutput, nowUs);
    }
    return this.#ask(SmicControl.ReadNext, State.Fetched, nowUs);
  }

  /**
   * The response was whole before RD_END: it is not asked for again for the sake of its end, since
   * the BMC would carry the request out twice. What went wrong is kept for `failure`.
   */
  #ended(): Pace {
    const status = this._port.read(this._control);
    if (status !== SmicStatus.Ready) this._failure = Failure.WrongPhase;
    this._state = State.Idle;
    return Pace.Done;
  }

  #send(control: number, next: State, nowUs: number): Pace {
    const byte = this._request[this._sent];
    assert(byte !== undefined && this._sent < this._requestLength, "a byte is left to send");
    this._port.write(this._control, control);
    this._port.write(SmicRegister.Data, byte);
    this._port.write(this._flags, SmicFlag.Busy);
    this._sent++;
    return this.#enter(next, nowUs);
  }

  #ask(control: number, next: State, nowUs: number): Pace {
    this._port.write(this._control, control);
    this._port.write(this._flags, SmicFlag.Busy);
    return this.#enter(next, nowUs);
  }

  #enter(state: State, nowUs: number): Pace {
    this._state = state;
    this._enteredUs = nowUs;
    return Pace.Again;
  }

  /** Waits for the BMC; undefined when the state's time is up. */
  #wait(timeoutUs: number, nowUs: number): Pace | undefined {
    this._wakeUs = this._enteredUs + timeoutUs;
    return nowUs < this._wakeUs ? Pace.Later : undefined;
  }

  #restart(nowUs: number): Pace {
    this._sent = 0;
    this._response.clear();
    return this.#enter(State.Start, nowUs);
  }

  /**
   * The status code is not the one that belongs here: READY with an error code, or what another
   * stream left in the register. Either way the transfer is lost. @see IPMI 2.0 §10.5, §10.7
   */
  #outOfPhase(status: number, nowUs: number): Pace {
    if (status !== SmicStatus.Ready) return this.#startOver(this.#lost(), nowUs);
    return this.#refused(this._port.read(SmicRegister.Data), nowUs);
  }

  #refused(error: number, nowUs: number): Pace {
    // The same request would be too long again; as a response is read, nothing is written any more.
    const writing = this._state !== State.Fetched;
    if (error === SmicError.BufferFull && writing) return this.#fail(Failure.TooLong);
    return this.#startOver(this.#lost(), nowUs);
  }

  /** With one byte sent, it was the start that the BMC did not take. */
  #lost(): Failure {
    return this._sent === 1 ? Failure.NotReady : Failure.WrongPhase;
  }

  /**
   * Whatever went wrong, the transfer begins again with WR_START, which brings the BMC back, too: so
   * nothing needs to be done for those who come next. @see IPMI 2.0 §10.5
   */
  #startOver(failure: Failure, nowUs: number): Pace {
    this._failure = failure;
    if (this._sent === this._requestLength) {
      if (this._again === Again.Reset) return this.#fail(failure);
      const useless = failure === Failure.NoOutput || failure === Failure.Endless;
      const silent = useless && !this._patience.outlasts();
      // Another try is of use only if the BMC then still has its whole time to answer.
      const late = nowUs + this._timing.outputTimeoutUs > this._endUs;
      if (silent || late || this._again === Again.Never) return this.#fail(Failure.Unanswered);
    }
    const pauseUs = this._patience.pauseUs(nowUs);
    if (pauseUs === undefined) return this.#fail(failure);
    this._recoveries++;
    if (pauseUs === 0) return this.#restart(nowUs);
    this.#enter(State.Rest, nowUs);
    this._wakeUs = nowUs + pauseUs;
    return Pace.Rest;
  }

  #fail(failure: Failure): Pace {
    this._failure = failure;
    this._state = State.Idle;
    return Pace.Failed;
  }
}
