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
  readonly #channels: (ChannelSummary | undefined)[] = [];
  #next = 0;
  /** How often `#next` was asked for without an answer. */
  #asked = 0;

  /** Whether the scan is through. */
  get known(): boolean {
    return this.#next >= CHANNELS;
  }

  at(channel: number): ChannelSummary | undefined {
    return this.known ? this.#channels[channel] : undefined;
  }

  mediumOf(channel: number): number | undefined {
    return this.at(channel)?.medium;
  }

  /** Forgets all: the firmware is another one. */
  reset(): void {
    this.#channels.length = 0;
    this.#next = 0;
    this.#asked = 0;
  }

  /** Asks for what is not known yet, then calls `done`. */
  scan(ask: Ask, knowsChannels: boolean, done: () => void): void {
    if (!knowsChannels) this.#assumeOne();
    if (this.#asked === ASKED_MAX) this.#advance();
    if (this.known) {
      done();
      return;
    }
    this.#asked++;
    const { cmd, request } = getChannelInfo;
    ask(cmd, request.encode({ channel: this.#next }), (answer) => {
      this.#take(answer);
      this.scan(ask, knowsChannels, done);
    });
  }

  #take(answer: Answer): void {
    if (answer.cc === Cc.InvalidCommand && this.#next === 0) {
      this.#assumeOne();
      return;
    }
    const [, medium, protocol] = answer.data;
    const known = answer.cc === Cc.Ok && answer.data.length >= MEDIUM_BYTES_MIN;
    if (known && medium !== undefined && protocol !== undefined) {
      this.#channels[this.#next] = { medium: medium & 0x7f, protocol: protocol & 0x1f };
    }
    this.#advance();
  }

  #advance(): void {
    this.#asked = 0;
    this.#next++;
  }

  /** One IPMB, as every BMC had it before channels could be asked for. */
  #assumeOne(): void {
    if (this.known) return;
    const primary = { medium: ChannelMedium.Ipmb, protocol: ChannelProtocol.Ipmb };
    this.#channels[Channel.PrimaryIpmb] = primary;
    this.#next = CHANNELS;
  }
}
