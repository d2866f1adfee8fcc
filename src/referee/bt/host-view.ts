import { BtControl } from "../../wire/bt/protocol.ts";
import type { HostTopics } from "../automaton.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { HostFace, Turn } from "../observer.ts";
import type { Transfer } from "../transfer.ts";
import { HOST_WAIT_US } from "../transfer.ts";
import type { BmcView } from "./bmc-view.ts";
import { Frame } from "./frame.ts";
import { HoldClock } from "./hold-clock.ts";
import { OpenTransfers } from "./open-transfers.ts";
import type { BtTopics } from "./topics.ts";

/** How far the host is with taking a response. @see IPMI 2.0 §11.7, Table 11-5 */
export const Taking = {
  Not: 0,
  /** The host set H_BUSY. */
  Busy: 1,
  /** B2H_ATN was cleared. */
  Cleared: 2,
  /** CLR_RD_PTR was written: the FIFO is read. */
  Reading: 3,
} as const;
export type Taking = (typeof Taking)[keyof typeof Taking];

/** All ones: nobody drives the bus. */
const NOBODY = 0xff;

/** Follows the host by its face of the wire: what it did, and what it saw. */
export class HostView implements HostFace {
  /** BT_CTRL as last read; -1 before that. */
  control = -1;
  /** BT_CTRL was read since H2B_ATN was set. */
  fresh = false;
  /** H_BUSY by what the host saw and did; -1 not known. */
  hBusy: -1 | 0 | 1 = -1;
  /** What is in the FIFO since CLR_WR_PTR. */
  readonly written = new Frame();
  /** CLR_WR_PTR was written, and H2B_ATN not yet. */
  writing = false;
  taking: Taking = Taking.Not;
  readonly read = new Frame();
  readonly transfers: OpenTransfers;
  private readonly _held = new HoldClock();
  /** Register accesses so far. */
  accesses = 0;
  lastAccessUs = 0;
  /** The number of reasons for which the host may not touch the registers now. */
  bars = 0;
  private _offeredUs = -1;
  /** How long it had held the BMC up by then. */
  private _offeredHeldUs = 0;
  /** When CLR_WR_PTR was written, or else the first byte. */
  private _writingUs = 0;
  /** CLR_RD_PTR was written, so that what is read from now on is a frame. */
  private _collects = false;
  /** No wire fault has stood between since the pointer was cleared, of what is read and written. */
  private _soundRead = false;
  private _soundWrite = false;
  private readonly _topics: HostTopics & BtTopics;
  private readonly _mirror: BmcView | undefined;
  private readonly _faults: InjectedFaults;

  /** `mirror`: the BMC's view, when it is to be fed by what the host saw. */
  constructor(topics: HostTopics & BtTopics, mirror: BmcView | undefined, faults: InjectedFaults) {
    this._topics = topics;
    this._mirror = mirror;
    this._faults = faults;
    this.transfers = new OpenTransfers((transfer) => topics.transfer.tell(transfer), this._held);
  }

  get transfer(): Transfer {
    return this.transfers.open.at(-1) ?? this.transfers.last;
  }

  get place(): string {
    if (this.taking !== Taking.Not) return "while a response was taken";
    if (this.writing) return "while a request was written";
    return this.transfers.open.length > 0
      ? "with a request under way"
      : "with no request under way";
  }

  get barred(): boolean {
    return this.control !== -1 && (this.control & (BtControl.BBusy | BtControl.H2bAtn)) !== 0;
  }

  get turn(): Turn {
    if (this.transfers.open.length === 0) return "none";
    if (this.control === -1 || this.control === NOBODY) return "unknown";
    const given = (this.control & BtControl.B2hAtn) !== 0 || this.taking !== Taking.Not;
    return given ? "host" : "bmc";
  }

  waitsUs(nowUs: number): number {
    const open = this.transfers.open.at(-1);
    const empty = this.control !== -1 && (this.control & BtControl.B2hAtn) === 0;
    if (open === undefined || !empty || this.taking !== Taking.Not) return -1;
    const us = this.transfers.owedUs(open, nowUs);
    return this._faults.wireActive || us < open.patienceUs ? -1 : us;
  }

  /** A wire fault fired or ended: what became of the last write nobody can tell. */
  blur(): void {
    this.hBusy = -1;
    this._soundRead = false;
    this._soundWrite = false;
    this._mirror?.exchanges.blur();
  }

  /** A new driver: it knows nothing of what the one before it did. */
  restart(): void {
    this.control = -1;
    this.fresh = false;
    this.writing = false;
    this.taking = Taking.Not;
    this._collects = false;
    this.written.bytes.clear();
    this.transfers.forget();
  }

  readControl(value: number, nowUs: number): void {
    this.#touch(nowUs);
    this.control = value;
    this.fresh = true;
    this._held.looks(value === NOBODY ? -1 : value, nowUs);
    if (value === NOBODY) {
      this.hBusy = -1;
      return;
    }
    this.hBusy = (value & BtControl.HBusy) === 0 ? 0 : 1;
    if (this.hBusy === 0) this.taking = Taking.Not;
    const waits = (value & BtControl.H2bAtn) !== 0 && this._offeredUs !== -1;
    // While the host keeps a BMC from giving what it has, it may have no room for more.
    const heldUs = this._held.at(nowUs) - this._offeredHeldUs;
    if (waits && nowUs - this._offeredUs - heldUs >= HOST_WAIT_US) {
      this._topics.inputStuck.tell(nowUs - this._offeredUs);
      this._offeredUs = -1;
    }
    if ((value & BtControl.H2bAtn) === 0) this._offeredUs = -1;
    if (!this._faults.wireActive) this._mirror?.seen(value, nowUs);
  }

  readFifo(value: number, nowUs: number): void {
    this.#touch(nowUs);
    if (!this._collects || this.read.whole) return;
    this.read.bytes.push(value);
    if (!this.read.whole) return;
    this._topics.fetched.tell(this.read);
    const transfer = this.transfers.answeredBy(this.read);
    if (transfer !== undefined) this.transfers.answer(transfer, this.read, nowUs, this.control);
    if (this._soundRead) this._mirror?.gave(this.read, nowUs, this.control);
  }

  writeFifo(value: number, nowUs: number): void {
    this.#touch(nowUs);
    if (!this.writing && this.written.bytes.length === 0) this._writingUs = nowUs;
    this.written.bytes.push(value);
  }

  writeControl(bits: number, tag: number, nowUs: number): void {
    this.#touch(nowUs);
    if ((bits & BtControl.HBusy) !== 0) this.#toggle();
    if ((bits & BtControl.B2hAtn) !== 0 && this.hBusy !== 0) this.taking = Taking.Cleared;
    if ((bits & BtControl.ClearReadPointer) !== 0) this.#clearReadPointer();
    if ((bits & BtControl.ClearWritePointer) !== 0) {
      this.written.bytes.clear();
      this.writing = true;
      this._writingUs = nowUs;
      this._soundWrite = !this._faults.wireActive;
    }
    if ((bits & BtControl.H2bAtn) !== 0) this.#offer(tag, nowUs);
  }

  writeMask(nowUs: number): void {
    this.#touch(nowUs);
  }

  #toggle(): void {
    const busy = this.hBusy === -1 ? this.taking === Taking.Not : this.hBusy === 0;
    if (this.hBusy !== -1) this.hBusy = busy ? 1 : 0;
    this.taking = busy ? Taking.Busy : Taking.Not;
  }

  #clearReadPointer(): void {
    this.read.bytes.clear();
    this._collects = true;
    this._soundRead = !this._faults.wireActive;
    if (this.taking === Taking.Cleared) this.taking = Taking.Reading;
  }

  #offer(tag: number, nowUs: number): void {
    const { written } = this;
    this._topics.offered.tell(written);
    const { netFnLun, seq, cmd } = written;
    const same = this.transfers.find(netFnLun, seq, cmd);
    this.fresh = false;
    this.writing = false;
    this._offeredUs = nowUs;
    this._offeredHeldUs = this._held.at(nowUs);
    if (written.named && written.whole) {
      if (same !== undefined) this._topics.recovery.tell(undefined);
      this.transfers.begin(written, this._writingUs, nowUs, tag);
      this._topics.sentWhole.tell(this.transfer);
      if (this._soundWrite) this._mirror?.took(written, nowUs, tag);
    }
    written.bytes.clear();
  }

  #touch(nowUs: number): void {
    this.accesses++;
    const busy = this.transfers.open.length > 0 || this.taking !== Taking.Not || this.writing;
    if (busy && nowUs - this.lastAccessUs >= HOST_WAIT_US) {
      this._topics.pause.tell(nowUs - this.lastAccessUs);
    }
    this.lastAccessUs = nowUs;
    if (this.bars > 0) this._topics.trespass.tell(undefined);
  }
}
