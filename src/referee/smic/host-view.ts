import {
  operationOf,
  SmicControl,
  SmicError,
  SmicFlag,
  SmicStatus,
  SmicStream,
  statusCode,
} from "../../wire/smic/protocol.ts";
import type { HostTopics } from "../automaton.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { HostFace, Turn } from "../observer.ts";
import { HOST_WAIT_US, Transfer } from "../transfer.ts";
import type { BmcView } from "./bmc-view.ts";

/** How far the host has come by what it did. @see IPMI 2.0 §10.5 */
export const HostPhase = {
  Idle: 0,
  /** WR_START was handed over, or WR_NEXT. */
  Writing: 1,
  /** WR_END was. */
  Sent: 2,
  /** RD_START was, or RD_NEXT. */
  Reading: 3,
  /** The BMC said RD_END: the last byte is there. */
  Last: 4,
  /** RD_END was handed over. */
  Ending: 5,
} as const;
export type HostPhase = (typeof HostPhase)[keyof typeof HostPhase];

/** All ones: nobody drives the bus. */
const NOBODY = 0xff;
const NONE = -1;

const PLACES: Record<HostPhase, string> = {
  [HostPhase.Idle]: "with no transfer in progress",
  [HostPhase.Writing]: "in the write phase",
  [HostPhase.Sent]: "before the response",
  [HostPhase.Reading]: "in the read phase",
  [HostPhase.Last]: "after the last byte",
  [HostPhase.Ending]: "after RD_END",
};

/** Follows the host by its face of the wire: what it did, and what it saw. */
export class HostView implements HostFace {
  phase: HostPhase = HostPhase.Idle;
  /** The flags as last read; -1 before that. */
  flags = NONE;
  /** The flags were read since the host set BUSY. */
  fresh = true;
  /** What the host has written since it set BUSY; -1 nothing. */
  control = NONE;
  data = NONE;
  /** The control code that the host handed over last; -1 none. */
  handed = NONE;
  /** What the host has read since: the status code, the data; -1 nothing. */
  status = NONE;
  taken = NONE;
  accesses = 0;
  lastAccessUs = 0;
  /** When the host set BUSY last. */
  lastWriteUs = 0;
  /** The number of reasons for which the host may not touch the registers now. */
  bars = 0;
  readonly transfer = new Transfer();
  private _stuckTold = true;
  private _mirrored = true;
  private _tag = 0;
  /** When the host wrote the control code. */
  private _controlUs = 0;
  private readonly _topics: HostTopics;
  private readonly _mirror: BmcView | undefined;
  private readonly _faults: InjectedFaults;

  /** `mirror`: the BMC's view, when it is to be fed by what the host saw. */
  constructor(topics: HostTopics, mirror: BmcView | undefined, faults: InjectedFaults) {
    this._topics = topics;
    this._mirror = mirror;
    this._faults = faults;
  }

  get place(): string {
    return PLACES[this.phase];
  }

  /** BUSY as the host last saw it, or has set it since. */
  get busy(): boolean {
    return !this.fresh || (this.flags !== NONE && (this.flags & SmicFlag.Busy) !== 0);
  }

  get turn(): Turn {
    const { phase, flags, handed } = this;
    const asks = handed === SmicControl.GetStatus || handed === SmicControl.ReadEnd;
    if (this.status !== NONE && !asks && !this.#inOrder) return "error";
    if (phase === HostPhase.Idle) return "none";
    if (flags === NONE || flags === NOBODY || !this.fresh) return "unknown";
    if (this.busy) return "bmc";
    if (phase === HostPhase.Last) return "host";
    const awaited = phase === HostPhase.Writing ? SmicFlag.TxDataRdy : SmicFlag.RxDataRdy;
    return (flags & awaited) === 0 ? "bmc" : "host";
  }

  /** The status code, as it was read, belongs to the control code before it, and tells of no error. */
  get #inOrder(): boolean {
    const { handed, status } = this;
    const reads = handed === SmicControl.ReadStart || handed === SmicControl.ReadNext;
    if (reads && status === SmicStatus.ReadEnd) return true;
    if (status !== statusCode(SmicStream.Sms, operationOf(handed))) return false;
    return handed !== SmicControl.WriteEnd || this.taken <= SmicError.None;
  }

  waitsUs(nowUs: number): number {
    if (this.phase !== HostPhase.Sent || this.busy || this._faults.wireActive) return -1;
    return (this.flags & SmicFlag.RxDataRdy) === 0 ? nowUs - this.lastWriteUs : -1;
  }

  /** A wire fault fired or ended: what became of the last handshake nobody can tell. */
  blur(): void {
    this._mirrored = true;
    this._mirror?.forget();
  }

  /** A new driver: it knows nothing of what the one before it did. */
  restart(): void {
    this.phase = HostPhase.Idle;
    this.flags = NONE;
    this.fresh = true;
    this.control = NONE;
    this.data = NONE;
    this.handed = NONE;
  }

  readFlags(value: number, nowUs: number): void {
    this.#touch(nowUs);
    const stuck = (value & SmicFlag.Busy) !== 0 && !this._stuckTold && value !== NOBODY;
    if (stuck) this.#waits(nowUs);
    this.flags = value;
    this.fresh = true;
    this.#reflect(nowUs);
  }

  readStatus(value: number, nowUs: number): void {
    this.#touch(nowUs);
    if (this.status !== NONE || this.handed === NONE || this.busy) return;
    this.status = value;
    // Whatever comes with RD_END, the response was whole before.
    const ends = this.phase === HostPhase.Ending && this.handed === SmicControl.ReadEnd;
    if (ends || value === SmicStatus.Ready) this.#ready(nowUs);
    else if (value === SmicStatus.ReadEnd && this.phase === HostPhase.Reading) {
      this.phase = HostPhase.Last;
    }
    this.#gather();
    this.#reflect(nowUs);
  }

  readData(value: number, nowUs: number): void {
    this.#touch(nowUs);
    if (this.taken !== NONE || this.handed === NONE || this.busy) return;
    this.taken = value;
    this.#gather();
    this.#reflect(nowUs);
  }

  writeControl(value: number, tag: number, nowUs: number): void {
    this.#touch(nowUs);
    this.control = value;
    this._controlUs = nowUs;
    this._tag = tag;
  }

  writeData(value: number, nowUs: number): void {
    this.#touch(nowUs);
    this.data = value;
  }

  /** The host hands the registers over, if it sets BUSY. */
  writeFlags(value: number, nowUs: number): void {
    this.#touch(nowUs);
    if ((value & SmicFlag.Busy) === 0) return;
    this.#showRest(nowUs);
    if (this.control !== NONE) this.#hand(this.control, nowUs);
    this.handed = this.control;
    this.status = NONE;
    this.taken = NONE;
    this.fresh = false;
    this.lastWriteUs = nowUs;
    this._stuckTold = false;
    this._mirrored = this._faults.wireActive || this.control === NONE;
    if (!this._mirrored) this._mirror?.take(this.control, this._tag);
    if (!this._mirrored && this.data !== NONE) this._mirror?.takeData(this.data);
    this.control = NONE;
    this.data = NONE;
  }

  #hand(control: number, nowUs: number): void {
    switch (control) {
      case SmicControl.WriteStart:
        return this.#start(nowUs);
      case SmicControl.WriteNext:
      case SmicControl.WriteEnd:
        if (this.phase !== HostPhase.Writing) return;
        if (this.data !== NONE) this.transfer.request.push(this.data);
        if (control === SmicControl.WriteNext) return;
        this.transfer.sent = true;
        this.transfer.sentUs = nowUs;
        this.phase = HostPhase.Sent;
        this._topics.sentWhole.tell(this.transfer);
        return;
      case SmicControl.ReadStart:
      case SmicControl.ReadNext:
        if (this.phase === HostPhase.Sent) this.phase = HostPhase.Reading;
        return;
      case SmicControl.ReadEnd:
        if (this.phase === HostPhase.Last) this.phase = HostPhase.Ending;
        return;
    }
  }

  #start(nowUs: number): void {
    const whole = this.phase === HostPhase.Last || this.phase === HostPhase.Ending;
    if (this.phase !== HostPhase.Idle) {
      this.#end(whole, "host", nowUs);
      if (!whole) this._topics.recovery.tell(undefined);
    }
    // With its control code: what a fault of the wire did to that touches the transfer.
    this.transfer.begin(this._controlUs, this._tag);
    if (this.data !== NONE) this.transfer.request.push(this.data);
    this.phase = HostPhase.Writing;
  }

  #ready(nowUs: number): void {
    if (this.phase === HostPhase.Idle || this.handed === SmicControl.GetStatus) return;
    const whole = this.phase === HostPhase.Ending;
    this.phase = HostPhase.Idle;
    this.#end(whole, "bmc", nowUs);
  }

  /** A byte of the response counts when the status code and the data were read. */
  #gather(): void {
    const reads = this.phase === HostPhase.Reading || this.phase === HostPhase.Last;
    if (!reads || this.status === NONE || this.taken === NONE) return;
    this.transfer.response.push(this.taken);
  }

  #end(complete: boolean, by: "host" | "bmc", nowUs: number): void {
    this.transfer.end(nowUs, complete, by, Math.max(this.flags, 0));
    this._topics.transfer.tell(this.transfer);
  }

  #waits(nowUs: number): void {
    const us = nowUs - this.lastWriteUs;
    if (us < HOST_WAIT_US) return;
    this._stuckTold = true;
    this._topics.inputStuck.tell(us);
  }

  /** Shows the BMC's view what the host saw, unless a wire fault stands between. */
  #reflect(nowUs: number): void {
    const mirror = this._mirror;
    if (mirror === undefined || this.flags === NONE) return;
    if (this._faults.wireActive) {
      mirror.forget();
      this._mirrored = true;
      return;
    }
    if (this._mirrored) mirror.show(this.flags, nowUs);
    else if (this.status !== NONE && (this.taken !== NONE || !this.#moreToSee())) {
      this.#showRest(nowUs);
    }
  }

  /** After these codes the data says something that a host may still read. */
  #moreToSee(): boolean {
    if (this.handed === SmicControl.ReadEnd) return false;
    return this.status !== SmicStatus.WriteStart && this.status !== SmicStatus.WriteNext;
  }

  /** What the host saw of the last handshake is all that it will see. */
  #showRest(nowUs: number): void {
    const mirror = this._mirror;
    if (mirror === undefined || this._mirrored || this.busy) return;
    this._mirrored = true;
    if (this.status !== NONE) mirror.giveCode(this.status);
    if (this.taken !== NONE) mirror.giveData(this.taken);
    mirror.show(this.flags, nowUs);
  }

  #touch(nowUs: number): void {
    this.accesses++;
    if (this.phase !== HostPhase.Idle && nowUs - this.lastAccessUs >= HOST_WAIT_US) {
      this._topics.pause.tell(nowUs - this.lastAccessUs);
    }
    this.lastAccessUs = nowUs;
    if (this.bars > 0) this._topics.trespass.tell(undefined);
  }
}
