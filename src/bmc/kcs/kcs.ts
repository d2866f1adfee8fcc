import { REQUEST_BYTES_MIN } from "../../ipmi/message.ts";
import { Control, Phase, Status, StatusCode } from "../../wire/kcs/protocol.ts";
import type { KcsController } from "../../wire/kcs/registers.ts";
import type { BmcMachine } from "../message-device.ts";

/** In the order of a transaction. @see IPMI 2.0 §9.15, figures 9-6 to 9-8 */
const State = {
  Idle: 0,
  WriteStart: 1,
  WriteData: 2,
  WriteEnd: 3,
  /** The request is whole, and waits for the daemon to read it. */
  Received: 4,
  /** The daemon has read the request, and owes the response. */
  Executing: 5,
  Reading: 6,
  Abort1: 7,
  Abort2: 8,
  Error: 9,
} as const;
type State = (typeof State)[keyof typeof State];

/** Longest request taken; a longer one is a length error. IPMI asks for 40 at least (§6.13). */
export const KCS_REQUEST_BYTES_MAX = 1_000;
const KCS_RESPONSE_BYTES_MAX = 1_000;

/** What the host wrote last waits in the input register, and went to Command. @see IPMI 2.0 §9.7 */
const CONTROL_CODE = Status.Ibf | Status.Cd;

/**
 * The BMC's side of the KCS protocol, over a chip's registers. Each `turn` handles one input
 * interrupt. State bits always change while IBF is still set, before the input register is read,
 * since the host trusts them from the moment IBF falls. @see IPMI 2.0 §9.15
 */
export class KcsBmc implements BmcMachine {
  private readonly _controller: KcsController;
  private readonly _request = new Uint8Array(KCS_REQUEST_BYTES_MAX);
  /** Without anybody to carry requests out, each ends in ERROR. */
  served = false;
  private _state: State = State.Error;
  private _received = 0;
  private _response: Uint8Array = new Uint8Array(0);
  private _sent = 0;
  private _error: number = StatusCode.NoError;
  private _ticket = 0;
  private _tag = 0;

  constructor(controller: KcsController) {
    this._controller = controller;
  }

  /** Power-on or hard reset: drops everything; the state bits read ERROR. @see IPMI 2.0 §9.7 */
  reset(): void {
    this._state = State.Error;
    this._received = 0;
    this._ticket++;
    this._error = StatusCode.NoError;
    this._controller.updateStatus(Status.State | Status.SmsAtn, Phase.Error << 6);
  }

  /** Handles the byte in the input register; does nothing when there is none. */
  turn(): void {
    const status = this._controller.readStatus();
    if ((status & Status.Ibf) === 0) return;
    if ((status & Status.Cd) !== 0) this.#command();
    else this.#data();
  }

  /** Every byte, GET_STATUS/ABORT included, is met with ERROR and a zero byte. */
  storm(): void {
    this.#fail(StatusCode.Aborted);
  }

  /**
   * Ends what runs, in ERROR state, at any moment between two turns. A host that is getting out of
   * it by GET_STATUS/ABORT ends in IDLE all the same, and a control code that it has given meanwhile
   * is not swallowed: its own turn takes it. @see IPMI 2.0 §9.14
   */
  abort(): void {
    if (!this.#busy || this._state === State.Abort1 || this._state === State.Abort2) return;
    const isControlCode = (this._controller.readStatus() & CONTROL_CODE) === CONTROL_CODE;
    this.#fail(StatusCode.Aborted, isControlCode ? "stays" : "taken");
  }

  /** A transfer or a request is in progress. */
  get #busy(): boolean {
    return this._state !== State.Idle && this._state !== State.Error;
  }

  get pending(): boolean {
    return (this._controller.readStatus() & Status.Ibf) !== 0;
  }

  /** The whole request that waits to be read, or undefined. */
  get request(): Uint8Array | undefined {
    if (this._state !== State.Received) return undefined;
    return this._request.subarray(0, this._received);
  }

  /** Names the present request; changes whenever the host or the BMC ends it. */
  get ticket(): number {
    return this._ticket;
  }

  get tag(): number {
    return this._tag;
  }

  get awaitsResponse(): boolean {
    return this._state === State.Executing;
  }

  /** The daemon has read the request. */
  markRead(): void {
    if (this._state === State.Received) this._state = State.Executing;
  }

  /** Puts the response's first byte before the host. The request must have been read. */
  respond(response: Uint8Array): void {
    this._response = response;
    this._sent = 1;
    this._state = State.Reading;
    this._controller.tags.response = this._tag;
    this._controller.writeOutput(response[0] ?? 0);
  }

  fits(response: Uint8Array): boolean {
    return response.length <= KCS_RESPONSE_BYTES_MAX;
  }

  onInput(run: () => void): void {
    this._controller.onInput(run);
  }

  enableInterrupt(enabled: boolean): void {
    this._controller.enableInterrupt(enabled);
  }

  /**
   * Interrupts the host for attention by a dummy byte, unless one that the host has not taken yet
   * will make it look at SMS_ATN anyway. @see IPMI 2.0 §9.14
   */
  setAttention(attention: boolean, interrupt: boolean): void {
    this._controller.updateStatus(Status.SmsAtn, attention ? Status.SmsAtn : 0);
    if (!interrupt || this._state !== State.Idle) return;
    if ((this._controller.readStatus() & Status.Obf) === 0) this._controller.writeOutput(0);
  }

  #command(): void {
    this.#phase(Phase.Write);
    const code = this._controller.readInput();
    switch (code) {
      case Control.WriteStart:
        this._ticket++;
        this._tag = this._controller.tags.request;
        this._received = 0;
        this._error = StatusCode.NoError;
        return this.#enter(State.WriteStart);
      case Control.WriteEnd:
        if (this._state !== State.WriteStart && this._state !== State.WriteData) {
          return this.#fail(StatusCode.IllegalControl);
        }
        // A request has two bytes at least, and one of them is still to come.
        if (this._received < REQUEST_BYTES_MIN - 1) return this.#fail(StatusCode.LengthError);
        return this.#enter(State.WriteEnd);
      case Control.GetStatusAbort:
        if (this._error === StatusCode.NoError && this.#busy) this._error = StatusCode.Aborted;
        this._ticket++;
        return this.#enter(State.Abort1);
      default:
        return this.#fail(StatusCode.IllegalControl);
    }
  }

  #data(): void {
    switch (this._state) {
      case State.WriteStart:
      case State.WriteData:
        this.#phase(Phase.Write);
        if (!this.#store()) return;
        return this.#enter(State.WriteData);
      case State.WriteEnd:
        this.#phase(Phase.Read);
        if (!this.#store()) return;
        this._state = State.Received;
        if (!this.served) this.#fail(StatusCode.Aborted);
        return;
      case State.Reading:
        return this.#readNext();
      case State.Abort1:
        this.#phase(Phase.Read);
        this._controller.readInput();
        this._controller.writeOutput(this._error);
        this._state = State.Abort2;
        return;
      case State.Abort2:
        return this.#abortEnds();
      case State.Idle:
      case State.Received:
      case State.Executing:
      case State.Error:
        this.#phase(Phase.Error);
        this._controller.readInput();
        return this.#fail(StatusCode.IllegalControl);
    }
  }

  #readNext(): void {
    const next = this._response[this._sent];
    if (next === undefined) this.#phase(Phase.Idle);
    const code = this._controller.readInput();
    if (code !== Control.Read) return this.#fail(StatusCode.IllegalControl);
    if (next === undefined) return this.#enter(State.Idle);
    this._sent++;
    this._controller.writeOutput(next);
  }

  #abortEnds(): void {
    this.#phase(Phase.Idle);
    const code = this._controller.readInput();
    if (code !== Control.Read) return this.#fail(StatusCode.IllegalControl);
    this._error = StatusCode.NoError;
    this.#enter(State.Idle);
  }

  /** Takes a byte of the request; a request too long is a length error. */
  #store(): boolean {
    const byte = this._controller.readInput();
    if (this._received < KCS_REQUEST_BYTES_MAX) {
      this._request[this._received++] = byte;
      return true;
    }
    this.#fail(StatusCode.LengthError);
    return false;
  }

  /** A step of a transfer is done: the dummy byte tells the host, by interrupt or poll. */
  #enter(state: State): void {
    this._state = state;
    this._controller.writeOutput(0);
  }

  /** Every change to ERROR comes with a byte in the output register. @see IPMI 2.0 §9.14 */
  #fail(error: number, input: "taken" | "stays" = "taken"): void {
    this._error = error;
    this.#phase(Phase.Error);
    if (input === "taken" && this.pending) this._controller.readInput();
    this._state = State.Error;
    this._ticket++;
    this._controller.writeOutput(0);
  }

  #phase(phase: Phase): void {
    this._controller.updateStatus(Status.State, phase << 6);
  }
}
