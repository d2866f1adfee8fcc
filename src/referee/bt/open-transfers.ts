import { NetFn } from "../../ipmi/command-table.ts";
import { getBtInterfaceCapabilities } from "../../ipmi/commands/app/system-interface.ts";
import { HOST_WAIT_US, Transfer } from "../transfer.ts";
import type { Frame } from "./frame.ts";
import type { HoldClock } from "./hold-clock.ts";

/** More requests at a time no interface takes. */
const OPEN_MAX = 16;
/** How many requests that are over are remembered. */
const PAST_MAX = 32;
const CAPABILITIES_BYTES = 5;
const SECOND_US = 1_000_000;
/** No BMC may take longer, whatever it says. @see IPMI 2.0 §22.10 */
const STATED_S_MAX = 30;
const STATED_MIN_US = SECOND_US;
/** A host's clock may differ from the trace's by so much. */
const SLACK_US = 50_000;

/** What the BMC said of its interface; undefined before it did. @see IPMI 2.0 §22.10 */
export interface Capabilities {
  readonly outstanding: number;
  readonly inputMax: number;
  readonly outputMax: number;
  readonly requestToResponseUs: number;
}

/** A request by the triple that names it. @see IPMI 2.0 §11.3 */
export class BtTransfer extends Transfer {
  seq = -1;
  /** How long the host had held the BMC up by the time at which it was sent. */
  heldBeforeUs = 0;
}

/** What a response is, if it is not that to an open request. */
export type Past = "late" | "answered" | "unknown" | "unseen";

interface PastRequest {
  readonly netFn: number;
  readonly seq: number;
  readonly cmd: number;
  answered: boolean;
  /** The same was sent again before it was answered: the BMC may answer each. */
  repeated: boolean;
}

/** The requests that one party knows of and that have no response yet. */
export class OpenTransfers {
  /** In the order in which they were sent. */
  readonly open: BtTransfer[] = [];
  capabilities: Capabilities | undefined;
  /** The transfer that began or ended last. */
  last = new BtTransfer();
  /** Requests may be open of which nothing is known. */
  private _blind = false;
  private readonly _free: BtTransfer[] = [];
  private readonly _past: PastRequest[] = [];
  private readonly _ended: (transfer: Transfer) => void;
  private readonly _held: HoldClock;
  private _serial = 0;
  /** The last question for the capabilities: to those before it no answer counts any more. */
  private _questionSerial = 0;

  constructor(ended: (transfer: Transfer) => void, held: HoldClock) {
    this._ended = ended;
    this._held = held;
  }

  /** A request was sent, which was begun at `sinceUs`: those that it puts an end to are given up. */
  begin(frame: Frame, sinceUs: number, nowUs: number, tag: number): void {
    const same = this.find(frame.netFnLun, frame.seq, frame.cmd);
    if (same !== undefined) this.end(same, nowUs, "host", 0);
    const [ended] = this._past;
    if (same !== undefined && ended !== undefined) ended.repeated = true;
    this.expire(nowUs);
    const oldest = this.open[0];
    if (this.open.length === OPEN_MAX && oldest !== undefined) this.end(oldest, nowUs, "host", 0);
    const transfer = this._free.pop() ?? new BtTransfer();
    transfer.begin(nowUs, tag);
    transfer.doubled = same !== undefined;
    transfer.startUs = Math.min(sinceUs, nowUs);
    transfer.heldBeforeUs = this._held.at(nowUs);
    transfer.serial = ++this._serial;
    transfer.patienceUs = this.patienceUs;
    transfer.seq = frame.seq;
    transfer.sent = true;
    frame.copyMessage(transfer.request);
    if (asksCapabilities(transfer)) this._questionSerial = transfer.serial;
    this.open.push(transfer);
    this.last = transfer;
  }

  /** The request whose triple that is; NetFn may be the request's or the response's. */
  find(netFnLun: number, seq: number, cmd: number): BtTransfer | undefined {
    return this.open.find((transfer) => {
      return (
        transfer.seq === seq &&
        transfer.cmd === cmd &&
        (transfer.netFn & ~1) === ((netFnLun >> 2) & ~1)
      );
    });
  }

  /** The request that this frame answers: a request's own NetFn answers nothing. */
  answeredBy({ netFnLun, seq, cmd }: Frame): BtTransfer | undefined {
    return ((netFnLun >> 2) & 1) === 1 ? this.find(netFnLun, seq, cmd) : undefined;
  }

  /** A response came. */
  answer(transfer: BtTransfer, frame: Frame, nowUs: number, control: number): void {
    this._blind = false;
    frame.copyMessage(transfer.response);
    this.end(transfer, nowUs, "bmc", control);
  }

  /** What a response is that no open request has. */
  past(frame: Frame): Past {
    const netFn = (frame.netFnLun >> 2) & ~1;
    const named = this._past.filter((each) => {
      return each.seq === frame.seq && (each.netFn & ~1) === netFn && each.cmd === frame.cmd;
    });
    const owed = named.find(owes);
    if (owed !== undefined) {
      owed.answered = true;
      return "unseen";
    }
    const [found] = named;
    if (found === undefined) return this._blind ? "unseen" : "unknown";
    return found.answered ? "answered" : "late";
  }

  /** Gives up those that the BMC may no longer answer. */
  expire(nowUs: number): void {
    for (const transfer of [...this.open]) {
      const us = this.waitedUs(transfer, nowUs);
      if (us >= transfer.patienceUs + 2 * SLACK_US) this.end(transfer, nowUs, "host", 0);
    }
  }

  /** How long the BMC has had for its answer, without the time in which the host held it up. */
  waitedUs({ sentUs, heldBeforeUs }: BtTransfer, nowUs: number): number {
    return nowUs - sentUs - (this._held.at(nowUs) - heldBeforeUs);
  }

  /** Nobody is owed anything any more. */
  forget(): void {
    this._free.push(...this.open.splice(0));
    this._past.length = 0;
  }

  /** What was asked, and what was answered, was not seen for a while. */
  blur(): void {
    this.forget();
    this._blind = true;
  }

  /** The same, but nothing is owed that the host did not take for as long as a BMC may have for it. */
  owedUs(transfer: BtTransfer, nowUs: number): number {
    const statedUs = this.capabilities?.requestToResponseUs ?? STATED_MIN_US;
    const heldUs = this._held.at(nowUs) - transfer.heldBeforeUs;
    return heldUs >= statedUs - SLACK_US ? 0 : this.waitedUs(transfer, nowUs);
  }

  /** How long a host that keeps to the rules waits at the least. */
  get patienceUs(): number {
    const { capabilities } = this;
    return capabilities === undefined ? HOST_WAIT_US : capabilities.requestToResponseUs - SLACK_US;
  }

  end(transfer: BtTransfer, nowUs: number, by: "host" | "bmc", control: number): void {
    this.open.splice(this.open.indexOf(transfer), 1);
    transfer.end(nowUs, by === "bmc", by, control);
    transfer.waitedUs = transfer.complete
      ? this.waitedUs(transfer, nowUs)
      : this.owedUs(transfer, nowUs);
    this.last = transfer;
    const { netFn, seq, cmd } = transfer;
    this._past.unshift({ netFn, seq, cmd, answered: transfer.complete, repeated: false });
    if (this._past.length > PAST_MAX) this.#forgetOne();
    this.#learn(transfer);
    this._ended(transfer);
    this._free.unshift(transfer);
  }

  /** The oldest that is not owed a response any more; the BMC has no more before it than OPEN_MAX. */
  #forgetOne(): void {
    const at = this._past.findLastIndex((each) => !owes(each));
    this._past.splice(at < OPEN_MAX ? PAST_MAX : at, 1);
  }

  /** What it says last counts: who is refused an answer knows nothing any more. */
  #learn(transfer: BtTransfer): void {
    const { netFn, cmd, response } = transfer;
    if (!asksCapabilities(transfer) || transfer.serial !== this._questionSerial) return;
    this.capabilities = undefined;
    if (!transfer.passesFor(netFn, cmd) || transfer.cc !== 0) return;
    if (response.length < 3 + CAPABILITIES_BYTES) return;
    this.capabilities = {
      outstanding: transfer.data(0),
      inputMax: transfer.data(1),
      outputMax: transfer.data(2),
      requestToResponseUs: Math.min(Math.max(transfer.data(3), 1), STATED_S_MAX) * SECOND_US,
    };
  }
}

/** It was sent again before it was answered, and only one of the two has been answered since. */
function owes({ repeated, answered }: PastRequest): boolean {
  return repeated && !answered;
}

function asksCapabilities({ netFn, cmd }: Transfer): boolean {
  return netFn === NetFn.App && cmd === getBtInterfaceCapabilities.cmd;
}
