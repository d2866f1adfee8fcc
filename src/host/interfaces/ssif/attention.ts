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

/**
 * What SMS_ATN is on other interfaces. SSIF has none: there is attention when the BMC pulls
 * SMBALERT#, while the flags that were read last are not all clear, and when they were not read for
 * long, since not every BMC has an alert line. @see IPMI 2.0 §12
 */
export class SsifAttention {
  readonly #bus: SmbusPort;
  readonly #address: number;
  readonly #timing: SsifAttentionTiming;
  #level = false;
  #flagsDueUs = 0;
  #alertRestUntilUs = 0;

  constructor(bus: SmbusPort, address: number, timing: SsifAttentionTiming) {
    this.#bus = bus;
    this.#address = address;
    this.#timing = timing;
  }

  /** Whether the BMC is to be asked for its flags. The bus must be free. */
  wanted(nowUs: number): boolean {
    if (this.alerted(nowUs)) this.#level = true;
    return this.#level || nowUs >= this.#flagsDueUs;
  }

  /** An alert was the BMC's, and not for the response that was awaited. */
  raise(): void {
    this.#level = true;
  }

  /**
   * Asks who pulls the alert line, if somebody does; true when it is the BMC, which then lets it
   * go. A line that somebody else pulls, or nobody, is left alone for a while.
   * @see SMBus 2.0 Appendix A
   */
  alerted(nowUs: number): boolean {
    if (!this.#bus.alert || nowUs < this.#alertRestUntilUs) return false;
    const asked = this.#bus.start((ALERT_RESPONSE_ADDRESS << 1) | READ_BIT);
    const address = asked === Bus.Ack ? this.#bus.read(false) : asked;
    if (address !== Bus.Lost) this.#bus.stop();
    if (address <= 0xff && address >> 1 === this.#address) return true;
    this.#alertRestUntilUs = nowUs + this.#timing.alertRestUs;
    return false;
  }

  /** A request goes out; one for the flags spends the attention. */
  begun(request: Uint8Array, nowUs: number): void {
    if (asksFlags(request)) this.#spend(0, nowUs);
  }

  /** Its response came. */
  ended(request: Uint8Array, response: Uint8Array, nowUs: number): void {
    const [, , cc, flags = 0] = response;
    if (asksFlags(request) && cc === Cc.Ok) this.#spend(flags, nowUs);
  }

  #spend(flags: number, nowUs: number): void {
    this.#level = flags !== 0;
    this.#flagsDueUs = nowUs + this.#timing.attentionUs;
  }
}

function asksFlags([netFnLun = 0, cmd]: Uint8Array): boolean {
  return netFnLun >> 2 === NetFn.App && cmd === getMessageFlags.cmd;
}
