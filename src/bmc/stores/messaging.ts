import { assert } from "../../assert.ts";
import { GlobalEnable, MessageFlag } from "../../ipmi/commands/app/messaging.ts";
import { MessageQueue } from "./message-queue.ts";

/** After power-up and system reset events are logged and nothing else is on. */
const ENABLES_DEFAULT = GlobalEnable.SystemEventLogging;
const ENABLES_WRITABLE =
  GlobalEnable.ReceiveMessageQueueInterrupt |
  GlobalEnable.EventMessageBufferFullInterrupt |
  GlobalEnable.EventMessageBuffer |
  GlobalEnable.SystemEventLogging |
  GlobalEnable.Oem0 |
  GlobalEnable.Oem1 |
  GlobalEnable.Oem2;

/** Each channel may have two messages waiting. @see IPMI 2.0 §6.12 */
const SLOTS_PER_CHANNEL = 2;
const EVENT_BYTES = 16;
/** What stands before a queued message in the response of Get Message: its header. */
export const MESSAGE_OVERHEAD_BYTES = 3;

export interface MessagingOptions {
  /** Channels that may put messages into the receive message queue. */
  readonly channels: readonly number[];
  /** Those of them that receive from the start. */
  readonly receiving: readonly number[];
  /** Longest message, channel byte and all, that Get Message can return. */
  readonly messageBytesMax: number;
  readonly eventBuffer: boolean;
  /** False when the event message buffer's interrupt is another's than the system software's. */
  readonly eventBufferForSms: boolean;
  /** Enable bits that this platform cannot clear. */
  readonly stuckEnables: number;
  /** A message was taken into the queue. */
  queued(message: Uint8Array): void;
  /** The flags or the enables are not what they were. */
  changed(): void;
}

/**
 * What the BMC has to say to the system software, and whether it may interrupt for it: the receive
 * message queue, the event message buffer, the watchdog's pre-timeout, and the global enables.
 * @see IPMI 2.0 §22.1-22.8
 */
export class Messaging {
  private readonly _options: MessagingOptions;
  private readonly _queue: MessageQueue;
  private readonly _receiving = new Set<number>();
  private _enables: number = ENABLES_DEFAULT;
  private _event: Uint8Array | undefined;
  private _pretimeout = false;
  /** What a broken platform hands out again and again. */
  private _sticky: "event-buffer" | "receive-queue" | undefined;
  /** Flags and enables as `changed` was last told of. */
  private _told: number;

  constructor(options: MessagingOptions) {
    this._options = options;
    this._queue = new MessageQueue(SLOTS_PER_CHANNEL * options.channels.length);
    for (const channel of options.receiving) this._receiving.add(channel);
    this._enables |= options.stuckEnables;
    this._told = this.#fingerprint();
  }

  get enables(): number {
    return this._enables;
  }

  /** True causes, as Get Message Flags shows them. */
  get flags(): number {
    const receive = this._queue.length > 0 ? MessageFlag.ReceiveMessageAvailable : 0;
    const event = this._event !== undefined ? MessageFlag.EventMessageBufferFull : 0;
    return receive | event | (this._pretimeout ? MessageFlag.WatchdogPretimeout : 0);
  }

  /** Those flags that are the system software's business, and so set SMS_ATN. */
  get attention(): number {
    return this._options.eventBufferForSms
      ? this.flags
      : this.flags & ~MessageFlag.EventMessageBufferFull;
  }

  /** Whether a cause of attention stands whose interrupt is enabled. */
  get attentionInterrupt(): boolean {
    const byReceive = MessageFlag.ReceiveMessageAvailable | MessageFlag.WatchdogPretimeout;
    const receive =
      (this._enables & GlobalEnable.ReceiveMessageQueueInterrupt) !== 0 ? byReceive : 0;
    const event =
      (this._enables & GlobalEnable.EventMessageBufferFullInterrupt) !== 0
        ? MessageFlag.EventMessageBufferFull
        : 0;
    return (this.attention & (receive | event)) !== 0;
  }

  /** Takes new enables; false when they ask for an event message buffer that does not exist. */
  setEnables(enables: number): boolean {
    const buffer = GlobalEnable.EventMessageBuffer | GlobalEnable.EventMessageBufferFullInterrupt;
    if (!this._options.eventBuffer && (enables & buffer) !== 0) return false;
    this._enables = (enables & ENABLES_WRITABLE) | this._options.stuckEnables;
    if ((this._enables & GlobalEnable.EventMessageBuffer) === 0) this._event = undefined;
    this.#tell();
    return true;
  }

  clearFlags(flags: number): void {
    if ((flags & MessageFlag.ReceiveMessageAvailable) !== 0) this._queue.clear();
    if ((flags & MessageFlag.EventMessageBufferFull) !== 0) this._event = undefined;
    if ((flags & MessageFlag.WatchdogPretimeout) !== 0) this._pretimeout = false;
    this.#tell();
  }

  clearPretimeout(): void {
    this.clearFlags(MessageFlag.WatchdogPretimeout);
  }

  raisePretimeout(): void {
    this._pretimeout = true;
    this.#tell();
  }

  /** Puts an event into the buffer, if that is enabled and free; it is never overwritten. */
  offerEvent(record: Uint8Array): void {
    assert(record.length === EVENT_BYTES, "an event is a record of 16 bytes");
    if ((this._enables & GlobalEnable.EventMessageBuffer) === 0 || this._event !== undefined)
      return;
    this._event = record;
    this.#tell();
  }

  /** The event in the buffer, taken out of it. */
  takeEvent(): Uint8Array | undefined {
    const event = this._event;
    if (this._sticky === "event-buffer") return event;
    this._event = undefined;
    if (event !== undefined) this.#tell();
    return event;
  }

  /** Lets what is fetched stay where it is, as a broken platform does; undefined: no longer. */
  set sticky(what: "event-buffer" | "receive-queue" | undefined) {
    this._sticky = what;
  }

  /** Takes a message whose first byte names its channel; false when it is refused. */
  queueMessage(message: Uint8Array): boolean {
    assert(message.length > 0, "a queued message names its channel");
    if (message.length > this._options.messageBytesMax) return false;
    const channel = (message[0] ?? 0) & 0x0f;
    if (!this._receiving.has(channel)) return false;
    if (!this._queue.push(message, [...this._receiving])) return false;
    this._options.queued(message);
    this.#tell();
    return true;
  }

  takeMessage(): Uint8Array | undefined {
    if (this._sticky === "receive-queue") return this._queue.first;
    const message = this._queue.shift();
    if (message !== undefined) this.#tell();
    return message;
  }

  hasChannel(channel: number): boolean {
    return this._options.channels.includes(channel);
  }

  isReceiving(channel: number): boolean {
    return this._receiving.has(channel);
  }

  setReceiving(channel: number, receiving: boolean): void {
    assert(this.hasChannel(channel), "only an existing channel is switched");
    if (receiving) this._receiving.add(channel);
    else this._receiving.delete(channel);
  }

  /** The system was reset or powered up; queued messages and the pre-timeout flag stay. */
  systemReset(): void {
    this._enables = ENABLES_DEFAULT | this._options.stuckEnables;
    this._event = undefined;
    this.#tell();
  }

  /** The BMC itself starts afresh. */
  restart(): void {
    this._queue.clear();
    this._pretimeout = false;
    this._receiving.clear();
    for (const channel of this._options.receiving) this._receiving.add(channel);
    this.systemReset();
  }

  #tell(): void {
    const now = this.#fingerprint();
    if (now === this._told) return;
    this._told = now;
    this._options.changed();
  }

  #fingerprint(): number {
    return (this.flags << 8) | this._enables;
  }
}
