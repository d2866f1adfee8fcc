import { encodeIpmb, type IpmbFrame } from "../../ipmi/ipmb.ts";
import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { IpmbTiming } from "./timing.ts";

/** A request to another controller, without what the requester fills in. */
export type IpmbRequest = Pick<IpmbFrame, "to" | "toLun" | "netFn" | "cmd" | "data">;

/** IPMB has six bits for sequence numbers. @see IPMB 1.0 §2.11 */
const SEQUENCES = 64;

interface Asked {
  readonly frame: IpmbFrame;
  readonly message: Uint8Array;
  /** The response; undefined: none came. */
  readonly done: (response: IpmbFrame | undefined) => void;
  triesLeft: number;
  timer: Task | undefined;
}

export interface RequesterParts {
  readonly scheduler: Scheduler;
  readonly timing: IpmbTiming;
  /** 8-bit slave address. */
  readonly address: number;
  readonly send: (message: Uint8Array) => boolean;
}

/**
 * Asks other controllers. A request that is not answered is sent again with its number, so that a
 * responder can tell that it is the same; a number is given to another request only when it can stand
 * for the first one no more. @see IPMB 1.0 §2.11, §4
 */
export class IpmbRequester {
  /** Responses that answered nothing that is asked. */
  strays = 0;
  private readonly _parts: RequesterParts;
  private readonly _asked = new Map<number, Asked>();
  /** When each number is free again. */
  private readonly _freeAtUs = new Float64Array(SEQUENCES);
  private _next = 0;

  constructor(parts: RequesterParts) {
    this._parts = parts;
  }

  get outstanding(): number {
    return this._asked.size;
  }

  /**
   * Sends a request; `done` is called once. What becomes of it at first: nobody acknowledged, or every
   * number is in use, and then `done` is never called.
   */
  request(request: IpmbRequest, done: Asked["done"]): "sent" | "refused" | "full" {
    const sequence = this.#free();
    if (sequence === undefined) return "full";
    const frame = { ...request, from: this._parts.address, fromLun: 0, sequence };
    const message = encodeIpmb(frame);
    if (!this._parts.send(message)) return "refused";
    this._next = (sequence + 1) % SEQUENCES;
    const triesLeft = this._parts.timing.triesMax - 1;
    const asked: Asked = { frame, message, done, triesLeft, timer: undefined };
    this._asked.set(sequence, asked);
    this.#wait(asked, this._parts.timing.responseUs);
    return "sent";
  }

  /** Takes a response that came. */
  take(response: IpmbFrame): void {
    const asked = this._asked.get(response.sequence);
    if (asked === undefined || !answers(asked.frame, response)) {
      this.strays++;
      return;
    }
    this.#settle(asked, response);
  }

  /** The controller starts afresh: nobody waits any more. */
  restart(): void {
    for (const { timer } of this._asked.values()) timer?.cancel();
    this._asked.clear();
  }

  #free(): number | undefined {
    const nowUs = this._parts.scheduler.now();
    for (let tried = 0; tried < SEQUENCES; tried++) {
      const sequence = (this._next + tried) % SEQUENCES;
      const free = (this._freeAtUs[sequence] ?? 0) <= nowUs;
      if (free && !this._asked.has(sequence)) return sequence;
    }
    return undefined;
  }

  #wait(asked: Asked, us: number): void {
    const { scheduler } = this._parts;
    asked.timer = scheduler.at(scheduler.now() + us, "IPMB retry", () => this.#again(asked));
  }

  #again(asked: Asked): void {
    if (asked.triesLeft === 0) return this.#settle(asked, undefined);
    asked.triesLeft--;
    const { timing, send } = this._parts;
    this.#wait(asked, send(asked.message) ? timing.responseUs : timing.refusedUs);
  }

  #settle(asked: Asked, response: IpmbFrame | undefined): void {
    asked.timer?.cancel();
    const { sequence } = asked.frame;
    this._asked.delete(sequence);
    const { scheduler, timing } = this._parts;
    this._freeAtUs[sequence] = scheduler.now() + timing.sequenceLifeUs;
    asked.done(response);
  }
}

/** @see IPMB 1.0 §2.11 */
function answers(request: IpmbFrame, response: IpmbFrame): boolean {
  return (
    response.from === request.to &&
    response.fromLun === request.toLun &&
    response.toLun === request.fromLun &&
    response.netFn === (request.netFn | 1) &&
    response.cmd === request.cmd &&
    response.data.length > 0
  );
}
