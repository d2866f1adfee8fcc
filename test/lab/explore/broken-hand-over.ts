import {
  Again,
  type Failure,
  type InterfaceMachine,
  Pace,
} from "../../../src/host/interfaces/machine.ts";

interface Message {
  readonly frame: Uint8Array;
  readonly again: Again;
}

/**
 * A hand-over as the thread of 2015 knew it, for a stack whose panic goes the ordinary way. The
 * handler hands one message down at a time, takes it to be below until it has ended, and holds
 * back what comes meanwhile. The interface keeps the message that waits until it begins with it. A
 * panic takes over: what waits and what runs is dropped, and is not below any more.
 *
 * `early`: the waiting message is cleared before the interface has begun with it. A panic that
 * comes between finds a message that neither waits nor runs, and yet is below by the handler's
 * account; the panic's own messages are held back behind it, and nobody will ever send it.
 */
export class HandOver implements InterfaceMachine {
  private readonly _machine: InterfaceMachine;
  private readonly _early: boolean;
  private _below: Message | undefined;
  private _heldBack: Message | undefined;
  private _waiting: Message | undefined;
  private _running: Message | undefined;

  constructor(machine: InterfaceMachine, early: boolean) {
    this._machine = machine;
    this._early = early;
  }

  begin(frame: Uint8Array, _nowUs: number, again: Again = Again.Freely): undefined {
    const message = { frame, again };
    if (this._below === undefined) this.#handDown(message);
    else this._heldBack = message;
  }

  step(nowUs: number): Pace {
    if (this._waiting !== undefined) return this.#start(this._waiting, nowUs);
    if (this._running !== undefined) return this.#goOn(nowUs);
    return this._below === undefined ? this._machine.step(nowUs) : Pace.Later;
  }

  /** The panic comes. */
  reset(): void {
    if (this._waiting === undefined && this._running === undefined) return;
    this._machine.reset();
    this._waiting = undefined;
    this._running = undefined;
    this._below = undefined;
  }

  #handDown(message: Message): void {
    this._below = message;
    this._waiting = message;
  }

  #start(message: Message, nowUs: number): Pace {
    if (this._early) this._waiting = undefined;
    // A byte that was left over is taken out of the way first.
    this._machine.step(nowUs);
    this._machine.begin(message.frame, nowUs, message.again);
    this._running = message;
    this._waiting = undefined;
    return Pace.Again;
  }

  #goOn(nowUs: number): Pace {
    const pace = this._machine.step(nowUs);
    if (pace !== Pace.Done && pace !== Pace.Failed) return pace;
    const next = this._heldBack;
    this._running = undefined;
    this._below = undefined;
    this._heldBack = undefined;
    if (next === undefined) return pace;
    this.#handDown(next);
    return Pace.Again;
  }

  wakeAtUs(): number {
    return this._machine.wakeAtUs();
  }

  response(): Uint8Array {
    return this._machine.response();
  }

  truncated(): boolean {
    return this._machine.truncated();
  }

  failure(): Failure {
    return this._machine.failure();
  }

  recoveries(): number {
    return this._machine.recoveries();
  }

  detect(): boolean {
    return this._machine.detect();
  }

  greeting(): ReturnType<InterfaceMachine["greeting"]> {
    return this._machine.greeting();
  }

  greeted(data: Uint8Array | undefined): void {
    this._machine.greeted(data);
  }
}
