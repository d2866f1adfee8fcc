import { assert } from "../../assert.ts";
import type { Maker } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { Reply } from "./reply.ts";

/** Where a request goes. */
export type Address =
  | { readonly kind: "system-interface" }
  | IpmbAddress
  /** Known by name only: the stack refuses it. */
  | { readonly kind: "lan"; readonly channel: number };

/** A controller on an IPMB, reached through the BMC. @see IPMI 2.0 §6.13 */
export interface IpmbAddress {
  readonly kind: "ipmb";
  readonly channel: number;
  /** 8-bit slave address of the responder. */
  readonly address: number;
  /** The responder's LUN; default: the request's. */
  readonly lun?: number | undefined;
  /** To all on the bus, sent once; `address` is who is to answer. @see IPMI 2.0 §20.9 */
  readonly broadcast?: boolean;
}

/** What a user asks for. */
export interface RequestSpec {
  /** Even. */
  readonly netFn: number;
  readonly cmd: number;
  readonly data?: Uint8Array | undefined;
  /** Default 0. */
  readonly lun?: number | undefined;
  /** Default: the BMC itself. */
  readonly address?: Address | undefined;
  readonly priority?: "normal" | "high" | undefined;
  /** How often an IPMB message is sent again. */
  readonly retries?: number | undefined;
  /** How long an IPMB message's answer may take, each time. */
  readonly retryTimeMs?: number | undefined;
}

/** What a user gets for an accepted request: always exactly one. */
export interface Answer {
  readonly id: number;
  readonly netFn: number;
  readonly cmd: number;
  readonly cc: number;
  /** Who made `cc`: the same code means different things by maker. */
  readonly maker: Maker;
  /** After the completion code. */
  readonly data: Uint8Array;
}

/** Runs something later at the same time, from the scheduler. */
export type Deliver = (run: () => void) => void;

export interface RequestParts {
  readonly id: number;
  readonly spec: RequestSpec;
  /** The requests of the same user that are still owed an answer. */
  readonly live: Set<Request>;
  readonly tracer: Tracer;
  readonly deliver: Deliver;
  readonly onAnswer: (answer: Answer) => void;
}

/** An accepted request. It is live until it is answered, and that happens exactly once. */
export class Request {
  readonly id: number;
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly data: Uint8Array;
  private readonly _live: Set<Request>;
  private readonly _tracer: Tracer;
  private readonly _deliver: Deliver;
  private readonly _onAnswer: (answer: Answer) => void;

  constructor(parts: RequestParts) {
    this.id = parts.id;
    this.netFn = parts.spec.netFn;
    this.lun = parts.spec.lun ?? 0;
    this.cmd = parts.spec.cmd;
    this.data = parts.spec.data ?? new Uint8Array(0);
    this._live = parts.live;
    this._tracer = parts.tracer;
    this._deliver = parts.deliver;
    this._onAnswer = parts.onAnswer;
    this._live.add(this);
  }

  get answered(): boolean {
    return !this._live.has(this);
  }

  answer(reply: Reply): void {
    assert(!this.answered, "a request is answered once");
    this._live.delete(this);
    const { id, netFn, cmd } = this;
    const { cc, maker, data, tag } = reply;
    if (this._tracer.active) this._tracer.emit({ e: "answer", id, cc, maker, data, tag });
    this._deliver(() => this._onAnswer({ id, netFn, cmd, cc, maker, data }));
  }
}
