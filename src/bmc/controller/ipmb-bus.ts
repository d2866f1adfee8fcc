import { Channel } from "../../ipmi/commands/app/channel.ts";
import {
  BMC_ADDRESS,
  decodeIpmb,
  encodeQueuedIpmb,
  type IpmbFrame,
  ipmbResponse,
  SMS_LUN,
} from "../../ipmi/ipmb.ts";
import { hex, Malformed } from "../../ipmi/message.ts";
import type { Scheduler, Task } from "../../time/scheduler.ts";

/** A management controller on the IPMB beside the BMC. */
export interface IpmbDevice {
  /** 8-bit slave address. */
  readonly address: number;
  /** From the request on the bus to the response on the bus, in µs. */
  readonly latencyUs: number;
  /** The completion code and the data of the response; undefined: it stays silent. */
  respond(request: IpmbFrame): Uint8Array | undefined;
}

/** The primary IPMB with the BMC as one of its masters. @see IPMI 2.0 §7 */
export class IpmbBus {
  private readonly _scheduler: Scheduler;
  private readonly _devices: ReadonlyMap<number, IpmbDevice>;
  private readonly _queue: (message: Uint8Array) => void;
  private readonly _told: (text: string) => void;

  private readonly _pending = new Set<Task>();

  /**
   * `queue` takes what arrives for the system software, without the leading address; `told` hears what
   * goes over the bus.
   */
  constructor(
    scheduler: Scheduler,
    devices: readonly IpmbDevice[],
    queue: (message: Uint8Array) => void,
    told: (text: string) => void,
  ) {
    this._scheduler = scheduler;
    this._devices = new Map(devices.map((device) => [device.address, device]));
    this._queue = queue;
    this._told = told;
  }

  /**
   * Puts a message on the bus as it is, unread and unchecked: only its first byte, the address,
   * matters to the bus. False when nobody acknowledges that address. @see IPMI 2.0 §7.3
   */
  send(message: Uint8Array): boolean {
    const device = this._devices.get(message[0] ?? BMC_ADDRESS);
    this._told(`${device === undefined ? "not taken" : "taken"}: ${hex(message)}`);
    if (device === undefined) return false;
    const frame = readFrame(message);
    if (frame === undefined) return true;
    const atUs = this._scheduler.now() + device.latencyUs;
    const task = this._scheduler.at(atUs, "IPMB response", () => {
      this._pending.delete(task);
      const data = device.respond(frame);
      if (data !== undefined) this.#comes(ipmbResponse(frame, data));
    });
    this._pending.add(task);
    return true;
  }

  /** The BMC itself starts afresh: what was under way to it is lost. */
  restart(): void {
    for (const task of this._pending) task.cancel();
    this._pending.clear();
  }

  #comes(frame: IpmbFrame): void {
    const text = hex(Uint8Array.of(Channel.PrimaryIpmb, ...encodeQueuedIpmb(frame)));
    this._told(`came: ${text}`);
    this.#arrive(frame);
  }

  /** A message for the BMC's LUN 10b is the system software's; others were not asked for. */
  #arrive(frame: IpmbFrame): void {
    if (frame.to !== BMC_ADDRESS || frame.toLun !== SMS_LUN) return;
    this._queue(encodeQueuedIpmb(frame));
  }
}

/** A device drops what is not a whole frame with right checksums. @see IPMB 1.0 §2.11 */
function readFrame(message: Uint8Array): IpmbFrame | undefined {
  try {
    return decodeIpmb(message);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
