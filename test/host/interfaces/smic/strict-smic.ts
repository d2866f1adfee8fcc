import type { RegisterPort, TransactionTags } from "../../../../src/wire/registers/port.ts";
import { SmicControl, SmicFlag, SmicStatus } from "../../../../src/wire/smic/protocol.ts";
import { HostFault } from "../kcs/strict-kcs.ts";

type Stage = "ready" | "writing" | "executing" | "reading" | "last";

export interface StrictSmicOptions {
  /** TX_DATA_RDY, RX_DATA_RDY: those fall at each handshake, and come back after BUSY fell. */
  readonly lateReady?: number;
  /** Called before each access of the host. */
  readonly beforeAccess?: (model: StrictSmic) => void;
  /** A whole request came. */
  readonly onRequest?: (request: Uint8Array, model: StrictSmic) => void;
}

/**
 * A SMIC BMC that is stricter than hardware: it throws at what a real one might forgive. It acts in
 * turns; each does one thing that a host could see by itself. @see IPMI 2.0 §10.4, §10.5
 */
export class StrictSmic implements RegisterPort {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  accesses = 0;
  readonly #options: StrictSmicOptions;
  #flags: number = SmicFlag.RxDataRdy;
  #control: number = SmicStatus.Ready;
  #data = 0;
  #stage: Stage = "ready";
  #request: number[] = [];
  #tag = 0;
  #response: Uint8Array = new Uint8Array(0);
  #given = 0;
  /** What the BMC does next, one thing a turn. */
  #agenda: (() => void)[] = [];
  /** The flags that the host last read since it set BUSY; undefined when it did not look. */
  #seen: number | undefined;
  #statusSeen = true;
  #dataSeen = true;
  #written: { control: number | undefined; data: number | undefined } = NOTHING;
  /** The BMC breaks off at its next handshake, with this error. */
  #jam: number | undefined;

  constructor(options: StrictSmicOptions = {}) {
    this.#options = options;
  }

  read(offset: number): number {
    this.#access();
    if (offset === 2) {
      this.#seen = this.#flags;
      return this.#flags;
    }
    this.#mustOwnRegisters();
    must(this.#written.control === undefined, "what was written is handed over, not read back");
    if (offset === 1) this.#statusSeen = true;
    else this.#dataSeen = true;
    return offset === 1 ? this.#control : this.#data;
  }

  write(offset: number, value: number): void {
    this.#access();
    if (offset === 2) return this.#setBusy(value);
    this.#mustOwnRegisters();
    if (offset === 0) {
      this.#written = { ...this.#written, data: value };
      return;
    }
    must(this.#statusSeen, "the host looks at the status code after each handshake");
    must(this.#dataSeen, "the host takes the data, or the error code, that came with it");
    this.#written = { ...this.#written, control: value };
  }

  /** Whether the BMC has something to do. */
  get pending(): boolean {
    return this.#agenda.length > 0;
  }

  /** Does the next thing. */
  turn(): void {
    this.#agenda.shift()?.();
  }

  /** The application's response; late ones, after an abort, are thrown away. */
  respond(response: Uint8Array): void {
    if (this.#stage !== "executing") return;
    this.#response = response;
    this.#given = 0;
    this.tags.response = this.#tag;
    this.#stage = "reading";
    this.#agenda.push(() => this.#raise(SmicFlag.RxDataRdy));
  }

  /** The BMC breaks off: it meets the next control code but WR_START with READY and this error. */
  jam(error: number): void {
    this.#jam = error;
    if (this.#stage === "executing") this.#raise(SmicFlag.RxDataRdy);
  }

  setAttention(on: boolean): void {
    this.#flags = on ? this.#flags | SmicFlag.SmsAtn : this.#flags & ~SmicFlag.SmsAtn;
  }

  #access(): void {
    this.#options.beforeAccess?.(this);
    this.accesses++;
  }

  #mustOwnRegisters(): void {
    must(this.#seen !== undefined, "the host looks at the flags after it set BUSY");
    must(((this.#seen ?? 0) & SmicFlag.Busy) === 0, "the host touches nothing while BUSY is set");
  }

  #setBusy(value: number): void {
    this.#mustOwnRegisters();
    must(value === SmicFlag.Busy, "the host sets BUSY and nothing else");
    const { control, data } = this.#written;
    must(control !== undefined, "a control code was written before BUSY is set");
    this.#judge(control ?? 0, data !== undefined);
    this.#flags |= SmicFlag.Busy;
    this.#seen = undefined;
    this.#written = NOTHING;
    this.#statusSeen = false;
    this.#control = control ?? 0;
    this.#data = data ?? this.#data;
    this.#agenda = [() => this.#take(control ?? 0)];
  }

  #judge(control: number, hasData: boolean): void {
    const writes = control >= SmicControl.WriteStart && control <= SmicControl.WriteEnd;
    must(hasData === writes, "a byte goes with what writes, and with nothing else");
    switch (control) {
      case SmicControl.WriteStart:
        return;
      case SmicControl.WriteNext:
      case SmicControl.WriteEnd:
        must(this.#saw(SmicFlag.TxDataRdy), "TX_DATA_RDY was 1 before WR_NEXT and WR_END");
        must(this.#stage === "writing", "WR_NEXT and WR_END follow WR_START");
        return;
      case SmicControl.ReadStart:
      case SmicControl.ReadNext:
        must(this.#saw(SmicFlag.RxDataRdy), "RX_DATA_RDY was 1 before RD_START and RD_NEXT");
        must(this.#jam !== undefined || this.#stage === "reading", "a response is there");
        must((control === SmicControl.ReadStart) === (this.#given === 0), "RD_START comes once");
        return;
      case SmicControl.ReadEnd:
        must(this.#stage === "last", "RD_END follows the last byte");
        return;
      default:
        must(false, "only the codes of a transaction are needed");
    }
  }

  #saw(flag: number): boolean {
    return ((this.#seen ?? 0) & flag) !== 0;
  }

  #take(control: number): void {
    if (this.#jam !== undefined && control !== SmicControl.WriteStart) return this.#refuse();
    this.#flags &= ~this.#late;
    switch (control) {
      case SmicControl.WriteStart:
        this.#jam = undefined;
        this.#stage = "writing";
        this.#request = [this.#data];
        this.#tag = this.tags.request;
        this.#flags &= ~SmicFlag.RxDataRdy;
        return this.#hand(SmicStatus.WriteStart, SmicFlag.TxDataRdy);
      case SmicControl.WriteNext:
        this.#request.push(this.#data);
        return this.#hand(SmicStatus.WriteNext, SmicFlag.TxDataRdy);
      case SmicControl.WriteEnd:
        return this.#writeEnd();
      case SmicControl.ReadEnd:
        this.#stage = "ready";
        this.#data = 0;
        return this.#hand(SmicStatus.Ready, SmicFlag.RxDataRdy, true);
      default:
        return this.#give();
    }
  }

  #writeEnd(): void {
    this.#request.push(this.#data);
    this.#stage = "executing";
    this.#flags &= ~SmicFlag.TxDataRdy;
    this.#data = 0;
    this.#dataSeen = false;
    this.#hand(SmicStatus.WriteEnd, 0);
    const request = Uint8Array.from(this.#request);
    this.#agenda.push(() => this.#options.onRequest?.(request, this));
  }

  #give(): void {
    const first = this.#given === 0;
    this.#data = this.#response[this.#given++] ?? 0;
    this.#dataSeen = false;
    if (this.#given === this.#response.length) {
      this.#stage = "last";
      return this.#hand(SmicStatus.ReadEnd, 0);
    }
    this.#hand(first ? SmicStatus.ReadStart : SmicStatus.ReadNext, SmicFlag.RxDataRdy);
  }

  #refuse(): void {
    this.#stage = "ready";
    this.#data = this.#jam ?? 0;
    this.#dataSeen = false;
    this.#hand(SmicStatus.Ready, SmicFlag.RxDataRdy, true);
  }

  /** `ready` rises with the status, or after BUSY fell when it is late and may be. */
  #hand(status: number, ready: number, atOnce = false): void {
    const late = !atOnce && (ready & this.#late) !== 0;
    if (!late) this.#raise(ready);
    this.#control = status;
    this.#agenda.push(() => {
      this.#flags &= ~SmicFlag.Busy;
    });
    if (late) this.#agenda.push(() => this.#raise(ready));
  }

  get #late(): number {
    return this.#options.lateReady ?? 0;
  }

  #raise(flags: number): void {
    this.#flags |= flags;
  }
}

const NOTHING = { control: undefined, data: undefined } as const;

function must(holds: boolean, what: string): void {
  if (!holds) throw new HostFault(`the rule is: ${what}`);
}
