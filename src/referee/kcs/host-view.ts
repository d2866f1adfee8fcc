import { Control, Phase, Status } from "../../wire/kcs/protocol.ts";
import type { HostTopics } from "../automaton.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { HostFace, Turn } from "../observer.ts";
import { HOST_WAIT_US, Transfer } from "../transfer.ts";
import type { BmcView } from "./bmc-view.ts";

/** How far the host has come by what it did. @see IPMI 2.0 §9.15, figures 9-6 to 9-8 */
export const HostPhase = {
  Idle: 0,
  /** WRITE_START was written. */
  Start: 1,
  /** Data was written. */
  Data: 2,
  /** WRITE_END was written. */
  End: 3,
  /** The last byte was written: the response is awaited or read. */
  Read: 4,
  /** GET_STATUS/ABORT was written. */
  Abort: 5,
  /** The 00h after it was written: the status code is awaited. */
  AbortRead: 6,
  /** READ was written after the status code. */
  AbortEnd: 7,
} as const;
export type HostPhase = (typeof HostPhase)[keyof typeof HostPhase];

/** All ones: nobody drives the bus. */
const NOBODY = 0xff;

const PLACES: Record<HostPhase, string> = {
  [HostPhase.Idle]: "with no transfer in progress",
  [HostPhase.Start]: "after WRITE_START",
  [HostPhase.Data]: "in the write phase",
  [HostPhase.End]: "after WRITE_END",
  [HostPhase.Read]: "in the read phase",
  [HostPhase.Abort]: "after GET_STATUS/ABORT",
  [HostPhase.AbortRead]: "before the status code",
  [HostPhase.AbortEnd]: "after the status code",
};

/** The state that the BMC is to show in the steps of GET_STATUS/ABORT, and after them. */
const DUE: Partial<Record<HostPhase, number>> = {
  [HostPhase.Abort]: Phase.Write,
  [HostPhase.AbortRead]: Phase.Read,
  [HostPhase.AbortEnd]: Phase.Idle,
  [HostPhase.Idle]: Phase.Idle,
};

/** Follows the host by its face of the wire: what it did, and what it saw. */
export class HostView implements HostFace {
  phase: HostPhase = HostPhase.Idle;
  /** The status register as last read; -1 before that. */
  status = -1;
  /** The status was read since the last write. */
  fresh = true;
  /** Data_Out was read since the status was. */
  dataTaken = false;
  /** Register accesses so far. */
  accesses = 0;
  lastAccessUs = 0;
  lastWriteUs = 0;
  /** When IDLE was first seen since the last write; -1 when it was not. */
  idleSinceUs = -1;
  /** A response byte was read since the last write. */
  byteTaken = false;
  /** In GET_STATUS/ABORT or behind it, another state than the one that is due was seen since the last write. */
  strayed = false;
  /** The number of reasons for which the host may not touch the registers now. */
  bars = 0;
  readonly transfer = new Transfer();
  /** The BMC's view has been shown what became of the last write. */
  private _mirrored = true;
  private _stuckTold = true;
  private _wroteCommand = false;
  private _wrote = 0;
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

  get turn(): Turn {
    const { phase, status } = this;
    if (phase < HostPhase.Start || phase > HostPhase.Read) return "none";
    if (status === -1 || status === NOBODY || !this.fresh) return "unknown";
    if ((status & Status.Ibf) !== 0) return "bmc";
    if (this.bits === Phase.Error) return "error";
    const reads = phase === HostPhase.Read;
    if (this.bits !== (reads ? Phase.Read : Phase.Write)) return "unknown";
    return reads && (status & Status.Obf) === 0 ? "bmc" : "host";
  }

  waitsUs(nowUs: number): number {
    if (this.phase !== HostPhase.Read || this.transfer.response.length > 0) return -1;
    const empty = this.status !== -1 && (this.status & (Status.Obf | Status.Ibf)) === 0;
    if (!empty || this.bits !== Phase.Read || this._faults.wireActive) return -1;
    return nowUs - this.lastWriteUs;
  }

  /** The state bits as last read. Only when the status is known. */
  get bits(): number {
    return this.status >> 6;
  }

  /** A wire fault fired or ended: what became of the last write nobody can tell. */
  blur(): void {
    this._mirrored = true;
    this._mirror?.forget();
  }

  /** A new driver: it knows nothing of what the one before it did. */
  restart(): void {
    this.phase = HostPhase.Idle;
    this.status = -1;
    this.fresh = true;
  }

  readStatus(value: number, nowUs: number): void {
    this.#touch(nowUs);
    this.status = value;
    this.fresh = true;
    this.dataTaken = false;
    if ((value & Status.Ibf) !== 0) {
      if (!this._stuckTold && value !== NOBODY) this.#waitsForInput(nowUs);
      return;
    }
    if (this._mirror !== undefined) this.#reflect(this._mirror, value, nowUs);
    const due = DUE[this.phase];
    if (due !== undefined && value >> 6 !== due) this.strayed = true;
    if (value >> 6 === Phase.Idle) this.#idle(nowUs);
    if (value >> 6 === Phase.Read) this.#goesOn();
  }

  readData(value: number, nowUs: number): void {
    this.#touch(nowUs);
    const valid = this.status !== -1 && (this.status & Status.Obf) !== 0 && !this.dataTaken;
    this.dataTaken = true;
    if (!valid) return;
    if (this.phase === HostPhase.Read && this.bits === Phase.Read) {
      this.transfer.response.push(value);
      this.byteTaken = true;
    }
    if (this.phase === HostPhase.AbortRead) this.byteTaken = true;
    if (this._mirror !== undefined && !this._faults.wireActive) this._mirror.give(value, true);
  }

  write(command: boolean, value: number, tag: number, nowUs: number): void {
    this.#touch(nowUs);
    this._wroteCommand = command;
    this._wrote = value;
    if (command) this.#command(value, tag, nowUs);
    else this.#data(value, nowUs);
    this.fresh = false;
    this.dataTaken = false;
    this.byteTaken = false;
    this.strayed = false;
    this.lastWriteUs = nowUs;
    this.idleSinceUs = -1;
    this._mirrored = this._faults.wireActive;
    this._stuckTold = false;
  }

  #command(value: number, tag: number, nowUs: number): void {
    if (value === Control.WriteEnd) {
      const writes = this.phase === HostPhase.Start || this.phase === HostPhase.Data;
      if (writes) this.phase = HostPhase.End;
      return;
    }
    if (value !== Control.WriteStart && value !== Control.GetStatusAbort) return;
    if (this.phase >= HostPhase.Start && this.phase <= HostPhase.Read) {
      const left = this.phase === HostPhase.Read && this.idleSinceUs !== -1;
      this.#end(false, left ? "bmc" : "host", nowUs);
    }
    this.phase = HostPhase.Abort;
    if (value !== Control.WriteStart) {
      this._topics.recovery.tell(undefined);
      return;
    }
    this.transfer.begin(nowUs, tag);
    this.phase = HostPhase.Start;
  }

  #data(value: number, nowUs: number): void {
    switch (this.phase) {
      case HostPhase.Start:
      case HostPhase.Data:
        this.transfer.request.push(value);
        this.phase = HostPhase.Data;
        return;
      case HostPhase.End:
        this.transfer.request.push(value);
        this.transfer.sent = true;
        this.transfer.sentUs = nowUs;
        this.phase = HostPhase.Read;
        this._topics.sentWhole.tell(this.transfer);
        return;
      case HostPhase.Abort:
        this.phase = HostPhase.AbortRead;
        return;
      case HostPhase.AbortRead:
        this.phase = HostPhase.AbortEnd;
        return;
      case HostPhase.Idle:
      case HostPhase.Read:
      case HostPhase.AbortEnd:
        return;
    }
  }

  /**
   * The BMC shows IDLE, and has taken the last write. Before any byte of the response that need not be
   * the end: a host may look again, and find that it goes on.
   */
  #idle(nowUs: number): void {
    if (this.idleSinceUs === -1) this.idleSinceUs = nowUs;
    if (this.phase === HostPhase.AbortEnd) this.phase = HostPhase.Idle;
    if (this.phase !== HostPhase.Read || this.transfer.response.length === 0) return;
    this.phase = HostPhase.Idle;
    this.#end(true, "bmc", nowUs);
  }

  /** IDLE was not the end after all: a host that waits for the byte that goes with it reads on. */
  #goesOn(): void {
    const { transfer } = this;
    if (this.phase !== HostPhase.Idle || !transfer.complete) return;
    // Nothing was written since.
    if (transfer.endUs !== this.idleSinceUs) return;
    transfer.goOn();
    this.idleSinceUs = -1;
    this.phase = HostPhase.Read;
  }

  #end(complete: boolean, by: "host" | "bmc", nowUs: number): void {
    this.transfer.end(nowUs, complete, by, this.status);
    this._topics.transfer.tell(this.transfer);
  }

  #waitsForInput(nowUs: number): void {
    const us = nowUs - this.lastWriteUs;
    if (us < HOST_WAIT_US) return;
    this._stuckTold = true;
    this._topics.inputStuck.tell(us);
  }

  /** Shows the BMC's view what the host saw, unless a wire fault stands between. */
  #reflect(mirror: BmcView, status: number, nowUs: number): void {
    if (this._faults.wireActive) {
      mirror.forget();
      this._mirrored = true;
      return;
    }
    if (this._mirrored) mirror.seen(status, nowUs);
    else mirror.input(this._wroteCommand, this._wrote, status, nowUs, this.transfer.tag);
    this._mirrored = true;
    if ((status & Status.Obf) !== 0) mirror.full();
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
