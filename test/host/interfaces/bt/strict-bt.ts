import { BtControl, BtInterruptMask } from "../../../../src/wire/bt/protocol.ts";
import type { RegisterPort, TransactionTags } from "../../../../src/wire/registers/port.ts";
import { HostFault } from "../kcs/strict-kcs.ts";

/** A request as it lay in the FIFO. */
export interface StrictRequest {
  readonly seq: number;
  /** NetFn/LUN, Cmd, data. */
  readonly message: Uint8Array;
  readonly tag: number;
}

export interface StrictBtOptions {
  /** How many requests may be open at a time. */
  readonly capacity?: number;
  /** The greatest Length of a request. */
  readonly inputMax?: number;
  /** B_BUSY falls only as the response lies ready, as some BMCs have it. */
  readonly busyWhileExecuting?: boolean;
  /** What another driver left behind: bits of BT_CTRL, and a frame in the FIFO. */
  readonly left?: { readonly control: number; readonly frame: readonly number[] };
  /** Called before each access of the host. */
  readonly beforeAccess?: (model: StrictBt) => void;
  /** A whole request came. */
  readonly onRequest?: (request: StrictRequest, model: StrictBt) => void;
}

/** How far the host is with a response. @see IPMI 2.0 §11.7, Table 11-5 */
type Taking = "not" | "busy" | "cleared" | "reading";

/**
 * A BT BMC that is stricter than hardware: it throws at what a real one might forgive. It acts in
 * turns; each does one thing that a host could see by itself. @see IPMI 2.0 §11.7
 */
export class StrictBt implements RegisterPort {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  /** The requests that have no response yet. */
  readonly open: StrictRequest[] = [];
  accesses = 0;
  interruptMask = 0;
  readonly #options: Required<Pick<StrictBtOptions, "capacity" | "inputMax">> & StrictBtOptions;
  #control = 0;
  #agenda: (() => void)[] = [];
  #outgoing: { readonly frame: readonly number[]; readonly tag: number }[] = [];
  #written: number[] | undefined;
  #toHost: readonly number[];
  #given = 0;
  #taking: Taking = "not";
  /** BT_CTRL as the host last read it, until it set H2B_ATN. */
  #seen: number | undefined;

  constructor(options: StrictBtOptions = {}) {
    this.#options = { capacity: 1, inputMax: 63, ...options };
    this.#control = options.left?.control ?? 0;
    this.#toHost = options.left?.frame ?? [];
  }

  read(offset: number): number {
    this.#access();
    if (offset === 2) return this.interruptMask;
    if (offset === 0) {
      this.#seen = this.#control;
      return this.#control;
    }
    must(this.#taking === "reading", "BT-05: the FIFO is read after CLR_RD_PTR, under H_BUSY");
    must(this.#given < this.#frameBytes, "BT-05: exactly Length bytes are read");
    return this.#toHost[this.#given++] ?? 0xff;
  }

  write(offset: number, value: number): void {
    this.#access();
    if (offset === 1) return this.#fifo(value);
    if (offset === 2) return this.#mask(value);
    must((value & BtControl.Oem0) === 0, "BT-08: OEM0 is left alone");
    must((value & BtControl.BBusy) === 0, "BT-08: B_BUSY is the BMC's");
    const actions = value & ~BtControl.SmsAtn;
    must((actions & (actions - 1)) === 0, "one thing at a time");
    if ((value & BtControl.SmsAtn) !== 0) this.#clearAttention();
    switch (actions) {
      case BtControl.ClearWritePointer:
        return this.#clearWritePointer();
      case BtControl.H2bAtn:
        return this.#setH2bAtn();
      case BtControl.HBusy:
        return this.#toggleBusy();
      case BtControl.B2hAtn:
        must(this.#taking === "busy", "BT-05: H_BUSY is set before B2H_ATN is cleared");
        this.#taking = "cleared";
        this.#control &= ~BtControl.B2hAtn;
        return;
      case BtControl.ClearReadPointer:
        must(this.#taking === "cleared", "BT-05: B2H_ATN is cleared before the FIFO is read");
        this.#taking = "reading";
        this.#given = 0;
        return;
    }
  }

  /** Whether the BMC has something to do. */
  get pending(): boolean {
    const busy = (this.#control & (BtControl.HBusy | BtControl.B2hAtn)) !== 0;
    return this.#agenda.length > 0 || (this.#outgoing.length > 0 && !busy);
  }

  /** Does the next thing. */
  turn(): void {
    const next = this.#agenda.shift();
    if (next !== undefined) next();
    else if (this.pending) this.#give();
  }

  /** Answers an open request with NetFn/LUN, Cmd, completion code and data. */
  respond(request: StrictRequest, response: readonly number[]): void {
    this.open.splice(this.open.indexOf(request), 1);
    const [netFnLun = 0, ...rest] = response;
    const frame = [response.length + 1, netFnLun, request.seq, ...rest];
    this.#outgoing.push({ frame, tag: request.tag });
  }

  /** Gives a frame that answers nothing, or twice. */
  giveFrame(frame: readonly number[]): void {
    this.#outgoing.push({ frame, tag: 0 });
  }

  /** Forgets a request: it is never answered. */
  drop(request: StrictRequest): void {
    this.open.splice(this.open.indexOf(request), 1);
  }

  raiseAttention(): void {
    this.#control |= BtControl.SmsAtn;
  }

  set busy(busy: boolean) {
    this.#control = (this.#control & ~BtControl.BBusy) | (busy ? BtControl.BBusy : 0);
  }

  /** Lets bits of BT_CTRL fall that were left behind. */
  clear(bits: number): void {
    this.#control &= ~bits;
  }

  get control(): number {
    return this.#control;
  }

  #access(): void {
    this.#options.beforeAccess?.(this);
    this.accesses++;
  }

  get #frameBytes(): number {
    return this.#given === 0 ? 1 : 1 + (this.#toHost[0] ?? 0);
  }

  #fifo(value: number): void {
    must(this.#written !== undefined, "BT-02: CLR_WR_PTR comes before the first byte");
    this.#written?.push(value);
  }

  #mask(value: number): void {
    const known = BtInterruptMask.Enable | BtInterruptMask.Interrupt;
    must((value & ~known) === 0, "BT-08: the other bits of INTMASK are left alone");
    this.interruptMask = value & BtInterruptMask.Enable;
  }

  #clearAttention(): void {
    must((this.#control & BtControl.SmsAtn) !== 0, "SMS_ATN is cleared when it is set");
    this.#control &= ~BtControl.SmsAtn;
  }

  #clearWritePointer(): void {
    const seen = this.#seen ?? BtControl.BBusy;
    const taken = (seen & (BtControl.BBusy | BtControl.H2bAtn)) === 0;
    must(taken, "BT-01: a request begins with B_BUSY=0 and H2B_ATN=0");
    must(this.#taking === "not", "a response is taken as a whole");
    this.#written = [];
  }

  #setH2bAtn(): void {
    const frame = this.#written ?? [];
    const [length = 0] = frame;
    must(frame.length === length + 1, "BT-03: H2B_ATN follows the whole frame");
    must(length >= 3 && length <= this.#options.inputMax, "BT-04: Length is in its range");
    this.#written = undefined;
    this.#seen = undefined;
    this.#control |= BtControl.H2bAtn;
    this.#agenda.push(
      () => {
        this.busy = true;
      },
      () => {
        this.#control &= ~BtControl.H2bAtn;
      },
      () => this.#receive(frame),
    );
  }

  #receive(frame: readonly number[]): void {
    const [, netFnLun = 0, seq = 0, ...rest] = frame;
    const message = Uint8Array.of(netFnLun, ...rest);
    const same = this.open.some((one) => {
      return one.seq === seq && one.message[0] === netFnLun && one.message[1] === message[1];
    });
    must(!same, "BT-06: Seq, NetFn and Cmd are unique among the open requests");
    must(this.open.length < this.#options.capacity, "BT-07: no more requests than the BMC takes");
    const request = { seq, message, tag: this.tags.request };
    this.open.push(request);
    if (this.#options.busyWhileExecuting !== true) this.busy = false;
    this.#options.onRequest?.(request, this);
  }

  #toggleBusy(): void {
    if ((this.#control & BtControl.HBusy) === 0) {
      must((this.#control & BtControl.B2hAtn) !== 0, "H_BUSY is set to take a response");
      this.#taking = "busy";
    } else if (this.#taking !== "not") {
      const done = this.#taking === "reading" && this.#given === this.#frameBytes;
      must(done, "BT-05: H_BUSY is cleared last");
      this.#taking = "not";
    }
    this.#control ^= BtControl.HBusy;
  }

  /** The frame goes into the FIFO, then B2H_ATN rises. */
  #give(): void {
    const next = this.#outgoing.shift();
    if (next === undefined) return;
    this.#toHost = next.frame;
    this.tags.response = next.tag;
    this.#agenda.push(() => {
      this.#control |= BtControl.B2hAtn;
    });
    if (this.#options.busyWhileExecuting === true) this.#agenda.push(() => void this.#unbusy());
  }

  #unbusy(): void {
    this.busy = false;
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new HostFault(`the rule is: ${what}`);
}
