import { Channel } from "../../ipmi/commands/app/channel.ts";
import {
  BMC_ADDRESS,
  encodeIpmb,
  encodeQueuedIpmb,
  type IpmbFrame,
  ipmbFrameIn,
  ipmbResponse,
  SMS_LUN,
} from "../../ipmi/ipmb.ts";
import { hex } from "../../ipmi/message.ts";
import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { IpmbPort } from "../../wire/ipmb/port.ts";

/** A management controller on the IPMB beside the BMC. */
export interface IpmbDevice {
  /** 8-bit slave address. */
  readonly address: number;
  /** From the request on the bus to the response on the bus, in µs. */
  readonly latencyUs: number;
  /** The completion code and the data of the response; undefined: it stays silent. */
  respond(request: IpmbFrame): Uint8Array | undefined;
}

interface BusParts {
  readonly scheduler: Scheduler;
  /** Controllers that are here, in this process. */
  readonly devices: readonly IpmbDevice[];
  /** The bus beyond them, if there is one. */
  readonly beyond: IpmbPort | undefined;
  /** Takes what arrives for the system software, without the leading address. */
  queue(message: Uint8Array): void;
  /** Hears what goes over the bus. */
  told(text: string): void;
}

/** The primary IPMB with the BMC as one of its masters. @see IPMI 2.0 §7 */
export class IpmbBus implements IpmbPort {
  private readonly _parts: BusParts;
  private readonly _devices: ReadonlyMap<number, IpmbDevice>;
  private readonly _pending = new Set<Task>();
  private _taken: (message: Uint8Array) => void = () => {};

  constructor(parts: BusParts) {
    this._parts = parts;
    this._devices = new Map(parts.devices.map((device) => [device.address, device]));
    parts.beyond?.receive((message) => this.#arrive(message));
  }

  /** Who gets what is not for the system software: the BMC itself. */
  receive(taken: (message: Uint8Array) => void): void {
    this._taken = taken;
  }

  /**
   * Puts a message on the bus as it is, unread and unchecked: only its first byte, the address,
   * matters to the bus. False when nobody acknowledges that address. @see IPMI 2.0 §7.3
   */
  send(message: Uint8Array): boolean {
    const device = this._devices.get(message[0] ?? BMC_ADDRESS);
    const acknowledged = device !== undefined || (this._parts.beyond?.send(message) ?? false);
    this._parts.told(`${acknowledged ? "taken" : "not taken"}: ${hex(message)}`);
    const frame = device === undefined ? undefined : ipmbFrameIn(message);
    if (device === undefined || frame === undefined) return acknowledged;
    const { scheduler } = this._parts;
    const task = scheduler.at(scheduler.now() + device.latencyUs, "IPMB response", () => {
      this._pending.delete(task);
      const data = device.respond(frame);
      if (data !== undefined) this.#arrive(encodeIpmb(ipmbResponse(frame, data)));
    });
    this._pending.add(task);
    return true;
  }

  /** The BMC itself starts afresh: what was under way to it is lost. */
  restart(): void {
    for (const task of this._pending) task.cancel();
    this._pending.clear();
  }

  /** A message for the BMC's LUN 10b is the system software's; the others are the BMC's own. */
  #arrive(message: Uint8Array): void {
    const frame = ipmbFrameIn(message);
    if (frame === undefined || frame.to !== BMC_ADDRESS) return this._taken(message);
    const queued = encodeQueuedIpmb(frame);
    this._parts.told(`came: ${hex(Uint8Array.of(Channel.PrimaryIpmb, ...queued))}`);
    if (frame.toLun === SMS_LUN) this._parts.queue(queued);
    else this._taken(message);
  }
}
