import { assert } from "../assert.ts";
import { RESPONSE_BIT } from "../ipmi/message.ts";

/**
 * How long a host waits for the BMC at the least: 5 s, less what its clock may differ from the
 * trace's. @see IPMI 2.0 §9.15
 */
export const HOST_WAIT_US = 4_950_000;

/** No interface carries more; what is longer is counted but not kept. */
const BYTES_MAX = 1_024;
/** Nearly all messages fit into this, and a match has dozens of such places. */
const BYTES_USUAL = 64;

/** Bytes gathered off the wire; the room for them is used again and again. */
export class Bytes {
  private _bytes = new Uint8Array(BYTES_USUAL);
  private _length = 0;
  private _copy: Uint8Array | undefined;

  /** The number of bytes seen. */
  get length(): number {
    return this._length;
  }

  push(value: number): void {
    const at = this._length++;
    this._copy = undefined;
    if (at >= BYTES_MAX) return;
    if (at === this._bytes.length) this.#makeRoom();
    this._bytes[at] = value;
  }

  clear(): void {
    this.shorten(0);
  }

  /** As it was when it had so many bytes. */
  shorten(length: number): void {
    this._length = Math.min(this._length, length);
    this._copy = undefined;
  }

  /** The byte at `index`; -1 when there is none. */
  at(index: number): number {
    return index < this._length ? (this._bytes[index] ?? -1) : -1;
  }

  /** As they are by now: one copy for all who keep it, and who leave it as it is. */
  copy(): Uint8Array {
    this._copy ??= this._bytes.slice(0, Math.min(this._length, BYTES_MAX));
    return this._copy;
  }

  #makeRoom(): void {
    const bytes = new Uint8Array(2 * this._bytes.length);
    bytes.set(this._bytes);
    this._bytes = bytes;
  }

  /** Whether the other bytes begin with these. */
  begin(other: Uint8Array): boolean {
    if (this._length > other.length) return false;
    for (let i = 0; i < this._length; i++) if (this.at(i) !== other[i]) return false;
    return true;
  }

  equals(other: Uint8Array, from = 0): boolean {
    if (this._length - from !== other.length) return false;
    for (let i = 0; i < other.length; i++) if (this.at(from + i) !== other[i]) return false;
    return true;
  }
}

/**
 * One request over the wire and what came of it. `netFn` and the others are the request's; -1
 * where it was too short to have one.
 */
export class Transfer {
  readonly request = new Bytes();
  readonly response = new Bytes();
  /** The request was sent to its last byte. */
  sent = false;
  /** The response was read to its end; false when the transfer was given up. */
  complete = false;
  /** It was the host that gave the transfer up. */
  abandoned = false;
  /** The BMC showed that it has a response, whether the host took any of it or not. */
  offered = false;
  /** The response was only read once more: the request was not sent again. */
  again = false;
  /** One of the same name was under way as it began: whose response is whose nobody can tell. */
  doubled = false;
  /** The number of the transfer, from 1; 0 before the first. */
  serial = 0;
  /** Whose request it is by the host's tag; 0 unknown. */
  tag = 0;
  startUs = 0;
  /** When the request's last byte was written. */
  sentUs = 0;
  /** How long the host waits for the response at the least. */
  patienceUs = HOST_WAIT_US;
  endUs = 0;
  /** How long the BMC had for its answer, without the time in which the host held it up. */
  waitedUs = 0;
  /** The status register at the end of the response. */
  endStatus = 0;

  begin(nowUs: number, tag: number): void {
    this.request.clear();
    this.response.clear();
    this.sent = false;
    this.complete = false;
    this.abandoned = false;
    this.offered = false;
    this.again = false;
    this.serial++;
    this.tag = tag;
    this.startUs = nowUs;
    this.sentUs = nowUs;
  }

  /** The response of this transfer, which is over, is being read once more. */
  beginAgain(nowUs: number): void {
    const { sentUs } = this;
    const request = this.request.copy();
    this.begin(nowUs, this.tag);
    for (const byte of request) this.request.push(byte);
    this.sent = true;
    this.sentUs = sentUs;
    this.again = true;
  }

  /** What looked like its end was none. */
  goOn(): void {
    this.complete = false;
    this.again = true;
  }

  /** `by`: whose doing the end is. */
  end(nowUs: number, complete: boolean, by: "host" | "bmc", status: number): void {
    assert(nowUs >= this.startUs, "a transfer ends after its start");
    this.endUs = nowUs;
    this.waitedUs = nowUs - this.sentUs;
    this.complete = complete;
    this.abandoned = !complete && by === "host";
    this.endStatus = status;
  }

  get netFn(): number {
    return this.request.at(0) >> 2;
  }
  get lun(): number {
    return this.request.at(0) & 3;
  }
  get cmd(): number {
    return this.request.at(1);
  }
  /** The response's completion code; -1 when there is none. */
  get cc(): number {
    return this.response.at(2);
  }

  /** It came to its end with a response of its own: one to another command answers nothing. */
  get answered(): boolean {
    return this.complete && this.responded;
  }

  /** What was read begins as a response of its own. */
  get responded(): boolean {
    const { request, response } = this;
    const own = response.at(0) === (request.at(0) | RESPONSE_BIT) && response.at(1) === this.cmd;
    return own && request.length >= 2 && response.length >= 3;
  }

  /**
   * The host may take what came for this command's answer, and may believe what it says: some hosts do
   * not look at the LUN that it came from.
   */
  passesFor(netFn: number, cmd: number): boolean {
    const { response } = this;
    const own = response.at(0) >> 2 === (netFn | 1) && response.at(1) === cmd;
    return this.complete && own && response.length >= 3 && this.netFn === netFn && this.cmd === cmd;
  }

  /** A complete transaction of this command, with a completion code. */
  answers(netFn: number, cmd: number): boolean {
    return this.netFn === netFn && this.cmd === cmd && this.answered;
  }

  /** The same, with completion code 00h. */
  succeeds(netFn: number, cmd: number): boolean {
    return this.answers(netFn, cmd) && this.cc === 0;
  }

  /** The response's data byte `index`, counted from 0 after the completion code. */
  data(index: number): number {
    return this.response.at(3 + index);
  }
}
