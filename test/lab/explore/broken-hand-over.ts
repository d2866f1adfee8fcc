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
  readonly #machine: InterfaceMachine;
  readonly #early: boolean;
  #below: Message | undefined;
  #heldBack: Message | undefined;
  #waiting: Message | undefined;
  #running: Message | undefined;

  constructor(machine: InterfaceMachine, early: boolean) {
    this.#machine = machine;
    this.#early = early;
  }

  begin(frame: Uint8Array, _nowUs: number, again: Again = Again.Freely): undefined {
    const message = { frame, again };
    if (this.#below === undefined) this.#handDown(message);
    else this.#heldBack = message;
  }

  step(nowUs: number): Pace {
    if (this.#waiting !== undefined) return this.#start(this.#waiting, nowUs);
    if (this.#running !== undefined) return this.#goOn(nowUs);
    return this.#below === undefined ? this.#machine.step(nowUs) : Pace.Later;
  }

  /** The panic comes. */
  reset(): void {
    if (this.#waiting === undefined && this.#running === undefined) return;
    this.#machine.reset();
    this.#waiting = undefined;
    this.#running = undefined;
    this.#below = undefined;
  }

  #handDown(message: Message): void {
    this.#below = message;
    this.#waiting = message;
  }

  #start(message: Message, nowUs: number): Pace {
    if (this.#early) this.#waiting = undefined;
    // A byte that was left over is taken out of the way first.
    this.#machine.step(nowUs);
    this.#machine.begin(message.frame, nowUs, message.again);
    this.#running = message;
    this.#waiting = undefined;
    return Pace.Again;
  }

  #goOn(nowUs: number): Pace {
    const pace = this.#machine.step(nowUs);
    if (pace !== Pace.Done && pace !== Pace.Failed) return pace;
    const next = this.#heldBack;
    this.#running = undefined;
    this.#below = undefined;
    this.#heldBack = undefined;
    if (next === undefined) return pace;
    this.#handDown(next);
    return Pace.Again;
  }

  wakeAtUs(): number {
    return this.#machine.wakeAtUs();
  }

  response(): Uint8Array {
    return this.#machine.response();
  }

  truncated(): boolean {
    return this.#machine.truncated();
  }

  failure(): Failure {
    return this.#machine.failure();
  }

  recoveries(): number {
    return this.#machine.recoveries();
  }

  detect(): boolean {
    return this.#machine.detect();
  }

  greeting(): ReturnType<InterfaceMachine["greeting"]> {
    return this.#machine.greeting();
  }

  greeted(data: Uint8Array | undefined): void {
    this.#machine.greeted(data);
  }
}
