import { NetFn } from "../../../ipmi/command-table.ts";
import { getMessageFlags } from "../../../ipmi/commands/app/messaging.ts";
import { Cc } from "../../../ipmi/completion.ts";
import { REQUEST_BYTES_MIN, responseNetFn } from "../../../ipmi/message.ts";
import { MILLISECOND_US, SECOND_US } from "../../../time/scheduler.ts";
import type { OpalPort, OpalReceived } from "../../../wire/opal/port.ts";
import {
  OPAL_PREFIX_BYTES,
  OPAL_REQUEST_BYTES_MAX,
  OPAL_RESPONSE_BYTES_MIN,
  OPAL_VERSION,
} from "../../../wire/opal/protocol.ts";
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

/** How long OPAL's caller waits for what. */
export interface OpalTiming {
  /** How long the firmware may refuse a request, and how often it is tried. */
  readonly patience: PatienceTiming;
  /** How long the BMC may take to answer. @see IPMI 2.0 §11.4, of the BT behind the firmware */
  readonly outputTimeoutUs: number;
  /** From one Get Message Flags to the next: nothing says that there is a cause. */
  readonly attentionUs: number;
  /** From `begin` to Done or Failed, whatever the firmware does. */
  readonly transactionUs: number;
}

export const OPAL_TIMING: OpalTiming = {
  patience: PATIENCE,
  outputTimeoutUs: 5 * SECOND_US,
  attentionUs: 100 * MILLISECOND_US,
  transactionUs: 15 * SECOND_US,
};

/** In the order of a transaction. */
const State = {
  Idle: 0,
  Send: 1,
  /** The firmware did not take the request; it is left alone for a while. */
  Resend: 2,
  Await: 3,
} as const;
type State = (typeof State)[keyof typeof State];

const ROOM = OPAL_PREFIX_BYTES + MESSAGE_MAX;

/**
 * The host side of OPAL: one call a step. BUSY is tried again, and so is any other word of the
 * firmware's that means that it took nothing, for as long as a BMC may be in disorder.
 * @see OPAL API, OPAL_IPMI_SEND (107), OPAL_IPMI_RECV (108)
 */
export class Opal implements InterfaceMachine {
  private readonly _port: OpalPort;
  private readonly _timing: OpalTiming;
  private readonly _patience: Patience;
  private _state: State = State.Idle;
  private _request: Uint8Array = new Uint8Array();
  private _response: Uint8Array = new Uint8Array();
  private _again: Again = Again.Freely;
  private _failure: Failure = Failure.None;
  private _recoveries = 0;
  private _wakeUs = Number.POSITIVE_INFINITY;
  private _deadlineUs = 0;
  private _endUs = 0;
  private _flagsDueUs = 0;
  private _attention = false;

  constructor(port: OpalPort, timing = OPAL_TIMING) {
    this._port = port;
    this._timing = timing;
    this._patience = new Patience(timing.patience);
  }

  begin(request: Uint8Array, nowUs: number, again: Again = Again.Freely): Refusal | undefined {
    if (this._state !== State.Idle) return Refusal.Busy;
    if (request.length < REQUEST_BYTES_MIN) return Refusal.TooShort;
    if (OPAL_PREFIX_BYTES + request.length > OPAL_REQUEST_BYTES_MAX) return Refusal.TooLong;
    this._request = new Uint8Array(OPAL_PREFIX_BYTES + request.length);
    this._request[0] = OPAL_VERSION;
    this._request.set(request, OPAL_PREFIX_BYTES);
    this._again = again;
    this._failure = Failure.None;
    this._patience.renew();
    this._endUs = nowUs + this._timing.transactionUs;
    this._state = State.Send;
    if (this.#asksFlags) this.#spend(0, nowUs);
    return undefined;
  }

  step(nowUs: number): Pace {
    if (this._state === State.Idle) {
      return this._attention || nowUs >= this._flagsDueUs ? Pace.Attention : Pace.Idle;
    }
    if (nowUs >= this._endUs) return this.#fail(Failure.OutOfTime);
    switch (this._state) {
      case State.Send:
        return this.#send(nowUs);
      case State.Resend:
        return nowUs < this._wakeUs ? Pace.Rest : this.#send(nowUs);
      case State.Await:
        return this.#fetch(nowUs);
    }
  }

  wakeAtUs(): number {
    if (this._state === State.Resend) return Math.min(this._wakeUs, this._endUs);
    if (this._state === State.Await) return Math.min(this._deadlineUs, this._endUs);
    return Number.POSITIVE_INFINITY;
  }

  response(): Uint8Array {
    return this._response;
  }

  /** The firmware gives a message whole, or not at all. */
  truncated(): boolean {
    return false;
  }

  failure(): Failure {
    return this._failure;
  }

  recoveries(): number {
    return this._recoveries;
  }

  /** The firmware has the calls, or the host would not be here. */
  detect(): boolean {
    return true;
  }

  greeting(): Greeting | undefined {
    return undefined;
  }

  greeted(): void {}

  reset(): void {
    this._state = State.Idle;
  }

  #send(nowUs: number): Pace {
    if (this._port.send(this._request) === "success") {
      this._state = State.Await;
      this._deadlineUs = nowUs + this._timing.outputTimeoutUs;
      return Pace.Later;
    }
    return this.#later(Failure.InputStuck, nowUs);
  }

  #fetch(nowUs: number): Pace {
    const received = this._port.recv(OPAL_VERSION, ROOM);
    if (received.code === "success") {
      if (!this.#belongs(received)) return this.#lost(Failure.Broken, nowUs);
      this._response = received.message.slice(OPAL_PREFIX_BYTES, received.length);
      this._state = State.Idle;
      const [, , cc, flags = 0] = this._response;
      if (this.#asksFlags && cc === Cc.Ok) this.#spend(flags, nowUs);
      return Pace.Done;
    }
    // It says that what there was is lost.
    const gone = received.code === "resource" || received.code === "unsupported";
    if (gone) return this.#lost(Failure.Broken, nowUs);
    if (nowUs < this._deadlineUs) return Pace.Later;
    if (this._again !== Again.Freely || !this._patience.outlasts()) {
      return this.#fail(Failure.Unanswered);
    }
    return this.#later(Failure.NoOutput, nowUs);
  }

  /** A response that is whole, of the version, and of the command that was asked. */
  #belongs({ length, message }: OpalReceived): boolean {
    if (length < OPAL_RESPONSE_BYTES_MIN || length > message.length) return false;
    const [version, netFnLun = 0, cmd] = message;
    const [, asked = 0, askedCmd] = this._request;
    const own = netFnLun >> 2 === responseNetFn(asked >> 2) && cmd === askedCmd;
    return own && version === OPAL_VERSION;
  }

  /** The response was there and is of no use: it will not come again. */
  #lost(failure: Failure, nowUs: number): Pace {
    if (this._again !== Again.Freely) return this.#fail(Failure.Unanswered);
    return this.#later(failure, nowUs);
  }

  /** The request is sent again after a pause, if there is time for that. */
  #later(failure: Failure, nowUs: number): Pace {
    const pauseUs = this._patience.pauseUs(nowUs);
    if (pauseUs === undefined) return this.#fail(failure);
    this._failure = failure;
    this._recoveries++;
    this._wakeUs = nowUs + pauseUs;
    this._state = State.Resend;
    return Pace.Again;
  }

  get #asksFlags(): boolean {
    const [, netFnLun = 0, cmd] = this._request;
    return netFnLun >> 2 === NetFn.App && cmd === getMessageFlags.cmd;
  }

  #spend(flags: number, nowUs: number): void {
    this._attention = flags !== 0;
    this._flagsDueUs = nowUs + this._timing.attentionUs;
  }

  #fail(failure: Failure): Pace {
    this._failure = failure;
    this._state = State.Idle;
    return Pace.Failed;
  }
}
