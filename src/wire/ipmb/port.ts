import { type Scheduler, SECOND_US } from "../../time/scheduler.ts";

/** An IPMB as a controller on it finds it: whole messages, the receiver's address first. */
export interface IpmbPort {
  /** Puts a message on the bus as its master. False when nobody acknowledged. @see IPMB 1.0 §2 */
  send(message: Uint8Array): boolean;
  /** Who gets what others send to this controller, or to all. One receiver; the last one stays. */
  receive(taken: (message: Uint8Array) => void): void;
}

/** The general call address, by which a broadcast reaches all. @see IPMI 2.0 §20.9 */
export const BROADCAST_ADDRESS = 0x00;

/** What a segment may do to a message: undefined is one that is acknowledged, and lost. */
export type SegmentFault = (message: Uint8Array) => Uint8Array | undefined;

export interface SegmentOptions {
  /** In Hz. A byte has nine clocks with its acknowledgement. */
  readonly clockHz?: number;
  readonly fault?: SegmentFault;
}

const CLOCKS_PER_BYTE = 9;
const CLOCK_HZ = 100_000;

/** An IPMB in anybody's time: a message arrives when its last byte has, and one goes at a time. */
export class IpmbSegment {
  private readonly _scheduler: Scheduler;
  private readonly _options: SegmentOptions;
  private readonly _ports = new Map<number, SegmentPort>();
  private _idleAtUs = 0;

  constructor(scheduler: Scheduler, options: SegmentOptions = {}) {
    this._scheduler = scheduler;
    this._options = options;
  }

  /** A controller's place on the bus, by its 8-bit address. */
  attach(address: number): IpmbPort {
    const port = new SegmentPort((message) => this.#send(address, message));
    this._ports.set(address, port);
    return port;
  }

  /** A controller that is gone acknowledges nothing. */
  detach(address: number): void {
    this._ports.delete(address);
  }

  #send(from: number, message: Uint8Array): boolean {
    const to = message[0] ?? BROADCAST_ADDRESS;
    const others = [...this._ports].filter(([address]) => address !== from);
    const heard = others.filter(([address]) => to === BROADCAST_ADDRESS || to === address);
    if (heard.length === 0) return false;
    const { clockHz = CLOCK_HZ, fault } = this._options;
    const us = Math.ceil((message.length * CLOCKS_PER_BYTE * SECOND_US) / clockHz);
    this._idleAtUs = Math.max(this._idleAtUs, this._scheduler.now()) + us;
    const arrives = fault === undefined ? message : fault(message);
    if (arrives === undefined) return true;
    this._scheduler.at(this._idleAtUs, "IPMB message", () => {
      for (const [, port] of heard) port.deliver(arrives);
    });
    return true;
  }
}

class SegmentPort implements IpmbPort {
  readonly send: (message: Uint8Array) => boolean;
  private _taken: (message: Uint8Array) => void = () => {};

  constructor(send: (message: Uint8Array) => boolean) {
    this.send = send;
  }

  receive(taken: (message: Uint8Array) => void): void {
    this._taken = taken;
  }

  deliver(message: Uint8Array): void {
    this._taken(message);
  }
}
