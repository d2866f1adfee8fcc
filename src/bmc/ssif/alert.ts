import type { SmbusSlave } from "../../wire/smbus/port.ts";

/**
 * SMBALERT# and its causes: a response that waits, and attention. The host asks who pulls the line,
 * and it is let go then, whatever the cause was; if there were two, the second is told of when the
 * first has been dealt with. @see IPMI 2.0 §12, SMBus 2.0 Appendix A
 */
export class SsifAlert {
  private readonly _slave: SmbusSlave;
  private _response = false;
  private _attention = false;
  /** The host was told of both at once, and looks for the response first. */
  private _owed = false;

  constructor(slave: SmbusSlave) {
    this._slave = slave;
  }

  setResponse(waits: boolean): void {
    if (!waits && this._owed) {
      this._attention = true;
      this._owed = false;
    }
    this._response = waits;
    this.#update();
  }

  setAttention(on: boolean): void {
    this._attention = on;
    this._owed = this._owed && on;
    this.#update();
  }

  /** The host has asked, and the line was let go. */
  taken(): void {
    this._owed = this._response && this._attention;
    this._response = false;
    this._attention = false;
  }

  reset(): void {
    this.taken();
    this._owed = false;
    this.#update();
  }

  #update(): void {
    this._slave.setAlert(this._response || this._attention);
  }
}
