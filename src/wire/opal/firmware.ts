import { REQUEST_BYTES_MIN } from "../../ipmi/message.ts";
import type { TransactionTags } from "../registers/port.ts";
import { nothing, type OpalPort, type OpalReceived } from "./port.ts";
import {
  OPAL_PREFIX_BYTES,
  OPAL_REQUEST_BYTES_MAX,
  OPAL_REQUEST_BYTES_MIN,
  OPAL_VERSION,
  type OpalCode,
} from "./protocol.ts";

const NONE = new Uint8Array();

/**
 * The firmware between a host and its BMC, as far as IPMI goes: it has room for one request and its
 * response. A request that comes while another is under way takes its place.
 * @see OPAL API, OPAL_IPMI_SEND (107), OPAL_IPMI_RECV (108)
 */
export class OpalFirmware implements OpalPort {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  private readonly _request = new Uint8Array(OPAL_REQUEST_BYTES_MAX);
  private _requestLength = 0;
  private _response: Uint8Array = NONE;
  private _level = false;
  private _input: () => void = nobody;
  private _changed: (level: boolean) => void = nobody;

  send(message: Uint8Array): OpalCode {
    if (message.length < OPAL_REQUEST_BYTES_MIN) return "parameter";
    if (message[0] !== OPAL_VERSION) return "unsupported";
    if (message.length > OPAL_REQUEST_BYTES_MAX) return "parameter";
    this._request.set(message.subarray(OPAL_PREFIX_BYTES));
    this._requestLength = message.length - OPAL_PREFIX_BYTES;
    this.#keep(NONE);
    this._input();
    return "success";
  }

  /** A response for which the caller has no room is thrown away, as one of another version is. */
  recv(version: number, room: number): OpalReceived {
    const response = this._response;
    if (response.length === 0) return nothing("empty");
    this.#keep(NONE);
    if (version !== OPAL_VERSION) return nothing("unsupported");
    const length = OPAL_PREFIX_BYTES + response.length;
    if (room < length) return nothing("resource");
    const message = new Uint8Array(length);
    message[0] = OPAL_VERSION;
    message.set(response, OPAL_PREFIX_BYTES);
    return { code: "success", length, message };
  }

  /** The host's OPAL event: there is a response to fetch. */
  onEvent(changed: (level: boolean) => void): void {
    this._changed = changed;
  }

  /** A request waits for the BMC to take it. */
  get pending(): boolean {
    return this._requestLength >= REQUEST_BYTES_MIN;
  }

  /** Called each time that the host gives a request. */
  onRequest(run: () => void): void {
    this._input = run;
  }

  /** The BMC takes the request; its copy of it. */
  take(): Uint8Array {
    const request = this._request.slice(0, this._requestLength);
    this._requestLength = 0;
    return request;
  }

  /** The BMC gives its response. */
  give(response: Uint8Array): void {
    this.#keep(response);
  }

  /** Nothing that was under way is any more. */
  reset(): void {
    this._requestLength = 0;
    this.#keep(NONE);
  }

  #keep(response: Uint8Array): void {
    this._response = response;
    const level = response.length > 0;
    if (level === this._level) return;
    this._level = level;
    this._changed(level);
  }
}

function nobody(): void {}
