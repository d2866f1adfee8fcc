import { type DeviceHandle, type Incoming, type Result, refused } from "./device.ts";

/** What a device does for its opener, as long as it is the one that has the device open. */
export interface OpenedDevice {
  owns(opener: Opener): boolean;
  release(opener: Opener): void;
  read(bytesMax: number): Result<Incoming>;
  write(ticket: number, response: Uint8Array): Result<void>;
  /** A request waits to be read. */
  readonly readable: boolean;
  /** A response is awaited. */
  readonly writable: boolean;
  abort(): Result<void>;
  setAttention(attention: boolean, interrupt: boolean, news: boolean): Result<void>;
  enableInterrupt(enabled: boolean): Result<void>;
}

/** An opener's handle: dead from the moment that the device is no longer its own. */
export class Opener implements DeviceHandle {
  readonly onReadable: () => void;
  private readonly _device: OpenedDevice;

  constructor(device: OpenedDevice, onReadable: () => void) {
    this._device = device;
    this.onReadable = onReadable;
  }

  read(bytesMax: number): Result<Incoming> {
    return this.#open ? this._device.read(bytesMax) : refused("CLOSED");
  }

  write(ticket: number, response: Uint8Array): Result<void> {
    return this.#open ? this._device.write(ticket, response) : refused("CLOSED");
  }

  poll(): { readonly readable: boolean; readonly writable: boolean } {
    const { readable, writable } = this._device;
    return { readable: this.#open && readable, writable: this.#open && writable };
  }

  abort(): Result<void> {
    return this.#open ? this._device.abort() : refused("CLOSED");
  }

  setAttention(attention: boolean, interrupt: boolean, news = false): Result<void> {
    if (!this.#open) return refused("CLOSED");
    return this._device.setAttention(attention, interrupt, news);
  }

  enableInterrupt(enabled: boolean): Result<void> {
    return this.#open ? this._device.enableInterrupt(enabled) : refused("CLOSED");
  }

  close(): void {
    this._device.release(this);
  }

  get #open(): boolean {
    return this._device.owns(this);
  }
}
