import { BtControl } from "../../wire/bt/protocol.ts";

/** Whether BT_CTRL shows that the BMC may give no response yet; -1 is not known. */
export function isHeld(control: number): boolean {
  return control !== -1 && (control & (BtControl.HBusy | BtControl.B2hAtn)) !== 0;
}

/**
 * How long the host has kept the BMC from giving a response: with H_BUSY, or with one that it has not
 * taken. @see IPMI 2.0 §11.6.4
 */
export class HoldClock {
  private _sinceUs = -1;
  private _sumUs = 0;
  private _lookedUs = 0;

  /** The host looks, and sees BT_CTRL so: what holds the BMC up may do so since the look before. */
  looks(control: number, nowUs: number): void {
    const begins = this._sinceUs === -1;
    this.shows(control, nowUs);
    if (begins && this._sinceUs !== -1) this._sinceUs = this._lookedUs;
    this._lookedUs = nowUs;
  }

  /** BT_CTRL is so from now on; -1 not known. */
  shows(control: number, nowUs: number): void {
    const holds = isHeld(control);
    if (holds === (this._sinceUs !== -1)) return;
    this._sumUs = this.at(nowUs);
    this._sinceUs = holds ? nowUs : -1;
  }

  /** All such time until now, in µs. */
  at(nowUs: number): number {
    return this._sinceUs === -1 ? this._sumUs : this._sumUs + nowUs - this._sinceUs;
  }
}
