import { Control, Phase, Status } from "../../wire/kcs/protocol.ts";
import type { BmcTopics } from "../automaton.ts";
import { Topic } from "../dispatch.ts";
import type { BmcFace } from "../observer.ts";
import { Transfer } from "../transfer.ts";

/**
 * The states a BMC goes through by the rules. Finer than the two state bits, which tell the host
 * only what it needs. @see IPMI 2.0 §9.15, figures 9-6 to 9-8
 */
export const BmcState = {
  /** Not known: at the start, after a reset, or while a wire fault hides the BMC. */
  Unknown: 0,
  Idle: 1,
  /** WRITE_START was taken. */
  Start: 2,
  /** Data was taken. */
  Data: 3,
  /** WRITE_END was taken. */
  End: 4,
  /** The last byte was taken: the request is whole. */
  Executing: 5,
  /** The first byte of the response was given. */
  Reading: 6,
  Error: 7,
  /** GET_STATUS/ABORT was taken. */
  Abort: 8,
  /** The 00h after it was taken, and the status code is due. */
  AbortRead: 9,
} as const;
export type BmcState = (typeof BmcState)[keyof typeof BmcState];

/** The BMC took an input byte. One object, used again for each step. */
export class Step {
  from: BmcState = BmcState.Unknown;
  to: BmcState = BmcState.Unknown;
  /** The byte went to Command, not to Data_In. */
  command = false;
  value = 0;
  /** The state bits that the BMC showed by the time it had taken the byte; -1 unknown. */
  bits = -1;
  /** The outputs that the BMC gave between the byte before and this one. */
  outputs = 0;
  /** From the byte before to this one. */
  sinceInputUs = 0;
}

/** The state bits changed while no input waited. One object, used again for each change. */
export class StateChange {
  from: number = Phase.Idle;
  to: number = Phase.Idle;
  /** Where the BMC was by the rules. */
  state: BmcState = BmcState.Unknown;
  outputs = 0;
  sinceInputUs = 0;
}

/** The BMC gave an output byte. One object, used again for each. */
export class Output {
  value = 0;
  /** Where the BMC was by the rules, and where the byte brought it. */
  from: BmcState = BmcState.Unknown;
  to: BmcState = BmcState.Unknown;
  /** The outputs since the last input, this one included. */
  outputs = 0;
}

/** What there is to tell on KCS only. */
export function kcsTopics() {
  return {
    /** The BMC took an input byte; and one that went to Command, of which the former comes first. */
    step: new Topic<Step>("either"),
    commandStep: new Topic<Step>("either"),
    /** The BMC's state bits changed with no input to take. */
    change: new Topic<StateChange>("either"),
    /** The BMC gave an output byte; and one that is a status code, of which the former comes first. */
    output: new Topic<Output>("either"),
    statusCode: new Topic<Output>("either"),
  };
}
export type KcsTopics = ReturnType<typeof kcsTopics>;

/**
 * Follows the BMC through the protocol. It is fed by the BMC's own face of the wire when that is
 * tapped, else by what the host saw there.
 */
export class BmcView implements BmcFace {
  state: BmcState = BmcState.Unknown;
  /** The status register; -1 before it was ever seen. */
  status = -1;
  /** The BMC is in a reset or not there: nothing can be asked of it. */
  away = false;
  readonly exchange = new Transfer();
  private _outputs = 0;
  private _lastInputUs = 0;
  private readonly _topics: BmcTopics & KcsTopics;
  private readonly _step = new Step();
  private readonly _change = new StateChange();
  private readonly _output = new Output();

  constructor(topics: BmcTopics & KcsTopics) {
    this._topics = topics;
  }

  get silent(): boolean {
    return this.state === BmcState.Executing && this.exchange.response.length === 0;
  }

  hasTaken(message: Uint8Array): boolean | undefined {
    if (this.state === BmcState.Unknown) return undefined;
    return this.state === BmcState.Executing && this.exchange.request.equals(message);
  }

  /** The number of outputs since the last input. */
  get outputs(): number {
    return this._outputs;
  }

  get lastInputUs(): number {
    return this._lastInputUs;
  }

  /** The state bits; -1 before they were ever seen. */
  get bits(): number {
    return this.status >> 6;
  }

  /**
   * It shows WRITE_STATE while a control code waits: it has seen the host begin, and takes the code later.
   * What it gives meanwhile is the dummy byte of that, and of no response.
   */
  get begins(): boolean {
    return this.bits === Phase.Write && (this.status & COMMAND_WAITS) === COMMAND_WAITS;
  }

  /** Nothing that was known holds any longer. */
  forget(): void {
    this.state = BmcState.Unknown;
    this.status = -1;
  }

  /** The BMC took `value`, showing `status` when it had taken it. */
  input(command: boolean, value: number, status: number, nowUs: number, tag: number): void {
    const step = this._step;
    this.status = status;
    const bits = this.bits;
    step.from = this.state;
    step.command = command;
    step.value = value;
    step.bits = bits;
    step.outputs = this._outputs;
    step.sinceInputUs = nowUs - this._lastInputUs;
    step.to = command ? afterCommand(step) : afterData(step);
    const restarts = command && (value === Control.WriteStart || value === Control.GetStatusAbort);
    const ended = this.#open() && (restarts || closes(step.to));
    if (ended && restarts) this.#end(false, "host", nowUs);
    this.#gather(step, nowUs, tag);
    this.state = step.to;
    this._outputs = 0;
    this._lastInputUs = nowUs;
    this._topics.step.tell(step);
    if (command) this._topics.commandStep.tell(step);
    if (!ended || restarts) return;
    // A byte of the host's that comes before the response is its way of giving up, too.
    const by = step.from === BmcState.Executing ? "host" : "bmc";
    this.#end(step.from === BmcState.Reading && step.to === BmcState.Idle, by, nowUs);
  }

  /** The status register is `status`, and no input waits to be taken. */
  seen(status: number, nowUs: number): void {
    const before = this.bits;
    this.status = status;
    const bits = this.bits;
    if (bits === before) return;
    const change = this._change;
    change.from = before;
    change.to = bits;
    change.state = this.state;
    change.outputs = this._outputs;
    change.sinceInputUs = nowUs - this._lastInputUs;
    if (before === -1) return;
    const ended = this.#open() && (bits === Phase.Idle || bits === Phase.Error);
    const state = this.state;
    if (state !== BmcState.Unknown && bits === Phase.Idle) this.state = BmcState.Idle;
    if (state !== BmcState.Unknown && bits === Phase.Error) this.state = BmcState.Error;
    this._topics.change.tell(change);
    if (!ended) return;
    const complete = state === BmcState.Reading && bits === Phase.Idle && change.outputs === 0;
    this.#end(complete, "bmc", nowUs);
  }

  /** The output register was seen full. */
  full(): void {
    if (this._outputs === 0) this._outputs = 1;
  }

  /** The BMC gave `value`. `counted`: the output register had been seen full already. */
  give(value: number, counted: boolean): void {
    if (!counted) this._outputs++;
    const output = this._output;
    output.value = value;
    output.from = this.state;
    if (!this.begins) this.#responds(value);
    output.to = this.state;
    output.outputs = this._outputs;
    this._topics.output.tell(output);
    if (output.from === BmcState.AbortRead && this._outputs === 1) {
      this._topics.statusCode.tell(output);
    }
  }

  #responds(value: number): void {
    if (this.state === BmcState.Executing) this.state = BmcState.Reading;
    if (this.state === BmcState.Reading) this.exchange.response.push(value);
  }

  #open(): boolean {
    return this.state >= BmcState.Start && this.state <= BmcState.Reading;
  }

  #end(complete: boolean, by: "host" | "bmc", nowUs: number): void {
    this.exchange.end(nowUs, complete, by, this.status);
    this._topics.exchange.tell(this.exchange);
  }

  #gather(step: Step, nowUs: number, tag: number): void {
    if (step.command) {
      if (step.value === Control.WriteStart) this.exchange.begin(nowUs, tag);
      return;
    }
    if (step.from < BmcState.Start || step.from > BmcState.End) return;
    this.exchange.request.push(step.value);
    if (step.from !== BmcState.End) return;
    this.exchange.sent = true;
    this.exchange.sentUs = nowUs;
  }
}

/** The host has written Command, and the BMC has not taken it. */
const COMMAND_WAITS = Status.Ibf | Status.Cd;

function closes(state: BmcState): boolean {
  return state === BmcState.Idle || state === BmcState.Error;
}

function afterCommand(step: Step): BmcState {
  const failed = step.bits === Phase.Error;
  switch (step.value) {
    case Control.WriteStart:
      return failed ? BmcState.Error : BmcState.Start;
    case Control.GetStatusAbort:
      return BmcState.Abort;
    case Control.WriteEnd:
      if (step.from === BmcState.Start || step.from === BmcState.Data) {
        return failed ? BmcState.Error : BmcState.End;
      }
      return failed ? BmcState.Error : step.from;
    default:
      return failed ? BmcState.Error : step.from;
  }
}

function afterData(step: Step): BmcState {
  if (step.from === BmcState.Unknown) return BmcState.Unknown;
  if (step.bits === Phase.Error) return BmcState.Error;
  switch (step.from) {
    case BmcState.Start:
    case BmcState.Data:
      return BmcState.Data;
    case BmcState.End:
      return step.bits === Phase.Idle ? BmcState.Idle : BmcState.Executing;
    case BmcState.Reading:
      return step.bits === Phase.Idle ? BmcState.Idle : BmcState.Reading;
    case BmcState.Abort:
      if (step.bits === Phase.Idle) return BmcState.Idle;
      return step.bits === Phase.Read ? BmcState.AbortRead : BmcState.Abort;
    case BmcState.AbortRead:
      return step.bits === Phase.Idle ? BmcState.Idle : BmcState.AbortRead;
    default:
      return step.from;
  }
}
