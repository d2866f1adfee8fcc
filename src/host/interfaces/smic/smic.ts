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
  readonly #port: RegisterPort;
  readonly #control: number;
  readonly #flags: number;
  readonly #timing: SmicTiming;
  readonly #request = new Uint8Array(MESSAGE_MAX);
  readonly #response = new ResponseBuffer();
  #state: State = State.Idle;
  #requestLength = 0;
  #sent = 0;
  #again: Again = Again.Freely;
  #failure: Failure = Failure.None;
  readonly #patience: Patience;
  #recoveries = 0;
  /** When the present state was entered, from which its waits count. */
  #enteredUs = 0;
  #endUs = 0;
  #wakeUs = Number.POSITIVE_INFINITY;

  constructor(
    port: RegisterPort,
    spacing: SmicGeometry["spacing"] = 1,
    timing: SmicTiming = SMIC_TIMING,
  ) {
    this.#port = port;
    this.#control = SmicRegister.Control * spacing;
    this.#flags = SmicRegister.Flags * spacing;
    this.#timing = timing;
    this.#patience = new Patience(timing.patience);
  }

  begin(request: Uint8Array, nowUs: number, again: Again = Again.Freely): Refusal | undefined {
    if (this.#state !== State.Idle) return Refusal.Busy;
    if (request.length < REQUEST_BYTES_MIN) return Refusal.TooShort;
    if (request.length > MESSAGE_MAX) return Refusal.TooLong;
    this.#request.set(request);
    this.#requestLength = request.length;
    this.#again = again;
    this.#failure = Failure.None;
    this.#patience.renew();
    this.#endUs = nowUs + this.#timing.transactionUs;
    this.#restart(nowUs);
    return undefined;
  }

  step(nowUs: number): Pace {
    if (this.#state === State.Idle) return this.#idle();
    if (nowUs >= this.#endUs) return this.#fail(Failure.OutOfTime);
    if (this.#state === State.Rest) return nowUs < this.#wakeUs ? Pace.Rest : this.#restart(nowUs);
    const flags = this.#port.read(this.#flags);
    if ((flags & SmicFlag.Busy) !== 0) {
      return this.#wait(this.#timing.inputTimeoutUs, nowUs) ?? this.#fail(Failure.InputStuck);
    }
    switch (this.#state) {
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
    if (this.#state === State.Idle) return Number.POSITIVE_INFINITY;
    return Math.min(this.#wakeUs, this.#endUs);
  }

  response(): Uint8Array {
    return this.#response.message();
  }

  truncated(): boolean {
    return this.#response.truncated;
  }

  failure(): Failure {
    return this.#failure;
  }

  recoveries(): number {
    return this.#recoveries;
  }

  detect(): boolean {
    return this.#port.read(this.#flags) !== NOBODY;
  }

  greeting(): Greeting | undefined {
    return undefined;
  }

  greeted(): void {
    assert(false, "SMIC wants to know nothing beforehand");
  }

  reset(): void {
    this.#state = State.Idle;
  }

  /** EVT_ATN and SMI are for the SMI handler. @see IPMI 2.0 §10.3.1 */
  #idle(): Pace {
    const flags = this.#port.read(this.#flags);
    // With BUSY set nothing else in the register can be trusted: all ones looks like attention.
    const asks = (flags & (SmicFlag.Busy | SmicFlag.SmsAtn)) === SmicFlag.SmsAtn;
    return asks ? Pace.Attention : Pace.Idle;
  }

  #written(flags: number, nowUs: number): Pace {
    const status = this.#port.read(this.#control);
    const expected = this.#sent === 1 ? SmicStatus.WriteStart : SmicStatus.WriteNext;
    if (status !== expected) return this.#outOfPhase(status, nowUs);
    this.#enter(State.Write, nowUs);
    return this.#write(flags, nowUs);
  }

  #write(flags: number, nowUs: number): Pace {
    if ((flags & SmicFlag.TxDataRdy) === 0) {
      const wait = this.#wait(this.#timing.inputTimeoutUs, nowUs);
      return wait ?? this.#startOver(Failure.InputStuck, nowUs);
    }
    const last = this.#sent === this.#requestLength - 1;
    if (last) return this.#send(SmicControl.WriteEnd, State.Sent, nowUs);
    return this.#send(SmicControl.WriteNext, State.Written, nowUs);
  }

  #sentAll(flags: number, nowUs: number): Pace {
    const status = this.#port.read(this.#control);
    if (status !== SmicStatus.WriteEnd) return this.#outOfPhase(status, nowUs);
    const error = this.#port.read(SmicRegister.Data);
    if (error !== SmicError.None) return this.#refused(error, nowUs);
    this.#enter(State.Execute, nowUs);
    return this.#execute(flags, nowUs);
  }

  #execute(flags: number, nowUs: number): Pace {
    if ((flags & SmicFlag.RxDataRdy) === 0) {
      const wait = this.#wait(this.#timing.outputTimeoutUs, nowUs);
      return wait ?? this.#startOver(Failure.NoOutput, nowUs);
    }
    return this.#ask(SmicControl.ReadStart, State.Fetched, nowUs);
  }

  #fetched(flags: number, nowUs: number): Pace {
    const status = this.#port.read(this.#control);
    const last = status === SmicStatus.ReadEnd;
    const expected = this.#response.received === 0 ? SmicStatus.ReadStart : SmicStatus.ReadNext;
    if (!last && status !== expected) return this.#outOfPhase(status, nowUs);
    if (this.#response.endless) return this.#startOver(Failure.Endless, nowUs);
    this.#response.push(this.#port.read(SmicRegister.Data));
    if (last) return this.#ask(SmicControl.ReadEnd, State.Ended, nowUs);
    this.#enter(State.Fetch, nowUs);
    return this.#fetch(flags, nowUs);
  }

  #fetch(flags: number, nowUs: number): Pace {
    if ((flags & SmicFlag.RxDataRdy) === 0) {
      const wait = this.#wait(this.#timing.outputTimeoutUs, nowUs);
      return wait ?? this.#startOver(Failure.NoOutput, nowUs);
    }
    return this.#ask(SmicControl.ReadNext, State.Fetched, nowUs);
  }

  /**
   * The response was whole before RD_END: it is not asked for again for the sake of its end, since
   * the BMC would carry the request out twice. What went wrong is kept for `failure`.
   */
  #ended(): Pace {
    const status = this.#port.read(this.#control);
    if (status !== SmicStatus.Ready) this.#failure = Failure.WrongPhase;
    this.#state = State.Idle;
    return Pace.Done;
  }

  #send(control: number, next: State, nowUs: number): Pace {
    const byte = this.#request[this.#sent];
    assert(byte !== undefined && this.#sent < this.#requestLength, "a byte is left to send");
    this.#port.write(this.#control, control);
    this.#port.write(SmicRegister.Data, byte);
    this.#port.write(this.#flags, SmicFlag.Busy);
    this.#sent++;
    return this.#enter(next, nowUs);
  }

  #ask(control: number, next: State, nowUs: number): Pace {
    this.#port.write(this.#control, control);
    this.#port.write(this.#flags, SmicFlag.Busy);
    return this.#enter(next, nowUs);
  }

  #enter(state: State, nowUs: number): Pace {
    this.#state = state;
    this.#enteredUs = nowUs;
    return Pace.Again;
  }

  /** Waits for the BMC; undefined when the state's time is up. */
  #wait(timeoutUs: number, nowUs: number): Pace | undefined {
    this.#wakeUs = this.#enteredUs + timeoutUs;
    return nowUs < this.#wakeUs ? Pace.Later : undefined;
  }

  #restart(nowUs: number): Pace {
    this.#sent = 0;
    this.#response.clear();
    return this.#enter(State.Start, nowUs);
  }

  /**
   * The status code is not the one that belongs here: READY with an error code, or what another
   * stream left in the register. Either way the transfer is lost. @see IPMI 2.0 §10.5, §10.7
   */
  #outOfPhase(status: number, nowUs: number): Pace {
    if (status !== SmicStatus.Ready) return this.#startOver(this.#lost(), nowUs);
    return this.#refused(this.#port.read(SmicRegister.Data), nowUs);
  }

  #refused(error: number, nowUs: number): Pace {
    // The same request would be too long again.
    if (error === SmicError.BufferFull) return this.#fail(Failure.TooLong);
    return this.#startOver(this.#lost(), nowUs);
  }

  /** With one byte sent, it was the start that the BMC did not take. */
  #lost(): Failure {
    return this.#sent === 1 ? Failure.NotReady : Failure.WrongPhase;
  }

  /**
   * Whatever went wrong, the transfer begins again with WR_START, which brings the BMC back, too: so
   * nothing needs to be done for those who come next. @see IPMI 2.0 §10.5
   */
  #startOver(failure: Failure, nowUs: number): Pace {
    this.#failure = failure;
    if (this.#sent === this.#requestLength) {
      if (this.#again === Again.Reset) return this.#fail(failure);
      const useless = failure === Failure.NoOutput || failure === Failure.Endless;
      const silent = useless && !this.#patience.outlasts();
      // Another try is of use only if the BMC then still has its whole time to answer.
      const late = nowUs + this.#timing.outputTimeoutUs > this.#endUs;
      if (silent || late || this.#again === Again.Never) return this.#fail(Failure.Unanswered);
    }
    const pauseUs = this.#patience.pauseUs(nowUs);
    if (pauseUs === undefined) return this.#fail(failure);
    this.#recoveries++;
    if (pauseUs === 0) return this.#restart(nowUs);
    this.#enter(State.Rest, nowUs);
    this.#wakeUs = nowUs + pauseUs;
    return Pace.Rest;
  }

  #fail(failure: Failure): Pace {
    this.#failure = failure;
    this.#state = State.Idle;
    return Pace.Failed;
  }
}
