import { Cc } from "../../ipmi/completion.ts";
import { RESPONSE_BIT } from "../../ipmi/message.ts";
import type { OpalFirmware } from "../../wire/opal/firmware.ts";
import { OPAL_PREFIX_BYTES, OPAL_RESPONSE_BYTES_MAX } from "../../wire/opal/protocol.ts";
import type { BmcMachine } from "../message-device.ts";

/** In the order of a transaction. */
const State = {
  Idle: 0,
  /** The request waits to be read. */
  Received: 1,
  Executing: 2,
} as const;
type State = (typeof State)[keyof typeof State];

/**
 * The BMC behind a firmware that carries whole messages. How the two talk to each other is not seen:
 * it is the firmware's own affair. There is no attention, and no interrupt of the BMC's.
 */
export class OpalBmc implements BmcMachine {
  served = false;
  private readonly _firmware: OpalFirmware;
  private _state: State = State.Idle;
  private _request: Uint8Array = new Uint8Array();
  private _ticket = 0;
  private _tag = 0;

  constructor(firmware: OpalFirmware) {
    this._firmware = firmware;
  }

  get pending(): boolean {
    return this._firmware.pending;
  }

  turn(): void {
    if (!this.pending) return;
    this._ticket++;
    this._tag = this._firmware.tags.request;
    this._request = this._firmware.take();
    this._state = State.Received;
    if (!this.served) this.#refuse();
  }

  /** There is no other error to meet it with. */
  storm(): void {
    this.turn();
  }

  abort(): void {
    if (this._state !== State.Idle) this.#refuse();
  }

  reset(): void {
    this._ticket++;
    this._state = State.Idle;
    this._firmware.reset();
  }

  get request(): Uint8Array | undefined {
    return this._state === State.Received ? this._request : undefined;
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
    this._state = State.Idle;
    // The host has sent another one since: nobody waits for this response.
    if (this.pending) return;
    this._firmware.tags.response = this._tag;
    this._firmware.give(response);
  }

  fits(response: Uint8Array): boolean {
    return response.length <= OPAL_RESPONSE_BYTES_MAX - OPAL_PREFIX_BYTES;
  }

  onInput(run: () => void): void {
    this._firmware.onRequest(run);
  }

  enableInterrupt(): void {}

  setAttention(): void {}

  #refuse(): void {
    const [netFnLun = 0, cmd = 0] = this._request;
    this._ticket++;
    this.respond(Uint8Array.of(netFnLun | RESPONSE_BIT, cmd, Cc.ResponseUnavailable));
  }
}
