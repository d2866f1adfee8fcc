import {
  isStatusCode,
  operationOf,
  SmicError,
  SmicFlag,
  SmicOperation,
  SmicStream,
  statusCode,
  streamOf,
} from "../../wire/smic/protocol.ts";
import type { SmicController } from "../../wire/smic/registers.ts";
import type { BmcMachine } from "../message-device.ts";

/** In the order of a transaction. @see IPMI 2.0 §10.5 */
const State = {
  /** No transfer: WR_START begins one. */
  Ready: 0,
  Writing: 1,
  /** The request is whole, and waits for the daemon to read it. */
  Received: 2,
  /** The daemon has read the request, and owes the response. */
  Executing: 3,
  /** The response lies ready; so many bytes of it were given. */
  Reading: 4,
  /** The last byte of the response was given, and RD_END is due. */
  ReadLast: 5,
} as const;
type State = (typeof State)[keyof typeof State];

/** Longest request taken; a longer one is met with 05h. IPMI asks for 40 at least (§6.13). */
export const SMIC_REQUEST_BYTES_MAX = 1_000;
const SMIC_RESPONSE_BYTES_MAX = 1_000;

/**
 * The BMC's side of the SMIC protocol, over a chip's registers. Each `turn` takes one control code.
 * Status code and data are written before BUSY is cleared, since the host trusts them from then on.
 * RX_DATA_RDY and TX_DATA_RDY fall only while BUSY is 1. @see IPMI 2.0 §10.4 to §10.11
 *
 * The SMI handler's stream (60h) is served as the system's software's (40h) is, with one transfer
 * at a time: whoever gives WR_START takes the interface, and the other one is told so.
 */
export class SmicBmc implements BmcMachine {
  /** Somebody is there to carry a request out; without, WR_END is met with 03h. */
  served = false;
  private readonly _controller: SmicController;
  private readonly _request = new Uint8Array(SMIC_REQUEST_BYTES_MAX);
  private _state: State = State.Ready;
  /** Whose the transfer is that runs, or was the last to run. */
  private _stream: SmicStream = SmicStream.Sms;
  private _received = 0;
  private _response: Uint8Array = new Uint8Array(0);
  private _sent = 0;
  /** The last error, for GET_STATUS. */
  private _error: number = SmicError.None;
  /** Why the last transfer cannot go on; 00h when it ended as it should. */
  private _broken: number = SmicError.None;
  private _ticket = 0;
  private _tag = 0;

  constructor(controller: SmicController) {
    this._controller = controller;
  }

  /** Power-on or hard reset: drops everything; the status code is READY. */
  reset(): void {
    this._state = State.Ready;
    this._stream = SmicStream.Sms;
    this._error = SmicError.None;
    this._broken = SmicError.None;
    this._controller.updateFlags(SmicFlag.SmsAtn | SmicFlag.TxDataRdy, 0);
    this.#ready(SmicStream.Sms, SmicError.None);
  }

  /** The host has set BUSY: there is a control code to take. */
  get pending(): boolean {
    return (this._controller.readFlags() & SmicFlag.Busy) !== 0;
  }

  onInput(run: () => void): void {
    this._controller.onBusy(run);
  }

  enableInterrupt(enabled: boolean): void {
    this._controller.enableInterrupt(enabled);
  }

  /**
   * SMS_ATN stands for every message flag of the system's software, as on the other interfaces:
   * the text of SMIC names the receive queue only, but leaves the watchdog's message interrupt no
   * other way to be seen. @see IPMI 2.0 §10.3.1, §22.2
   */
  setAttention(attention: boolean, interrupt: boolean): void {
    this._controller.updateFlags(SmicFlag.SmsAtn, attention ? SmicFlag.SmsAtn : 0);
    if (interrupt) this._controller.interrupt();
  }

  /** Takes the control code, if there is one. */
  turn(): void {
    if (!this.pending) return;
    const code = this._controller.readControl();
    const stream = streamOf(code);
    const operation = operationOf(code);
    const known = stream !== undefined && operation <= SmicOperation.ReadEnd;
    if (!known || isStatusCode(code)) {
      return this.#refuse(stream ?? SmicStream.Sms, SmicError.IllegalControl);
    }
    if (operation === SmicOperation.GetStatus) return this.#ready(stream, this._error);
    if (operation === SmicOperation.WriteStart) return this.#writeStart(stream);
    // The transfer that the code belongs to was interrupted by the other stream.
    if (stream !== this._stream) return this.#refuse(stream, SmicError.Aborted);
    if (!this.#inPhase(operation)) {
      return this.#refuse(stream, this._broken || SmicError.IllegalControl);
    }
    switch (operation) {
      case SmicOperation.WriteNext:
      case SmicOperation.WriteEnd:
        return this.#take(operation);
      case SmicOperation.ReadStart:
      case SmicOperation.ReadNext:
        return this.#give(operation);
      case SmicOperation.ReadEnd:
        this._state = State.Ready;
        return this.#ready(stream, SmicError.None);
    }
  }

  /** Meets the control code that waits with an error, whichever it is. */
  storm(): void {
    if (!this.pending) return;
    const stream = streamOf(this._controller.readControl());
    this.#refuse(stream ?? SmicStream.Sms, SmicError.Aborted);
  }

  /** Ends whatever runs. The host learns it from the answer to its next control code. */
  abort(): void {
    if (!this.#busy) return;
    // A host that waits for the response looks at nothing but RX_DATA_RDY.
    const awaited = this._state === State.Received || this._state === State.Executing;
    this.#end(awaited ? SmicError.NoResponse : SmicError.Aborted);
    if (awaited) this._controller.updateFlags(SmicFlag.RxDataRdy, SmicFlag.RxDataRdy);
  }

  /** A transfer or a request is in progress. */
  get #busy(): boolean {
    return this._state !== State.Ready;
  }

  /** The whole request that waits to be read, or undefined. */
  get request(): Uint8Array | undefined {
    if (this._state !== State.Received) return undefined;
    return this._request.subarray(0, this._received);
  }

  /** Names the present request. One that was ended awaits no response any more. */
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

  /** Has the response ready for the host. The request must have been read. */
  respond(response: Uint8Array): void {
    this._response = response;
    this._sent = 0;
    this._state = State.Reading;
    this._controller.tags.response = this._tag;
    this._controller.updateFlags(SmicFlag.RxDataRdy, SmicFlag.RxDataRdy);
  }

  fits(response: Uint8Array): boolean {
    return response.length <= SMIC_RESPONSE_BYTES_MAX;
  }

  /** Whether the transfer is where this operation comes next. */
  #inPhase(operation: number): boolean {
    switch (operation) {
      case SmicOperation.WriteNext:
      case SmicOperation.WriteEnd:
        return this._state === State.Writing;
      case SmicOperation.ReadStart:
        return this._state === State.Reading && this._sent === 0;
      case SmicOperation.ReadNext:
        return this._state === State.Reading && this._sent > 0;
      default:
        return this._state === State.ReadLast;
    }
  }

  #writeStart(stream: SmicStream): void {
    this._ticket++;
    this._tag = this._controller.tags.request;
    this._stream = stream;
    this._state = State.Writing;
    this._error = SmicError.None;
    this._broken = SmicError.None;
    this._request[0] = this._controller.readData();
    this._received = 1;
    this.#flags(SmicFlag.TxDataRdy);
    this.#answer(SmicOperation.WriteStart);
  }

  #take(operation: number): void {
    if (this._received === SMIC_REQUEST_BYTES_MAX) {
      return this.#refuse(this._stream, SmicError.BufferFull);
    }
    this._request[this._received++] = this._controller.readData();
    if (operation === SmicOperation.WriteNext) return this.#answer(operation);
    this.#flags(0);
    if (this.served) this._state = State.Received;
    else this.#end(SmicError.NoResponse);
    this.#answer(operation, this._error);
  }

  /** The status RD_END tells the host that this byte is the last one. */
  #give(operation: number): void {
    const byte = this._response[this._sent++] ?? 0;
    const last = this._sent === this._response.length;
    if (last) this._state = State.ReadLast;
    this.#answer(last ? SmicOperation.ReadEnd : operation, byte);
  }

  /** Answers READY with an error code; no transfer survives it. */
  #refuse(stream: SmicStream, error: number): void {
    this.#end(error);
    this.#ready(stream, error);
  }

  #end(error: number): void {
    this._state = State.Ready;
    this._error = error;
    this._broken = error;
  }

  /** READY always comes with RX_DATA_RDY. @see IPMI 2.0 §10.8 */
  #ready(stream: SmicStream, error: number): void {
    this._controller.updateFlags(SmicFlag.RxDataRdy, SmicFlag.RxDataRdy);
    this.#hand(statusCode(stream, SmicOperation.GetStatus), error);
  }

  #answer(operation: number, data?: number): void {
    this.#hand(statusCode(this._stream, operation), data);
  }

  /** Gives the registers back to the host. Without data, the byte there stays as it is. */
  #hand(code: number, data: number | undefined): void {
    this._controller.writeStatusCode(code);
    if (data !== undefined) this._controller.writeData(data);
    this._controller.clearBusy();
  }

  #flags(ready: number): void {
    this._controller.updateFlags(SmicFlag.TxDataRdy | SmicFlag.RxDataRdy, ready);
  }
}
