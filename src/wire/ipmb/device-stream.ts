import type { StreamEnd } from "../stream/line.ts";
import type { IpmbPort } from "./port.ts";

/** A length byte says no more. */
const MESSAGE_BYTES_MAX = 255;

/**
 * An IPMB over a stream, in the form of Linux's `ipmb-dev-int`: each message behind a byte with its length.
 * Whether somebody acknowledges cannot be seen there.
 */
export class IpmbDeviceStream implements IpmbPort {
  private readonly _stream: StreamEnd;
  private _taken: (message: Uint8Array) => void = () => {};
  private _came: number[] = [];

  constructor(stream: StreamEnd) {
    this._stream = stream;
    stream.receive((bytes) => this.#take(bytes));
  }

  receive(taken: (message: Uint8Array) => void): void {
    this._taken = taken;
  }

  send(message: Uint8Array): boolean {
    if (message.length > MESSAGE_BYTES_MAX) return false;
    this._stream.write(Uint8Array.of(message.length, ...message));
    return true;
  }

  #take(bytes: Uint8Array): void {
    this._came.push(...bytes);
    for (;;) {
      const [length = 0] = this._came;
      if (this._came.length === 0 || this._came.length <= length) return;
      const message = Uint8Array.from(this._came.splice(0, length + 1).slice(1));
      if (message.length > 0) this._taken(message);
    }
  }
}
