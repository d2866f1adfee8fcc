import { assert } from "../../assert.ts";

/** Where one request is. */
export const RequestPhase = {
  /** It waits for the daemon to read it. */
  Received: 0,
  /** The daemon has read it, and owes the response. */
  Executing: 1,
  /** It was answered, aborted, or its time is up. */
  Over: 2,
} as const;
export type RequestPhase = (typeof RequestPhase)[keyof typeof RequestPhase];

/** One request that was taken from the host. */
export class BtRequest {
  phase: RequestPhase = RequestPhase.Over;
  /** Names this request and no other; 0 none. */
  ticket = 0;
  /** The transaction's tag; 0 unknown. */
  tag = 0;
  seq = 0;
  /** NetFn/LUN, Cmd, data. */
  message: Uint8Array = new Uint8Array(0);
  /** From now on it must not be answered any more, in µs. @see IPMI 2.0 §11.4 */
  expiresUs = 0;
}

/** More than any BMC has open at a time; what is over stays known as long as it fits in here. */
const REMEMBERED = 16;
export const OUTSTANDING_MAX = REMEMBERED / 2;

/** The requests that a BMC has taken, the latest ones of them. */
export class BtRequests {
  private readonly _requests = Array.from({ length: REMEMBERED }, () => new BtRequest());
  private _lastTicket = 0;

  /** A new request, in the place of the oldest that is over. */
  add(): BtRequest {
    const request = this.#first(RequestPhase.Over);
    assert(request !== undefined, "fewer requests are open than there are places");
    request.ticket = ++this._lastTicket;
    request.phase = RequestPhase.Received;
    return request;
  }

  /** The request with that ticket, as long as it is known. */
  find(ticket: number): BtRequest | undefined {
    return this._requests.find((request) => ticket !== 0 && request.ticket === ticket);
  }

  /** The first request that waits to be read. */
  get unread(): BtRequest | undefined {
    return this.#first(RequestPhase.Received);
  }

  /** Requests that are neither answered nor over. */
  get open(): readonly BtRequest[] {
    return this._requests.filter((request) => request.phase !== RequestPhase.Over);
  }

  /** Ends those whose time is up. */
  expire(nowUs: number): void {
    for (const request of this.open) {
      if (nowUs >= request.expiresUs) request.phase = RequestPhase.Over;
    }
  }

  #first(phase: RequestPhase): BtRequest | undefined {
    let first: BtRequest | undefined;
    for (const request of this._requests) {
      if (request.phase !== phase) continue;
      if (first === undefined || request.ticket < first.ticket) first = request;
    }
    return first;
  }
}
