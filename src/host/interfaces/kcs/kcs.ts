import { assert } from "../../../assert.ts";
import { REQUEST_BYTES_MIN } from "../../../ipmi/message.ts";
import { MILLISECOND_US, SECOND_US } from "../../../time/scheduler.ts";
import { Control, type KcsGeometry, Phase, Status } from "../../../wire/kcs/protocol.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";
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

/** How long KCS waits for what, and how often it recovers. */
export interface KcsTiming {
  /** How long the BMC may leave a byte in the input register. @see IPMI 2.0 §9.15 */
  readonly inputTimeoutUs: number;
  /** How long the BMC may take to load the output register. @see IPMI 2.0 §9.15 */
  readonly outputTimeoutUs: number;
  /** How long a dummy byte that ought to come is waited for; some BMCs leave the last one out. */
  readonly dummyTimeoutUs: number;
  /** The same where a polled BMC need not give any. */
  readonly pulseUs: number;
  /** How long a BMC that is in disorder is tried again. */
  readonly patience: PatienceTiming;
  /** From `begin` to Done or Failed, whatever the BMC does. */
  readonly transactionUs: number;
}

/** How KCS is spoken when nothing is wrong with the host. */
export const KCS_TIMING: KcsTiming = {
  inputTimeoutUs: 5 * SECOND_US,
  outputTimeoutUs: 5 * SECOND_US,
  dummyTimeoutUs: 5 * MILLISECOND_US,
  pulseUs: 50,
  patience: PATIENCE,
  transactionUs: 15 * SECOND_US,
};

/** @see IPMI 2.0 §9.15, figures 9-6 to 9-8 */
const State = {
  Idle: 0,
  /** Before WRITE_START. */
  Start: 1,
  /** Bytes before the last one, then WRITE_END. */
  Write: 2,
  /** The last byte of the request. */
  Last: 3,
  Read: 4,
  /** Before GET_STATUS/ABORT. */
  Abort: 5,
  /** Before the 00h that follows it. */
  AbortData: 6,
  /** The interface status code. */
  AbortCode: 7,
  /** The end of the recovery. */
  AbortEnd: 8,
  /** Before another recovery the BMC is left alone for a while. */
  Rest: 9,
} as const;
type State = (typeof State)[keyof typeof State];

/** The host side of KCS. At most three register accesses per step. @see IPMI 2.0 §9 */
export class Kcs implements InterfaceMachine {
  private readonly _port: RegisterPort;
  private readonly _control: number;
  private readonly _timing: KcsTiming;
  private readonly _request = new Uint8Array(MESSAGE_MAX);
  private readonly _response = new ResponseBuffer();
  private _state: State = State.Idle;
  private _requestLength = 0;
  private _sent = 0;
  private _again: Again = Again.Freely;
  private _failure: Failure = Failure.None;
  private readonly _patience: Patience;
  /** The request was taken and is not sent again: what is left is to bring the interface back. */
  private _unanswered = false;
  private _recoveries = 0;
  /** When the present state was entered, from which its waits count. */
  private _enteredUs = 0;
  private _endUs = 0;
  /** How long a dummy byte is waited for in the write phase. */
  private _pulseUs = 0;
  private _wakeUs = Number.POSITIVE_INFINITY;

  constructor(
    port: RegisterPort,
    spacing: KcsGeometry["spacing"] = 1,
    timing: KcsTiming = KCS_TIMING,
  ) {
    this._port = port;
    this._control = spacing;
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
    this._unanswered = false;
    this._patience.renew();
    this._endUs = nowUs + this._timing.transactionUs;
    this.#restart(nowUs);
    return undefined;
  }

  step(nowUs: number): Pace {
    if (this._state === State.Idle) return this.#idle();
    if (nowUs >= this._endUs) return this.#fail(Failure.OutOfTime);
    if (this._state === State.Rest) return nowUs < this._wakeUs ? Pace.Rest : this.#recover(nowUs);
    const status = this._port.read(this._control);
    if ((status & Status.Ibf) !== 0) {
      // Whatever could help has to be written, and nothing may be written while IBF is set.
      return this.#wait(this._timing.inputTimeoutUs, nowUs) ?? this.#fail(Failure.InputStuck);
    }
    switch (this._state) {
      case State.Start:
        return this.#start(status, nowUs);
      case State.Write:
        return this.#write(status, nowUs);
      case State.Last:
        return this.#last(status, nowUs);
      case State.Read:
        return this.#read(status, nowUs);
      case State.Abort:
        return this.#abort(status, nowUs);
      case State.AbortData:
        return this.#abortData(status, nowUs);
      case State.AbortCode:
        return this.#abortCode(status, nowUs);
      case State.AbortEnd:
        return this.#abortEnd(status, nowUs);
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
    return this._port.read(this._control) !== 0xff;
  }

  greeting(): Greeting | undefined {
    return undefined;
  }

  greeted(): void {
    assert(false, "KCS wants to know nothing beforehand");
  }

  reset(): void {
    this._state = State.Idle;
  }

  #idle(): Pace {
    const status = this._port.read(this._control);
    // With IBF set nothing else in the register can be trusted: all ones looks like attention.
    if ((status & Status.Ibf) !== 0) return Pace.Idle;
    this.#drain(status);
    return (status & Status.SmsAtn) !== 0 ? Pace.Attention : Pace.Idle;
  }

  #start(status: number, nowUs: number): Pace {
    if (status >> 6 !== Phase.Idle) return this.#errorExit(Failure.NotReady, nowUs);
    this.#drain(status);
    this._port.write(this._control, Control.WriteStart);
    return this.#enter(State.Write, nowUs);
  }

  #write(status: number, nowUs: number): Pace {
    if (status >> 6 !== Phase.Write) return this.#errorExit(Failure.WrongPhase, nowUs);
    const wait = this.#dummy(status, this._pulseUs, nowUs);
    if (wait !== undefined) return wait;
    // The answer to WRITE_START shows whether this BMC gives dummy bytes at all.
    if (this._sent === 0) this._pulseUs = this.#pulsed(status);
    if (this._sent < this._requestLength - 1) return this.#send(State.Write, nowUs);
    this._port.write(this._control, Control.WriteEnd);
    return this.#enter(State.Last, nowUs);
  }

  #last(status: number, nowUs: number): Pace {
    if (status >> 6 !== Phase.Write) return this.#errorExit(Failure.WrongPhase, nowUs);
    return this.#dummy(status, this._pulseUs, nowUs) ?? this.#send(State.Read, nowUs);
  }

  #read(status: number, nowUs: number): Pace {
    const phase = status >> 6;
    if (phase === Phase.Idle) {
      return this.#dummy(status, this._timing.dummyTimeoutUs, nowUs) ?? this.#done();
    }
    if (phase !== Phase.Read) return this.#errorExit(Failure.WrongPhase, nowUs);
    if ((status & Status.Obf) === 0) {
      const wait = this.#wait(this._timing.outputTimeoutUs, nowUs);
      return wait ?? this.#errorExit(Failure.NoOutput, nowUs);
    }
    if (this._response.endless) return this.#errorExit(Failure.Endless, nowUs);
    this._response.push(this._port.read(0));
    this._port.write(0, Control.Read);
    return this.#enter(State.Read, nowUs);
  }

  #abort(status: number, nowUs: number): Pace {
    // The change to ERROR came with a dummy byte, too.
    const wait = this.#dummy(status, this._timing.pulseUs, nowUs);
    if (wait !== undefined) return wait;
    this._port.write(this._control, Control.GetStatusAbort);
    return this.#enter(State.AbortData, nowUs);
  }

  #abortData(status: number, nowUs: number): Pace {
    // The state bits ought to say WRITE here; some BMCs say ERROR until the 00h came.
    const wait = this.#dummy(status, this._timing.pulseUs, nowUs);
    if (wait !== undefined) return wait;
    this._port.write(0, 0x00);
    return this.#enter(State.AbortCode, nowUs);
  }

  #abortCode(status: number, nowUs: number): Pace {
    if (status >> 6 !== Phase.Read) return this.#recoveryFailed(nowUs);
    if ((status & Status.Obf) === 0) {
      return this.#wait(this._timing.outputTimeoutUs, nowUs) ?? this.#recoveryFailed(nowUs);
    }
    this._port.read(0);
    this._port.write(0, Control.Read);
    return this.#enter(State.AbortEnd, nowUs);
  }

  #abortEnd(status: number, nowUs: number): Pace {
    if (status >> 6 !== Phase.Idle) return this.#recoveryFailed(nowUs);
    const wait = this.#dummy(status, this._timing.dummyTimeoutUs, nowUs);
    if (wait !== undefined) return wait;
    if (this._unanswered) return this.#fail(Failure.Unanswered);
    // Another try is of use only if the BMC then still has its whole time to answer.
    if (nowUs + this._timing.outputTimeoutUs <= this._endUs) return this.#restart(nowUs);
    return this.#fail(this.#taken ? Failure.Unanswered : this._failure);
  }

  /**
   * Takes the dummy byte with which the BMC answers; undefined when there is nothing to wait for.
   * The BMC clears IBF first and loads the byte then, so it may well be late: one that comes after
   * the BMC changed to READ would pass for the first byte of the response.
   */
  #dummy(status: number, timeoutUs: number, nowUs: number): Pace | undefined {
    if ((status & Status.Obf) === 0) return this.#wait(timeoutUs, nowUs);
    this._port.read(0);
    return undefined;
  }

  #pulsed(status: number): number {
    return (status & Status.Obf) !== 0 ? this._timing.dummyTimeoutUs : 0;
  }

  /** The BMC answers each write with a dummy byte; an unread one would stall the next transfer. */
  #drain(status: number): void {
    if ((status & Status.Obf) !== 0) this._port.read(0);
  }

  #send(next: State, nowUs: number): Pace {
    const byte = this._request[this._sent];
    assert(byte !== undefined, "a byte is left to send");
    this._port.write(0, byte);
    this._sent++;
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
    this._pulseUs = this._timing.pulseUs;
    return this.#enter(State.Start, nowUs);
  }

  /** The BMC may have the whole request. */
  get #taken(): boolean {
    return this._sent === this._requestLength;
  }

  /** Something went wrong in a transfer. @see IPMI 2.0 §9.15, figure 9-8 */
  #errorExit(failure: Failure, nowUs: number): Pace {
    this._failure = failure;
    if (this.#taken && this._again === Again.Reset) return this.#fail(failure);
    const useless = failure === Failure.NoOutput || failure === Failure.Endless;
    const silent = useless && !this._patience.outlasts();
    if (this.#taken) this._unanswered = silent || this._again === Again.Never;
    return this.#recoverLater(failure, nowUs);
  }

  #recoverLater(failure: Failure, nowUs: number): Pace {
    const pauseUs = this._patience.pauseUs(nowUs);
    if (pauseUs === undefined) return this.#fail(failure);
    if (pauseUs === 0) return this.#recover(nowUs);
    this.#enter(State.Rest, nowUs);
    this._wakeUs = nowUs + pauseUs;
    return Pace.Rest;
  }

  #recover(nowUs: number): Pace {
    this._recoveries++;
    return this.#enter(State.Abort, nowUs);
  }

  #recoveryFailed(nowUs: number): Pace {
    return this.#recoverLater(Failure.NotRecovered, nowUs);
  }

  #done(): Pace {
    this._state = State.Idle;
    return Pace.Done;
  }

  #fail(failure: Failure): Pace {
    this._failure = failure;
    this._state = State.Idle;
    return Pace.Failed;
  }
}
