import { Control, Phase, Status } from "../../../../src/wire/kcs/protocol.ts";
import type { RegisterPort, TransactionTags } from "../../../../src/wire/registers/port.ts";

type Stage = "idle" | "write" | "end" | "executing" | "reading" | "abort-data" | "abort-code";

/** What the host did that the specification forbids, or that leaves no room for a slow BMC. */
export class HostFault extends Error {}

export interface StrictKcsOptions {
  /** The state after a reset of the BMC. */
  readonly phase?: Phase;
  /** Polled BMCs need not load a dummy byte after each control code and byte of a request. */
  readonly pulses?: boolean;
  /** Called before each access of the host. */
  readonly beforeAccess?: (model: StrictKcs) => void;
  /** A whole request came. */
  readonly onRequest?: (request: Uint8Array, model: StrictKcs) => void;
  /** The host wrote: there is a turn to take. */
  readonly onInput?: () => void;
}

/**
 * A KCS BMC that is stricter than hardware: it throws at what a real one might forgive. It acts in
 * turns; each does one thing that a host could see by itself. @see IPMI 2.0 §9.15
 */
export class StrictKcs implements RegisterPort {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  readonly counts = { status: 0, data: 0, writes: 0 };
  readonly #options: StrictKcsOptions;
  #status: number;
  #input = 0;
  #output = 0;
  #stage: Stage = "idle";
  #request: number[] = [];
  #tag = 0;
  #response: Uint8Array = new Uint8Array(0);
  #given = 0;
  #errorCode = 0;
  /** The host's last write was GET_STATUS/ABORT. */
  #aborting = false;
  /** A byte that goes to the output register at the next turn. */
  #load: number | undefined;
  /** The status that the host last read since its last write; undefined when it did not look. */
  #seen: number | undefined;

  constructor(options: StrictKcsOptions = {}) {
    this.#options = options;
    this.#status = (options.phase ?? Phase.Idle) << 6;
  }

  get accesses(): number {
    return this.counts.status + this.counts.data + this.counts.writes;
  }

  read(offset: number): number {
    this.#options.beforeAccess?.(this);
    if (offset === 1) {
      this.counts.status++;
      this.#seen = this.#status;
      return this.#status;
    }
    must(offset === 0, "registers are at 0 and 1");
    this.counts.data++;
    must(this.#seen !== undefined, "the host looks before it reads data");
    must(((this.#seen ?? 0) & Status.Obf) !== 0, "the host reads data while OBF is set");
    this.#status &= ~Status.Obf;
    this.#seen = (this.#seen ?? 0) & ~Status.Obf;
    return this.#output;
  }

  write(offset: number, value: number): void {
    this.#options.beforeAccess?.(this);
    this.counts.writes++;
    must(this.#seen !== undefined, "the host looks after each write before the next");
    must(((this.#seen ?? 0) & Status.Ibf) === 0, "the host writes while IBF is clear");
    must(((this.#seen ?? 0) & Status.Obf) === 0, "the host took the output before it writes");
    if (offset === 1) this.#judgeCommand(value);
    else this.#judgeData(value);
    this.#seen = undefined;
    this.#input = value;
    this.#status |= Status.Ibf | (offset === 1 ? Status.Cd : 0);
    if (offset === 0) this.#status &= ~Status.Cd;
    this.#options.onInput?.();
  }

  /** Whether the BMC has something to do. */
  get pending(): boolean {
    return this.#load !== undefined || (this.#status & Status.Ibf) !== 0;
  }

  /** Does the next thing. */
  turn(): void {
    if (this.#load !== undefined) {
      this.#output = this.#load;
      this.#status |= Status.Obf;
      this.#load = undefined;
    } else if ((this.#status & Status.Ibf) !== 0) {
      if ((this.#status & Status.Cd) !== 0) this.#takeCommand(this.#input);
      else this.#takeData(this.#input);
      this.#status &= ~Status.Ibf;
      if (this.#stage === "executing" && this.#request.length > 0) this.#hand();
    }
  }

  /** The application's response; late ones, after an abort, are thrown away. */
  respond(response: Uint8Array): void {
    if (this.#stage !== "executing") return;
    this.#response = response;
    this.#given = 0;
    this.tags.response = this.#tag;
    this.#stage = "reading";
    if (response.length === 0) this.#finish();
    else this.#load = this.#next();
  }

  /** The BMC breaks off and says ERROR. */
  jam(): void {
    this.#stage = "idle";
    this.#phase(Phase.Error);
    this.#status &= ~Status.Ibf;
    this.#load = 0;
    this.#errorCode = 0xff;
  }

  setAttention(on: boolean): void {
    this.#status = on ? this.#status | Status.SmsAtn : this.#status & ~Status.SmsAtn;
  }

  #judgeCommand(value: number): void {
    this.#aborting = value === Control.GetStatusAbort;
    switch (value) {
      case Control.WriteStart:
        must((this.#seen ?? 0) >> 6 === Phase.Idle, "a polite host starts only when IDLE");
        break;
      case Control.WriteEnd:
        must(this.#stage === "write" && this.#request.length > 0, "WRITE_END follows data");
        break;
      default:
        must(value === Control.GetStatusAbort, "only known codes go to Command");
    }
  }

  #judgeData(value: number): void {
    // The host does not look at the state between GET_STATUS/ABORT and its 00h.
    const aborting = this.#aborting && value === 0;
    this.#aborting = false;
    if (aborting) return;
    switch (this.#stage) {
      case "write":
      case "end":
        return;
      case "reading":
      case "abort-code":
        must(value === Control.Read, "in READ only the READ code goes to Data_In");
        return;
      default:
        must((this.#seen ?? 0) >> 6 === Phase.Write, "no data while nothing is transferred");
    }
  }

  #takeCommand(code: number): void {
    this.#phase(Phase.Write);
    if (code === Control.WriteStart) {
      this.#stage = "write";
      this.#request = [];
      this.#tag = this.tags.request;
    } else if (code === Control.WriteEnd) {
      this.#stage = "end";
    } else {
      this.#errorCode ||= this.#stage === "idle" ? 0 : 1;
      this.#stage = "abort-data";
    }
    this.#pulse();
  }

  #takeData(byte: number): void {
    switch (this.#stage) {
      case "write":
        this.#request.push(byte);
        this.#pulse();
        break;
      case "end":
        this.#request.push(byte);
        this.#phase(Phase.Read);
        this.#stage = "executing";
        break;
      case "reading":
        if (this.#given < this.#response.length) this.#load = this.#next();
        else this.#finish();
        break;
      case "abort-data":
        this.#phase(Phase.Read);
        this.#stage = "abort-code";
        this.#load = this.#errorCode;
        this.#errorCode = 0;
        break;
      case "abort-code":
        this.#finish();
        break;
      default:
        this.jam();
    }
  }

  #hand(): void {
    const request = Uint8Array.from(this.#request);
    this.#request = [];
    this.#options.onRequest?.(request, this);
  }

  #next(): number {
    return this.#response[this.#given++] ?? 0;
  }

  #finish(): void {
    this.#stage = "idle";
    this.#phase(Phase.Idle);
    this.#load = 0;
  }

  #pulse(): void {
    if (this.#options.pulses ?? true) this.#load = 0;
  }

  #phase(phase: Phase): void {
    this.#status = (this.#status & ~Status.State) | (phase << 6);
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new HostFault(`the rule is: ${what}`);
}
