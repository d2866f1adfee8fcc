import { encodeIpmb, type IpmbFrame, ipmbResponse } from "../../ipmi/ipmb.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import type { IpmbTiming } from "./timing.ts";

export interface ResponderParts {
  readonly scheduler: Scheduler;
  readonly timing: IpmbTiming;
  readonly send: (message: Uint8Array) => boolean;
  /** Carries a request out: completion code and data; undefined: it is not answered. */
  readonly execute: (request: IpmbFrame) => Uint8Array | undefined;
}

interface Answered {
  readonly request: IpmbFrame;
  readonly response: Uint8Array | undefined;
  readonly untilUs: number;
}

/** More requesters at a time than a bus has; the oldest answers are forgotten. */
const REMEMBERED_MAX = 64;

/**
 * Answers other controllers. A request that has the number of one that was carried out is that one again,
 * as long as the number stands for it: it gets the same response, and is not carried out twice.
 * @see IPMB 1.0 §2.11, §4
 */
export class IpmbResponder {
  /** Requests that were sent again and not carried out again. */
  duplicates = 0;
  private readonly _parts: ResponderParts;
  private _answered: readonly Answered[] = [];

  constructor(parts: ResponderParts) {
    this._parts = parts;
  }

  take(request: IpmbFrame): void {
    const nowUs = this._parts.scheduler.now();
    this._answered = this._answered.filter(({ untilUs }) => untilUs > nowUs);
    const before = this._answered.find((each) => isSame(each.request, request));
    if (before === undefined) return this.#answer(request, nowUs);
    this.duplicates++;
    if (before.response !== undefined) this._parts.send(before.response);
  }

  /** The controller starts afresh, and remembers nothing. */
  restart(): void {
    this._answered = [];
  }

  #answer(request: IpmbFrame, nowUs: number): void {
    const { execute, send, timing } = this._parts;
    const data = execute(request);
    const response = data === undefined ? undefined : encodeIpmb(ipmbResponse(request, data));
    const untilUs = nowUs + timing.sequenceLifeUs;
    this._answered = [...this._answered, { request, response, untilUs }].slice(-REMEMBERED_MAX);
    if (response !== undefined) send(response);
  }
}

/** The number is the requester's own, so who asked counts, and what. */
function isSame(one: IpmbFrame, other: IpmbFrame): boolean {
  return (
    one.from === other.from &&
    one.fromLun === other.fromLun &&
    one.sequence === other.sequence &&
    one.netFn === other.netFn &&
    one.toLun === other.toLun &&
    one.cmd === other.cmd &&
    one.data.length === other.data.length &&
    one.data.every((byte, at) => byte === other.data[at])
  );
}
