import type { Answer } from "../../host/index.ts";
import { decodeRequest } from "../../ipmi/message.ts";
import type { Actor, Step, WatchdogStep } from "../../scenario/schema.ts";
import type { Scheduler } from "../../time/scheduler.ts";

/** What a step asks of a user of the stack. */
export interface Wanted {
  readonly netFn: number;
  readonly cmd: number;
  readonly lun: number;
  readonly data: Uint8Array;
  readonly ipmb: { readonly channel: number; readonly address: number } | undefined;
}

/** What the actors act on: our stack with its users. */
export interface ActorsHost {
  /** Hands a request in; false when it was refused, and `answered` will not be called. */
  submit(user: string, wanted: Wanted, answered: (answer: Answer) => void): boolean;
  setEvents(user: string, on: boolean): void;
  closeUser(user: string): void;
  removeDriver(): void;
  insertDriver(): void;
  readAttribute(read: () => void): void;
  /** `done` is called when the step is over, whatever came of it. */
  watchdog(user: string, step: WatchdogStep, done: () => void): void;
  keepAlive(done: () => void): void;
}

/** A pause after a refusal, as a program makes that tries again. In µs. */
const REFUSED_PAUSE_US = 1_000;

/** Our own driver has no modules and no parameters: it is there, or it is not. */
const COMES: readonly NonNullable<Step["driver"]>[] = ["insert", "load", "hot-add"];

/** Lets the actors of a workload do their steps on our own stack, whatever the time. */
export class Actors {
  private readonly _host: ActorsHost;
  private readonly _scheduler: Scheduler;
  private readonly _allDone: () => void;
  private _running = 0;
  /** Steps that end when all that was asked in them is answered. */
  private readonly _waiting = new Set<{ answers: number }>();

  constructor(host: ActorsHost, scheduler: Scheduler, allDone: () => void) {
    this._host = host;
    this._scheduler = scheduler;
    this._allDone = allDone;
  }

  begin(actors: readonly Actor[]): void {
    this._running = actors.length;
    for (const actor of actors) this.#next(actor, 0);
  }

  #next(actor: Actor, index: number): void {
    const step = actor.steps[index];
    const done = () => this.#next(actor, index + 1);
    if (step !== undefined) return this.#do(actor.user, step, done);
    this._running--;
    if (this._running === 0) this._allDone();
  }

  #do(user: string, step: Step, done: () => void): void {
    const now = this._scheduler.now();
    if (step.sleep !== undefined) return void this._scheduler.at(now + step.sleep, "sleep", done);
    const times = step.times ?? 1;
    const once = this.#quickStep(user, step);
    if (once !== undefined) return this.#repeat(times, step.every ?? 0, once, done);
    if (step.events !== undefined) this._host.setEvents(user, step.events === "on");
    if (step.driver !== undefined && COMES.includes(step.driver)) this._host.insertDriver();
    else if (step.driver !== undefined) this._host.removeDriver();
    if (step.close !== undefined) this._host.closeUser(step.close);
    const wanted = wantedBy(step);
    if (wanted === undefined) return void this._scheduler.at(now, "next step", done);
    if (step.parallel === true) return this.#together(user, wanted, times, done);
    this.#repeat(times, step.every ?? 0, (then) => this.#once(user, wanted, then), done);
  }

  /** A step that is no request of the user's own, and that may be repeated. */
  #quickStep(user: string, step: Step): ((then: () => void) => void) | undefined {
    const { watchdog } = step;
    if (step.read !== undefined) return (then) => this._host.readAttribute(then);
    if (step.keepalive === true) return (then) => this._host.keepAlive(then);
    if (watchdog === undefined) return undefined;
    return (then) => this._host.watchdog(user, watchdog, then);
  }

  #once(user: string, wanted: Wanted, then: () => void): void {
    if (this._host.submit(user, wanted, then)) return;
    this._scheduler.at(this._scheduler.now() + REFUSED_PAUSE_US, "refused", then);
  }

  /** One after the other, each begun `every` µs after the one before or when that is answered. */
  #repeat(left: number, every: number, once: (then: () => void) => void, done: () => void): void {
    if (left === 0) return done();
    const begunUs = this._scheduler.now();
    once(() => {
      if (left === 1) return done();
      const us = Math.max(this._scheduler.now(), begunUs + every);
      this._scheduler.at(us, "again", () => this.#repeat(left - 1, every, once, done));
    });
  }

  #together(user: string, wanted: Wanted, times: number, done: () => void): void {
    const waiting = { answers: times };
    this._waiting.add(waiting);
    const closed = () => {
      waiting.answers--;
      if (waiting.answers > 0) return;
      this._waiting.delete(waiting);
      done();
    };
    for (let i = 0; i < times; i++) this.#once(user, wanted, closed);
  }
}

/** The request that a step asks for; undefined for a step that is none. */
export function wantedBy(step: Step): Wanted | undefined {
  const ipmb =
    step.ipmb === undefined
      ? undefined
      : { channel: step.ipmb.channel ?? 0, address: step.ipmb.address };
  if (step.raw !== undefined) {
    const { netFn, cmd, lun, data } = decodeRequest(step.raw);
    return { netFn, cmd, lun, data, ipmb };
  }
  if (step.request === undefined) return undefined;
  const { netFn, cmd } = step.request;
  return { netFn, cmd, lun: step.lun ?? 0, data: step.data ?? new Uint8Array(0), ipmb };
}
