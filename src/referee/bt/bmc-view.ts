import { BtControl } from "../../wire/bt/protocol.ts";
import type { BmcTopics } from "../automaton.ts";
import type { BmcFace } from "../observer.ts";
import { Bytes, type Transfer } from "../transfer.ts";
import { Frame } from "./frame.ts";
import { HoldClock, isHeld } from "./hold-clock.ts";
import { OpenTransfers } from "./open-transfers.ts";
import type { BtTopics } from "./topics.ts";

/** No daemon has more requests before it. */
const TAKEN_MAX = 16;

/**
 * Follows the BMC through the protocol. It is fed by the BMC's own face of the wire when that is
 * tapped, else by what the host saw there.
 */
export class BmcView implements BmcFace {
  /** BT_CTRL by what both sides did to it, or as the host saw it; -1 not known. */
  control = -1;
  away = false;
  readonly exchanges: OpenTransfers;
  private readonly _held = new HoldClock();
  /** What was taken out of the FIFO since B_BUSY rose. */
  readonly input = new Frame();
  /** What was put into the FIFO since B2H_ATN rose. */
  readonly output = new Frame();
  /** The requests taken last, whatever became of them. */
  private readonly _taken = Array.from({ length: TAKEN_MAX }, () => new Bytes());
  private _takenCount = 0;
  /** When the host began to write what is in the FIFO; of its bytes the BMC's face shows the reads. */
  writtenSinceUs = Number.POSITIVE_INFINITY;
  private readonly _topics: BmcTopics & BtTopics;

  constructor(topics: BmcTopics & BtTopics) {
    this._topics = topics;
    this.exchanges = new OpenTransfers((exchange) => topics.exchange.tell(exchange), this._held);
  }

  get exchange(): Transfer {
    return this.exchanges.open.at(-1) ?? this.exchanges.last;
  }

  /** Nobody is, while the host has not taken what was said before. */
  get silent(): boolean {
    const waits = this.exchanges.open.length > 0 && this.output.bytes.length === 0;
    return waits && !isHeld(this.control);
  }

  hasTaken(message: Uint8Array): boolean | undefined {
    if (this._taken.some((each) => each.equals(message))) return true;
    return this._takenCount === 0 && this.input.bytes.length === 0 ? undefined : false;
  }

  forget(): void {
    for (const each of this._taken) each.clear();
    this._takenCount = 0;
    this.control = -1;
    this.input.bytes.clear();
    this.output.bytes.clear();
    this.exchanges.forget();
  }

  /** A wire fault fired or ended: what the host did to BT_CTRL nobody can tell. */
  blur(): void {
    this.control = -1;
  }

  /** BT_CTRL was seen so by the host. */
  seen(control: number, nowUs: number): void {
    this.control = control;
    this._held.shows(control, nowUs);
  }

  /** The host wrote these bits, and they arrived. */
  hostWrote(bits: number, nowUs: number): void {
    if (this.control === -1) return;
    this.control &= ~(bits & (BtControl.B2hAtn | BtControl.SmsAtn));
    this.control |= bits & (BtControl.H2bAtn | BtControl.Oem0);
    this.control ^= bits & BtControl.HBusy;
    this._held.shows(this.control, nowUs);
  }

  /** The BMC changed BT_CTRL to this. */
  changed(control: number, nowUs: number): void {
    const before = this.control;
    this.control = control;
    this._held.shows(control, nowUs);
    const rose = before === -1 ? 0 : control & ~before;
    if ((rose & BtControl.BBusy) !== 0) this.input.bytes.clear();
    // That the host took what was there before may have gone unseen: then nothing rises.
    const unseen = before === -1 && this.output.bytes.length > 0;
    const risen = unseen || this.output.whole ? control : rose;
    if ((risen & BtControl.B2hAtn) === 0) return;
    this.gave(this.output, nowUs, control);
    this.output.bytes.clear();
  }

  /** The BMC took a byte out of the FIFO. */
  readFifo(value: number, nowUs: number): void {
    if (this.input.whole) this.input.bytes.clear();
    this.input.bytes.push(value);
    if (this.input.whole) this.took(this.input, nowUs, 0);
  }

  /** The BMC put a byte into the FIFO. */
  writeFifo(value: number): void {
    this.output.bytes.push(value);
  }

  /** The BMC has taken a whole frame. */
  took(frame: Frame, nowUs: number, tag: number): void {
    if (!frame.named) return;
    this.exchanges.begin(frame, this.writtenSinceUs, nowUs, tag);
    const taken = this._taken[this._takenCount++ % TAKEN_MAX];
    taken?.clear();
    if (taken !== undefined) frame.copyMessage(taken);
  }

  /** The BMC has given a whole frame, or what it takes for one. */
  gave(frame: Frame, nowUs: number, control: number): void {
    this._topics.given.tell(frame);
    const exchange = this.exchanges.answeredBy(frame);
    if (exchange !== undefined) this.exchanges.answer(exchange, frame, nowUs, control);
  }

  /** The application read a whole request. */
  requestRead(tag: number, message: Uint8Array): void {
    const exchange = this.exchanges.open.find((each) => {
      return each.tag === 0 && each.request.equals(message);
    });
    if (exchange !== undefined) exchange.tag = tag;
  }
}
