import {
  Again,
  Failure,
  type InterfaceMachine,
  type Overlap,
  Pace,
  type Refusal,
  type Signals,
} from "../../../src/host/interfaces/machine.ts";

/** An interface machine that does at each step what the test says, and nothing on a wire. */
export class FakeMachine implements InterfaceMachine {
  /** What the next steps give; then `Later` for ever. */
  paces: Pace[] = [];
  /** Called at each step before it gives its pace. */
  onStep: () => void = () => {};
  readonly steps: number[] = [];
  readonly begun: (readonly [frame: readonly number[], nowUs: number, again: Again])[] = [];
  refusals: Refusal[] = [];
  wakeUs = Number.POSITIVE_INFINITY;
  readonly answer = Uint8Array.of(0x1c, 0x01, 0x00, 0x07);
  answerBytes = 4;
  cut = false;
  why: Failure = Failure.None;
  recovered = 0;
  somebody = true;
  looks = 0;
  resets = 0;
  /** What became of the greeting. */
  heard: (Uint8Array | undefined)[] = [];

  begin(frame: Uint8Array, nowUs: number, again: Again = Again.Freely): Refusal | undefined {
    const refusal = this.refusals.shift();
    if (refusal === undefined) this.begun.push([[...frame], nowUs, again]);
    return refusal;
  }

  step(nowUs: number): Pace {
    this.steps.push(nowUs);
    this.onStep();
    return this.paces.shift() ?? Pace.Later;
  }

  wakeAtUs(): number {
    return this.wakeUs;
  }

  response(): Uint8Array {
    return this.answer.subarray(0, this.answerBytes);
  }

  truncated(): boolean {
    return this.cut;
  }

  failure(): Failure {
    return this.why;
  }

  recoveries(): number {
    return this.recovered;
  }

  detect(): boolean {
    this.looks++;
    return this.somebody;
  }

  greeting() {
    return { cmd: 0x36, data: Uint8Array.of(1) };
  }

  greeted(data: Uint8Array | undefined): void {
    this.heard.push(data);
  }

  reset(): void {
    this.resets++;
  }
}

/** One that carries several transactions: `rooms` at a time. */
export class OverlappingMachine extends FakeMachine {
  rooms = 2;
  sends = 0;
  ends = 0;
  readonly overlap: Overlap = {
    ready: () => this.begun.length < this.rooms,
    sending: () => this.sends,
    ended: () => this.ends,
  };
}

/** One whose attention and interrupt the host takes back. */
export class LatchingMachine extends FakeMachine {
  attends = false;
  readonly told: string[] = [];
  readonly signals: Signals = {
    attention: () => this.attends,
    takeAttention: () => this.told.push("attention taken"),
    setInterrupts: (enabled) => this.told.push(`interrupts ${enabled}`),
    interrupted: () => this.told.push("interrupted"),
    withdraw: () => this.told.push("withdrawn"),
  };
}

/** One that interrupts for all but its output. */
export class LookingMachine extends FakeMachine {
  readonly looksForOutput = true;
}

/** One that completes each transaction in a step, or leaves it under way. */
export class AnsweringMachine extends FakeMachine {
  /** The BMC asks for attention: an idle machine sees it. */
  attends = false;
  /** The data after NetFn/LUN and command, as from the BMC; or what the step gives in place of it. */
  reply: (frame: readonly number[]) => readonly number[] | Pace = () => [0x00];
  #response = new Uint8Array(0);
  #running: readonly number[] | undefined;

  override begin(frame: Uint8Array, nowUs: number, again?: Again): Refusal | undefined {
    this.#running = [...frame];
    return super.begin(frame, nowUs, again);
  }

  override step(nowUs: number): Pace {
    super.step(nowUs);
    if (this.#running === undefined) return this.attends ? Pace.Attention : Pace.Idle;
    const [netFnLun = 0, cmd = 0] = this.#running;
    const reply = this.reply(this.#running);
    if (reply !== Pace.Later) this.#running = undefined;
    if (typeof reply === "number") return reply;
    this.#response = Uint8Array.of(netFnLun | 0x04, cmd, ...reply);
    return Pace.Done;
  }

  override response(): Uint8Array {
    return this.#response;
  }
}
