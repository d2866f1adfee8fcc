import type {
  DeviceError,
  DeviceHandle,
  Incoming,
  InterfaceDevice,
  Result,
  WhenClosed,
} from "../../bmc/index.ts";
import { MILLISECOND_US, type Scheduler } from "../../time/scheduler.ts";
import { Ask } from "./carrier-protocol.ts";
import type { CarrierLine } from "./line.ts";

/** Requests of the driver's device. @see Linux, include/uapi/linux/ipmi_bmc.h */
const Ioctl = { SetAttention: 0xb100, ClearAttention: 0xb101, ForceAbort: 0xb102 } as const;
const Errno = { Busy: 16, Overflow: 75 } as const;
const MESSAGE_BYTES_MIN = 3;
/** How often we look whether there is something to be read. */
const LOOK_US = MILLISECOND_US;

/** Stops and restarts the BMC's processor. */
export type Power = (on: boolean) => void;

/**
 * The device of a real kernel's driver, as the daemon opens it: each call is a system call in the
 * guest. What the driver does while it is closed is its own affair, and it knows no tickets.
 */
export class DriverDevice implements InterfaceDevice {
  private readonly _line: CarrierLine;
  private readonly _scheduler: Scheduler;
  private readonly _power: Power;
  private _opener: DriverHandle | undefined;
  private _powered = true;
  /** What waits for the processor to go on. */
  private _deferred: (() => void)[] = [];

  constructor(line: CarrierLine, scheduler: Scheduler, power: Power) {
    this._line = line;
    this._scheduler = scheduler;
    this._power = power;
  }

  open(onReadable: () => void): Result<DeviceHandle> {
    const second = this._opener !== undefined;
    const { value } = this._line.ask(second ? Ask.OpenAgain : Ask.Open);
    if (value === -Errno.Busy) return refused("BUSY");
    if (value < 0) return refused("CLOSED");
    // Two at a time is what the driver must not allow; the second is closed again at once.
    if (second) return { ok: true, value: new DriverHandle(this, this._line, () => {}) };
    this._line.readable = false;
    this._opener = new DriverHandle(this, this._line, onReadable);
    this.#lookOn(this._opener);
    return { ok: true, value: this._opener };
  }

  /** The driver is as it is. */
  set whenClosed(_behaviour: WhenClosed) {}

  set powered(on: boolean) {
    if (on === this._powered) return;
    this._powered = on;
    this._power(on);
    if (!on) return;
    const deferred = this._deferred;
    this._deferred = [];
    for (const run of deferred) run();
  }

  get powered(): boolean {
    return this._powered;
  }

  /** The kernel is not booted again: the daemon is gone, and its device closed. */
  reset(): void {
    this.dropOpener();
  }

  dropOpener(): void {
    if (this._opener !== undefined) this.release(this._opener);
  }

  abort(): void {
    this._opener?.abort();
  }

  owns(handle: DriverHandle): boolean {
    return this._opener === handle;
  }

  release(handle: DriverHandle): void {
    if (this._opener !== handle) return;
    this._opener = undefined;
    this.whenPowered(() => void this._line.ask(Ask.Close));
  }

  /** Nothing runs in the guest while its processor stands: it is done when that goes on. */
  whenPowered(run: () => void): void {
    if (this._powered) run();
    else this._deferred.push(run);
  }

  #lookOn(handle: DriverHandle): void {
    this._scheduler.at(this._scheduler.now() + LOOK_US, "driver's device", () => {
      if (this._opener !== handle) return;
      if (this._powered) handle.look();
      this.#lookOn(handle);
    });
  }
}

/** An opener of the driver's device. */
class DriverHandle implements DeviceHandle {
  private readonly _device: DriverDevice;
  private readonly _line: CarrierLine;
  private readonly _onReadable: () => void;
  private _ticket = 0;
  /** What the driver was told last; undefined: what an earlier opener left. */
  private _attention: boolean | undefined;

  constructor(device: DriverDevice, line: CarrierLine, onReadable: () => void) {
    this._device = device;
    this._line = line;
    this._onReadable = onReadable;
  }

  look(): void {
    this._line.look();
    if (this._line.readable) this._onReadable();
  }

  read(bytesMax: number): Result<Incoming> {
    if (!this.#usable) return refused("CLOSED");
    this._line.readable = false;
    const { value, bytes } = this._line.ask(Ask.Read, word(bytesMax));
    if (value === -Errno.Overflow) return refused("BUFFER_TOO_SMALL");
    if (value < 0) return refused("AGAIN");
    this._ticket++;
    return { ok: true, value: { ticket: this._ticket, tag: 0, message: bytes } };
  }

  /** The driver takes it for the request that it has, whichever was meant. */
  write(_ticket: number, response: Uint8Array): Result<void> {
    if (!this.#usable) return refused("CLOSED");
    const { value } = this._line.ask(Ask.Write, response);
    if (value >= 0) return { ok: true, value: undefined };
    return refused(response.length < MESSAGE_BYTES_MIN ? "TOO_SHORT" : "NOT_AWAITED");
  }

  poll(): { readonly readable: boolean; readonly writable: boolean } {
    return { readable: this.#usable && this._line.readable, writable: this.#usable };
  }

  abort(): Result<void> {
    return this.#ioctl(Ioctl.ForceAbort);
  }

  setAttention(attention: boolean): Result<void> {
    if (attention === this._attention) return { ok: true, value: undefined };
    this._attention = attention;
    return this.#ioctl(attention ? Ioctl.SetAttention : Ioctl.ClearAttention);
  }

  /** The model of the chip has no interrupt to the host. */
  enableInterrupt(): Result<void> {
    return { ok: true, value: undefined };
  }

  close(): void {
    this._device.release(this);
  }

  get #usable(): boolean {
    return this._device.owns(this) && this._device.powered;
  }

  #ioctl(request: number): Result<void> {
    if (!this._device.owns(this)) return refused("CLOSED");
    this._device.whenPowered(() => void this._line.ask(Ask.Ioctl, word(request)));
    return { ok: true, value: undefined };
  }
}

/** What the driver is asked by to end the transfer, as `Ask.Ioctl` takes it. */
export function abortWord(): Uint8Array {
  return word(Ioctl.ForceAbort);
}

function refused<T>(error: DeviceError): Result<T> {
  return { ok: false, error };
}

function word(value: number): Uint8Array {
  return Uint8Array.from([0, 8, 16, 24], (shift) => (value >>> shift) & 0xff);
}
