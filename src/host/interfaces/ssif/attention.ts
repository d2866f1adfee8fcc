import { NetFn } from "../../../ipmi/command-table.ts";
import { getMessageFlags } from "../../../ipmi/commands/app/messaging.ts";
import { Cc } from "../../../ipmi/completion.ts";
import { Bus, type SmbusPort } from "../../../wire/smbus/port.ts";
import { ALERT_RESPONSE_ADDRESS, READ_BIT } from "../../../wire/smbus/protocol.ts";

export interface SsifAttentionTiming {
  /** From one Get Message Flags to the next when nothing says that there is a cause. */
  readonly attentionUs: number;
  /** How long SMBALERT# is not looked at when it is pulled by nobody here. */
  readonly alertRestUs: number;
}

/** So many alerts may announce no response before a pause is taken in full. */
const VAIN_ALERTS_MAX = 4;

/**
 * What SMS_ATN is on other interfaces. SSIF has none: there is attention when the BMC pulls
 * SMBALERT#, while the flags that were read last are not all clear, and when they were not read for
 * long, since not every BMC has an alert line. @see IPMI 2.0 §12
 */
export class SsifAttention {
  private readonly _bus: SmbusPort;
  private readonly _address: number;
  private readonly _timing: SsifAttentionTiming;
  private _level = false;
  private _flagsDueUs = 0;
  private _alertRestUntilUs = 0;
  /** How many alerts a response was looked for at, since a request was begun or a pause was over. */
  private _vain = 0;

  constructor(bus: SmbusPort, address: number, timing: SsifAttentionTiming) {
    this._bus = bus;
    this._address = address;
    this._timing = timing;
  }

  /** Whether the BMC is to be asked for its flags. The bus must be free. */
  wanted(nowUs: number): boolean {
    if (this.alerted(nowUs)) this._level = true;
    return this._level || nowUs >= this._flagsDueUs;
  }

  /** An alert was the BMC's, and not for the response that was awaited. */
  raise(): void {
    this._level = true;
  }

  /**
   * Whether an alert says that the response is there. `paused`: the host looks for it now anyway. A
   * BMC that alerts on and on, and has none, does not keep the host from its pauses.
   */
  announces(nowUs: number, paused: boolean): boolean {
    if (paused) this._vain = 0;
    if (this._vain === VAIN_ALERTS_MAX || !this.alerted(nowUs)) return false;
    this._vain++;
    return true;
  }

  /**
   * Asks who pulls the alert line, if somebody does; true when it is the BMC, which then lets it
   * go. A line that somebody else pulls, or nobody, is left alone for a while.
   * @see SMBus 2.0 Appendix A
   */
  alerted(nowUs: number): boolean {
    if (!this._bus.alert || nowUs < this._alertRestUntilUs) return false;
    const asked = this._bus.start((ALERT_RESPONSE_ADDRESS << 1) | READ_BIT);
    const address = asked === Bus.Ack ? this._bus.read(false) : asked;
    if (address !== Bus.Lost) this._bus.stop();
    if (address <= 0xff && address >> 1 === this._address) return true;
    this._alertRestUntilUs = nowUs + this._timing.alertRestUs;
    return false;
  }

  /** A request goes out; one for the flags spends the attention. */
  begun(request: Uint8Array, nowUs: number): void {
    this._vain = 0;
    if (asksFlags(request)) this.#spend(0, nowUs);
  }

  /** Its response came. */
  ended(request: Uint8Array, response: Uint8Array, nowUs: number): void {
    const [, , cc, flags = 0] = response;
    if (asksFlags(request) && cc === Cc.Ok) this.#spend(flags, nowUs);
  }

  #spend(flags: number, nowUs: number): void {
    this._level = flags !== 0;
    this._flagsDueUs = nowUs + this._timing.attentionUs;
  }
}

function asksFlags([netFnLun = 0, cmd]: Uint8Array): boolean {
  return netFnLun >> 2 === NetFn.App && cmd === getMessageFlags.cmd;
}
