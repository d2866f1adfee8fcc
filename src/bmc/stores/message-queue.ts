/**
 * The receive message queue behind LUN 10b. Nothing in it is ever overwritten: what does not fit is
 * refused. One slot is kept free for each receiving channel that has no message in the queue, so
 * that a busy channel cannot shut out the others. @see IPMI 2.0 §6.12, §22.5-22.6
 */
export class MessageQueue {
  private readonly _capacity: number;
  private readonly _entries: Uint8Array[] = [];

  constructor(capacity: number) {
    this._capacity = capacity;
  }

  get length(): number {
    return this._entries.length;
  }

  /** Takes a message whose first byte names its channel; false when there is no room for it. */
  push(message: Uint8Array, receivingChannels: readonly number[]): boolean {
    const channel = channelOf(message);
    const waiting = new Set(this._entries.map(channelOf));
    const kept = receivingChannels.filter((other) => other !== channel && !waiting.has(other));
    if (this._entries.length + kept.length >= this._capacity) return false;
    this._entries.push(message);
    return true;
  }

  /** The oldest message. */
  get first(): Uint8Array | undefined {
    return this._entries[0];
  }

  /** The oldest message, removed; undefined when the queue is empty. */
  shift(): Uint8Array | undefined {
    return this._entries.shift();
  }

  clear(): void {
    this._entries.length = 0;
  }
}

function channelOf(message: Uint8Array): number {
  return (message[0] ?? 0) & 0x0f;
}
