import {
  Channel,
  ChannelMedium,
  ChannelProtocol,
  getChannelInfo,
} from "../../ipmi/commands/app/channel.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { Ask } from "../messages/ask.ts";
import type { Answer } from "../messages/request.ts";

/** Channels 0 to Fh. @see IPMI 2.0 §6.3 */
const CHANNELS = 16;
/** How often a channel is asked for whose answer never came, since the interface failed. */
const ASKED_MAX = 2;
const MEDIUM_BYTES_MIN = 3;

/** What one channel of the BMC is, as numbers. @see IPMI 2.0 §6.3 to §6.5 */
export interface ChannelSummary {
  readonly medium: number;
  readonly protocol: number;
}

/** What the BMC's channels are. The scan goes on where it stopped when the BMC was lost. */
export class Channels {
  private readonly _channels: (ChannelSummary | undefined)[] = [];
  private _next = 0;
  /** How often `#next` was asked for without an answer. */
  private _asked = 0;
  /** A question of the scan is open; and the BMC has become another since. */
  private _open = false;
  private _stale = false;

  /** Whether the scan is through. */
  get known(): boolean {
    return this._next >= CHANNELS;
  }

  at(channel: number): ChannelSummary | undefined {
    return this.known ? this._channels[channel] : undefined;
  }

  mediumOf(channel: number): number | undefined {
    return this.at(channel)?.medium;
  }

  /** Forgets all: the firmware is another one. */
  reset(): void {
    this._channels.length = 0;
    this._next = 0;
    this._asked = 0;
    this._stale = this._open;
  }

  /** No answer to what is open will be heard. */
  abandon(): void {
    this._open = false;
    this._stale = false;
  }

  /**
   * Asks for what is not known yet, then calls `done`. One question at a time: while a scan runs, it
   * goes on with what was forgotten meanwhile, and another one is not begun.
   */
  scan(ask: Ask, knowsChannels: () => boolean, done: () => void): void {
    if (this._open) return;
    if (!knowsChannels()) this.#assumeOne();
    if (this._asked === ASKED_MAX) this.#advance();
    if (this.known) {
      done();
      return;
    }
    this._asked++;
    this._open = true;
    const { cmd, request } = getChannelInfo;
    ask(cmd, request.encode({ channel: this._next }), (answer) => {
      // What was asked of a BMC that is another by now is asked once more.
      const stale = this._stale;
      this.abandon();
      if (stale) this._asked = 0;
      else this.#take(answer);
      this.scan(ask, knowsChannels, done);
    });
  }

  #take(answer: Answer): void {
    if (answer.cc === Cc.InvalidCommand && this._next === 0) {
      this.#assumeOne();
      return;
    }
    const [, medium, protocol] = answer.data;
    const known = answer.cc === Cc.Ok && answer.data.length >= MEDIUM_BYTES_MIN;
    if (known && medium !== undefined && protocol !== undefined) {
      this._channels[this._next] = { medium: medium & 0x7f, protocol: protocol & 0x1f };
    }
    this.#advance();
  }

  #advance(): void {
    this._asked = 0;
    this._next++;
  }

  /** One IPMB, as every BMC had it before channels could be asked for. */
  #assumeOne(): void {
    if (this.known) return;
    const primary = { medium: ChannelMedium.Ipmb, protocol: ChannelProtocol.Ipmb };
    this._channels[Channel.PrimaryIpmb] = primary;
    this._next = CHANNELS;
  }
}
