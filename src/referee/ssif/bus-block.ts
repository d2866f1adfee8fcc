import type { BusOp, BusOutcome } from "../../trace/events.ts";
import { pec } from "../../wire/smbus/pec.ts";
import { ALERT_RESPONSE_ADDRESS, READ_BIT } from "../../wire/smbus/protocol.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";
import { Bytes } from "../transfer.ts";

/** A host that waits for a response asks for it again within this time. */
export const ASKS_AGAIN_US = 500_000;

/** Where a byte that was not wanted stood. */
export type Refused = "address" | "command" | "read address" | "count" | "data";

/** How a block came to its end. */
export type BlockEnd =
  /** With as many bytes as its count says, or more. */
  | "whole"
  /** The slave did not want something; `refused` says what. */
  | "refused"
  /** The master left off before the count was reached. */
  | "cut"
  /** Another master won the bus. */
  | "lost"
  /** The clock was held low for too long. */
  | "timeout";

/** One block write or read, as one face of the bus saw it. One object, used again for each. */
export class BusBlock {
  /** The first byte after the address; -1 when none came. */
  command = -1;
  /** The slave was addressed for reading, too. */
  reads = false;
  /** -1 when none came. */
  count = -1;
  /** What came after the count: `count` bytes, and what followed them. */
  readonly bytes = new Bytes();
  end: BlockEnd = "cut";
  refused: Refused | undefined;
  /** The byte read last was acknowledged: more were wanted. */
  lastAcknowledged = false;
  /** The block ended with a STOP, not with the START of the next. */
  stopped = false;
  startUs = 0;
  endUs = 0;
  tag = 0;
  /** A wire fault stood between the faces: what one saw the other need not have. */
  disturbed = false;
  /** The packet error code that belongs behind the bytes. */
  pec = 0;

  /** Bytes of data, without what followed them. */
  get dataLength(): number {
    return Math.min(this.bytes.length, Math.max(this.count, 0));
  }

  /** Bytes behind the data: one is a packet error code. */
  get extra(): number {
    return this.bytes.length - this.dataLength;
  }

  /** A packet error code came, and it is wrong. */
  get badPec(): boolean {
    return this.extra > 0 && this.bytes.at(this.dataLength) !== this.pec;
  }

  /** All of it is there, and nothing more but a right packet error code. */
  get usable(): boolean {
    return this.end === "whole" && this.extra <= 1 && !this.badPec;
  }
}

/** What comes next in a transaction with the BMC. */
const State = {
  /** The bus is free, or another device's. */
  Free: 0,
  Command: 1,
  /** The count of a write, or the repeated START of a read. */
  Count: 2,
  Data: 3,
  /** The count of a read. */
  ReadCount: 4,
  ReadData: 5,
  /** The master asked who pulls the alert line. */
  Alert: 6,
} as const;
type State = (typeof State)[keyof typeof State];

export interface BlockListener {
  /** The command of a block came; its count and bytes have not. */
  blockBegins(block: BusBlock): void;
  blockEnds(block: BusBlock): void;
  /** Bytes were asked for with no command before: the address came for reading at once. */
  strayRead?(): void;
  /** The alert response address gave this address byte. */
  alertRead?(value: number): void;
}

/** Makes blocks of the steps of one face. @see SMBus 2.0 §5.5.7 */
export class BlockReader {
  readonly block = new BusBlock();
  private readonly _listener: BlockListener;
  private _state: State = State.Free;
  private _pec = 0;

  constructor(listener: BlockListener) {
    this._listener = listener;
  }

  /** A block was begun, and neither a STOP nor another START has ended it. */
  get running(): boolean {
    return this._state !== State.Free && this._state !== State.Alert;
  }

  /** What was under way is not known any more. */
  forget(): void {
    this._state = State.Free;
  }

  step(op: BusOp, value: number, outcome: BusOutcome, nowUs: number, tag: number): void {
    if (op === "start") this.#start(value, outcome, nowUs, tag);
    else if (op === "stop") this.#stop(nowUs);
    else if (outcome === "lost" || outcome === "timeout") this.#end(outcome, nowUs);
    else if (op === "write") this.#write(value, outcome === "ack", nowUs, tag);
    else this.#read(value, outcome === "ack");
  }

  #start(addressByte: number, outcome: BusOutcome, nowUs: number, tag: number): void {
    const reads = (addressByte & READ_BIT) !== 0;
    const own = addressByte >> 1 === SSIF_ADDRESS;
    if (own && reads && this._state === State.Count) {
      this.block.reads = true;
      this._pec = pec(this._pec, addressByte);
      this._state = State.ReadCount;
      if (outcome !== "ack") this.#notWanted("read address", outcome, nowUs);
      return;
    }
    this.#finish(false, nowUs);
    this._state = State.Free;
    if (reads && addressByte >> 1 === ALERT_RESPONSE_ADDRESS) this._state = State.Alert;
    if (own && reads) this._listener.strayRead?.();
    if (!own || reads) return;
    const { block } = this;
    block.command = -1;
    block.reads = false;
    block.count = -1;
    block.bytes.clear();
    block.end = "cut";
    block.refused = undefined;
    block.startUs = nowUs;
    block.tag = tag;
    this._pec = pec(0, addressByte);
    this._state = State.Command;
    if (outcome !== "ack") this.#notWanted("address", outcome, nowUs);
  }

  #write(value: number, ack: boolean, nowUs: number, tag: number): void {
    const { block } = this;
    const before = this._pec;
    this._pec = pec(before, value);
    switch (this._state) {
      case State.Command:
        block.command = value;
        block.tag = tag;
        this._state = State.Count;
        this._listener.blockBegins(block);
        if (!ack) this.#notWanted("command", "nack", nowUs);
        return;
      case State.Count:
        block.count = value;
        this._state = State.Data;
        if (!ack) this.#notWanted("count", "nack", nowUs);
        return;
      case State.Data:
        if (block.bytes.length === block.count) block.pec = before;
        block.bytes.push(value);
        if (!ack) this.#notWanted("data", "nack", nowUs);
        return;
      default:
        return;
    }
  }

  #read(value: number, acknowledged: boolean): void {
    const { block } = this;
    block.lastAcknowledged = acknowledged;
    if (this._state === State.Alert) this._listener.alertRead?.(value);
    if (this._state === State.ReadData) {
      if (block.bytes.length === block.count) block.pec = this._pec;
      block.bytes.push(value);
    }
    if (this._state === State.ReadCount) {
      block.count = value;
      this._state = State.ReadData;
    }
    this._pec = pec(this._pec, value);
  }

  #stop(nowUs: number): void {
    this.#finish(true, nowUs);
    this._state = State.Free;
  }

  #finish(stopped: boolean, nowUs: number): void {
    if (this._state === State.Free || this._state === State.Alert) return;
    const { block } = this;
    block.stopped = stopped;
    const whole = block.count >= 0 && block.bytes.length >= block.count;
    this.#end(whole ? "whole" : "cut", nowUs);
  }

  #notWanted(what: Refused, outcome: BusOutcome, nowUs: number): void {
    if (outcome === "lost" || outcome === "timeout") return this.#end(outcome, nowUs);
    this.block.refused = what;
    this.#end("refused", nowUs);
  }

  #end(end: BlockEnd, nowUs: number): void {
    if (this._state === State.Free || this._state === State.Alert) return;
    this._state = State.Free;
    this.block.end = end;
    this.block.endUs = nowUs;
    this._listener.blockEnds(this.block);
  }
}
