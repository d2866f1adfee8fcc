import {
  isStatusCode,
  operationOf,
  SmicError,
  SmicFlag,
  SmicOperation,
  type SmicStream,
  statusCode,
  streamOf,
} from "../../wire/smic/protocol.ts";
import type { BmcTopics } from "../automaton.ts";
import { Topic } from "../dispatch.ts";
import type { BmcFace } from "../observer.ts";
import { Transfer } from "../transfer.ts";

/** Where a BMC is by the rules. @see IPMI 2.0 §10.5 */
export const BmcState = {
  /** Not known: at the start, after a reset, or while a wire fault hides the BMC. */
  Unknown: 0,
  /** No transfer. */
  Ready: 1,
  Writing: 2,
  /** The request is whole. */
  Executing: 3,
  Reading: 4,
  /** The last byte was given. */
  Last: 5,
} as const;
export type BmcState = (typeof BmcState)[keyof typeof BmcState];

/** One control code and what the BMC made of it. One object, used again for each. */
export class Handshake {
  code = 0;
  /** The byte that came with it; -1 when none did. */
  data = -1;
  /** The status code; -1 when none was given, or none was looked at. */
  status = -1;
  /** The byte that came with that; -1 when none did. */
  out = -1;
  /** The flags as BUSY fell. */
  flags = 0;
  from: BmcState = BmcState.Unknown;
  to: BmcState = BmcState.Unknown;
  /** Whose transfer was at hand before. */
  before: SmicStream | undefined;

  get stream(): SmicStream | undefined {
    return streamOf(this.code);
  }

  get operation(): number {
    return operationOf(this.code);
  }

  /** One of the codes of a transfer, of whichever stream. */
  get known(): boolean {
    const { code, stream, operation } = this;
    return stream !== undefined && operation <= SmicOperation.ReadEnd && !isStatusCode(code);
  }

  /** The BMC said READY, in the words of the stream that it was asked in. */
  get ready(): boolean {
    const stream = streamOf(this.code) ?? streamOf(this.status);
    return stream !== undefined && this.status === statusCode(stream, SmicOperation.GetStatus);
  }
}

/** What there is to tell on SMIC only. */
export function smicTopics() {
  return {
    /** The BMC has taken a control code and cleared BUSY. */
    handshake: new Topic<Handshake>("either"),
  };
}
export type SmicTopics = ReturnType<typeof smicTopics>;

/**
 * Follows the BMC through the protocol. It is fed by the BMC's own face of the wire when that is
 * tapped, else by what the host saw there.
 */
export class BmcView implements BmcFace {
  state: BmcState = BmcState.Unknown;
  /** Whose transfer it is that runs, or ran last; undefined when that is not known. */
  stream: SmicStream | undefined;
  /** The flags register as the BMC left it last; -1 before it was ever seen. */
  flags = -1;
  /** The host has set BUSY and the BMC has not cleared it. */
  busy = false;
  /** The BMC is in a reset or not there: nothing can be asked of it. */
  away = false;
  readonly exchange = new Transfer();
  private readonly _topics: BmcTopics & SmicTopics;
  private readonly _handshake = new Handshake();
  private _open = false;
  private _tag = 0;

  constructor(topics: BmcTopics & SmicTopics) {
    this._topics = topics;
  }

  get silent(): boolean {
    return this.state === BmcState.Executing && (this.flags & SmicFlag.RxDataRdy) === 0;
  }

  hasTaken(message: Uint8Array): boolean | undefined {
    if (this.state === BmcState.Unknown) return undefined;
    return this.state === BmcState.Executing && this.exchange.request.equals(message);
  }

  /** The handshake that runs has been given a status code. */
  get coded(): boolean {
    return this._handshake.status !== -1;
  }

  /** The handshake that runs has been given a data byte. */
  get given(): boolean {
    return this._handshake.out !== -1;
  }

  /** The status code given last. */
  get status(): number {
    return this._handshake.status;
  }

  /** Nothing that was known holds any longer. */
  forget(): void {
    this.state = BmcState.Unknown;
    this.stream = undefined;
    this.flags = -1;
    this.busy = false;
    this._open = false;
  }

  /** The BMC took a control code. */
  take(code: number, tag: number): void {
    const handshake = this._handshake;
    this._open = true;
    this.busy = true;
    this._tag = tag;
    handshake.code = code;
    handshake.data = -1;
    handshake.status = -1;
    handshake.out = -1;
  }

  takeData(value: number): void {
    this._handshake.data = value;
  }

  giveCode(value: number): void {
    this._handshake.status = value;
  }

  giveData(value: number): void {
    this._handshake.out = value;
  }

  /** The flags are so; a handshake that runs is over when BUSY is 0. */
  show(flags: number, nowUs: number): void {
    this.flags = flags;
    if ((flags & SmicFlag.Busy) !== 0) return;
    this.busy = false;
    if (this._open) this.#finish(nowUs);
    const ready = (flags & SmicFlag.RxDataRdy) !== 0;
    if (this.state === BmcState.Executing && ready) this.exchange.offered = true;
  }

  #finish(nowUs: number): void {
    const handshake = this._handshake;
    this._open = false;
    handshake.flags = this.flags;
    handshake.from = this.state;
    handshake.before = this.stream;
    handshake.to = next(handshake);
    this.#follow(handshake, nowUs);
    this.state = handshake.to;
    this._topics.handshake.tell(handshake);
    this.#conclude(handshake, nowUs);
  }

  /** What the handshake means for the exchange at hand, before the rules hear of it. */
  #follow(handshake: Handshake, nowUs: number): void {
    const { exchange } = this;
    const { operation, from, to } = handshake;
    if (operation === SmicOperation.WriteStart) {
      if (open(from)) this.#end(from === BmcState.Last, "host", nowUs);
      this.stream = handshake.stream;
      exchange.begin(nowUs, this._tag);
    }
    const writes = from === BmcState.Writing || operation === SmicOperation.WriteStart;
    if (writes && handshake.data !== -1) exchange.request.push(handshake.data);
    if (to === BmcState.Executing && from === BmcState.Writing) {
      exchange.sent = true;
      exchange.sentUs = nowUs;
    }
    const reads = to === BmcState.Reading || to === BmcState.Last;
    if (reads && handshake.out !== -1 && !handshake.ready) exchange.response.push(handshake.out);
  }

  #conclude({ from, to, operation }: Handshake, nowUs: number): void {
    if (to !== BmcState.Ready || !open(from)) return;
    if (operation === SmicOperation.WriteStart) return;
    this.#end(from === BmcState.Last, "bmc", nowUs);
  }

  #end(complete: boolean, by: "host" | "bmc", nowUs: number): void {
    this.exchange.end(nowUs, complete, by, this.flags);
    this._topics.exchange.tell(this.exchange);
  }
}

function open(state: BmcState): boolean {
  return state >= BmcState.Writing;
}

function next(handshake: Handshake): BmcState {
  const { stream, operation, from, status } = handshake;
  if (stream === undefined || !handshake.known) return broken(handshake);
  if (operation === SmicOperation.GetStatus) return from;
  if (operation === SmicOperation.WriteStart) {
    const started = status === -1 || status === statusCode(stream, operation);
    return started ? BmcState.Writing : BmcState.Ready;
  }
  // What a BMC does whose state nobody knows tells little.
  if (from === BmcState.Unknown) return BmcState.Unknown;
  if (handshake.ready || stream !== handshake.before) return BmcState.Ready;
  switch (operation) {
    case SmicOperation.WriteNext:
      return from;
    case SmicOperation.WriteEnd:
      if (from !== BmcState.Writing) return from;
      return handshake.out > SmicError.None ? BmcState.Ready : BmcState.Executing;
    case SmicOperation.ReadEnd:
      return BmcState.Ready;
    default:
      if (from !== BmcState.Executing && from !== BmcState.Reading) return from;
      return operationOf(status) === SmicOperation.ReadEnd ? BmcState.Last : BmcState.Reading;
  }
}

function broken({ from }: Handshake): BmcState {
  return from === BmcState.Unknown ? BmcState.Unknown : BmcState.Ready;
}
