import { assert } from "../../assert.ts";
import { RESPONSE_BYTES_MIN } from "../../ipmi/message.ts";
import { MILLISECOND_US, type Scheduler, SECOND_US, type Task } from "../../time/scheduler.ts";
import type { HostRun } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../../wire/registers/port.ts";
import {
  Again,
  Failure,
  failureText,
  type Greeting,
  type InterfaceMachine,
  Pace,
  Refusal,
} from "../interfaces/machine.ts";
import { LocalCc } from "../messages/codes.ts";
import type { Statistics } from "../statistics.ts";
import { type Outcome, type Transfer, type TransferFailure, unsent } from "./transfer.ts";

/** Steps of the machine in one run, before others get the processor. */
const STEPS_PER_RUN = 32;
/** The first waits for the BMC are this short, ... */
const POLL_MIN_US = 20;
/** ... with interrupts, which make polls a second resort, this short, ... */
const POLL_MIN_WITH_INTERRUPT_US = MILLISECOND_US;
/** ... later ones are a share of what was waited already, ... */
const POLL_SHARE = 4;
/** ... and none is longer. */
export const POLL_MAX_US = 10 * MILLISECOND_US;
/** So many recoveries at a stretch are no noise on the wire: the BMC was away. */
const DISORDER_RECOVERIES = 3;
/** Nor is one behind so long a silence. */
const DISORDER_SILENCE_US = SECOND_US;
const NEVER_US = Number.POSITIVE_INFINITY;

/** Says what runs next, and takes what became of it. Called within a run: never calls upward. */
export interface Chooser {
  /** The next transfer; `attention` may be asked. With `together`, it joins others under way. */
  next(nowUs: number, together: boolean): Transfer | undefined;
  ended(transfer: Transfer, outcome: Outcome): void;
  /** The BMC answers again, behind more than a passing disorder. */
  orderly(): void;
  /** Whether `next` needs the processor at all. */
  hasWork(): boolean;
  /** When to come back though there is nothing to do; Infinity for never. */
  idleUntilUs(nowUs: number): number;
}

export interface MachineRunnerOptions {
  readonly scheduler: Scheduler;
  readonly machine: InterfaceMachine;
  readonly tags: TransactionTags;
  readonly tracer: Tracer;
  readonly statistics: Statistics;
}

/**
 * Gives an interface machine the processor: from timers and interrupts in bounded runs, or polled
 * to completion. Whatever is due is done in one place, so all three are the same course. Where the
 * machine carries several transactions, so many transfers are under way at a time; but a reset
 * goes alone, since who knows what is left of the others after it.
 */
export class MachineRunner {
  private readonly _scheduler: Scheduler;
  private readonly _machine: InterfaceMachine;
  private readonly _tags: TransactionTags;
  private readonly _tracer: Tracer;
  private readonly _statistics: Statistics;
  private readonly _chooser: Chooser;
  /** The transfers under way, in the order in which they began. */
  private readonly _underWay: Transfer[] = [];
  private _task: Task | undefined;
  private _taskUs = NEVER_US;
  private _running = false;
  private _stopped = false;
  /** The last run left nothing to do. */
  private _idle = true;
  private _interrupts = false;
  private _waitingFromUs = NEVER_US;
  private _recoveriesSeen = 0;
  /** The same when a transaction ended last. */
  private _recoveriesBefore = 0;
  /** When a transaction ended last, or one began with no other under way. */
  private _progressUs = 0;

  constructor(options: MachineRunnerOptions, chooser: Chooser) {
    this._scheduler = options.scheduler;
    this._machine = options.machine;
    this._tags = options.tags;
    this._tracer = options.tracer;
    this._statistics = options.statistics;
    this._chooser = chooser;
  }

  /** Whether the BMC interrupts at each byte; polls are rarer then. */
  setInterrupts(enabled: boolean): void {
    this._interrupts = enabled;
    this._machine.signals?.setInterrupts(enabled);
  }

  /** There may be something to do. */
  kick(cause: HostRun["cause"]): void {
    if (cause === "irq") this._machine.signals?.interrupted();
    this.#arm(this._scheduler.now(), cause);
  }

  /** Whether anything is at the port. */
  detect(): boolean {
    if (this._stopped) return false;
    // What is on the wire is not to be disturbed, and will tell.
    if (this._underWay.length > 0) return true;
    this.#traceRun(true, "kick");
    const found = this._machine.detect();
    this.#traceRun(false, "kick");
    return found;
  }

  /** What the interface has to know before all else. */
  greeting(): Greeting | undefined {
    return this._machine.greeting();
  }

  greeted(data: Uint8Array | undefined): void {
    this._machine.greeted(data);
  }

  /** Looks for the BMC's attention; at most two register accesses when the machine is idle. */
  attention(nowUs: number): boolean {
    assert(this._running, "attention is asked for within a run");
    if (this._underWay.length > 0) return this._machine.signals?.attention() ?? false;
    return this._machine.step(nowUs) === Pace.Attention && !this._stopped;
  }

  /** Whether it is the host that takes attention back, so that the BMC does not repeat itself. */
  get ownsAttention(): boolean {
    return this._machine.signals !== undefined;
  }

  /** The next transfer looks into what attention announced. */
  takeAttention(): void {
    this._machine.signals?.takeAttention();
  }

  /** No register access from now on, ever. The transfers that ran are given back unfinished. */
  stop(): readonly Transfer[] {
    if (!this._stopped) this._machine.signals?.withdraw();
    this._stopped = true;
    this._task?.cancel();
    this._task = undefined;
    return this._underWay.splice(0);
  }

  /** A transfer is on the wire. */
  get busy(): boolean {
    return this._underWay.length > 0;
  }

  /**
   * Polls until nothing is in progress or waiting, or until `untilUs`; true when all is done.
   * `spin` passes the given time without giving the processor away.
   */
  flush(untilUs: number, spin: (us: number) => void): boolean {
    while (!this._stopped) {
      const wakeUs = this.#run("poll");
      if (this._idle) return true;
      const nowUs = this._scheduler.now();
      if (nowUs >= untilUs) return false;
      if (wakeUs > nowUs) spin(Math.min(wakeUs, untilUs) - nowUs);
    }
    return true;
  }

  #arm(us: number, cause: HostRun["cause"]): void {
    if (this._stopped || us >= this._taskUs) return;
    this._task?.cancel();
    this._taskUs = us;
    this._task = this._scheduler.at(us, "system interface", () => {
      this._task = undefined;
      this._taskUs = NEVER_US;
      this.#arm(this.#run(cause), "timer");
    });
  }

  /** Works until the BMC or time has to act; gives the time when to come back. */
  #run(cause: HostRun["cause"]): number {
    this._idle = this._underWay.length === 0 && !this._chooser.hasWork();
    if (this._idle) return NEVER_US;
    assert(!this._running, "one run at a time");
    this._running = true;
    this.#traceRun(true, cause);
    const wakeUs = this.#steps();
    this.#traceRun(false, cause);
    this._running = false;
    return wakeUs;
  }

  #steps(): number {
    for (let steps = 0; steps < STEPS_PER_RUN && !this._stopped; steps++) {
      const nowUs = this._scheduler.now();
      const transfer = this.#next(nowUs);
      if (transfer === undefined && this._underWay.length === 0) {
        this._idle = true;
        this._statistics.idles++;
        return this._chooser.idleUntilUs(this._scheduler.now());
      }
      if (transfer !== undefined && !this.#begin(transfer, nowUs)) break;
      this._tags.request = this._machine.overlap?.sending() ?? this._underWay[0]?.id ?? 0;
      const pace = this._machine.step(nowUs);
      if (this._stopped) break;
      this.#noticeRecovery();
      switch (pace) {
        case Pace.Again:
          this._waitingFromUs = NEVER_US;
          break;
        case Pace.Later:
          return this.#pollAtUs(this._scheduler.now());
        case Pace.Rest:
          this._statistics.long_timeouts++;
          return this._machine.wakeAtUs();
        case Pace.Done:
          // What is above hears of it before anything else begins.
          this.#done(this.#ended());
          return this._scheduler.now();
        case Pace.Failed:
          this.#failed(this.#ended());
          return this._scheduler.now();
        case Pace.Idle:
        case Pace.Attention:
          assert(false, "a machine with a transaction is not idle");
      }
    }
    return this._scheduler.now();
  }

  /** Another transfer, if the machine has room for one. */
  #next(nowUs: number): Transfer | undefined {
    const together = this._underWay.length > 0;
    const room = !together || this._machine.overlap?.ready() === true;
    const alone = this._underWay.some((transfer) => transfer.again === Again.Reset);
    return room && !alone ? this._chooser.next(nowUs, together) : undefined;
  }

  /** False: the machine does not carry it, and it ended at once. */
  #begin(transfer: Transfer, nowUs: number): boolean {
    this._waitingFromUs = NEVER_US;
    const { frame, again, id } = transfer;
    const refusal = this._machine.begin(frame, nowUs, again, id);
    assert(refusal !== Refusal.Busy, "a machine with room takes a request");
    if (refusal !== undefined) {
      this.#end(transfer, unsent(LocalCc.TooLong, "host-interface", "the request is too long"));
      return false;
    }
    if (this._underWay.length === 0) this._progressUs = nowUs;
    this._underWay.push(transfer);
    if (this._tracer.active) this._tracer.emit({ e: "send", id, message: frame });
    return true;
  }

  /** The transfer that the machine has ended. */
  #ended(): Transfer {
    const id = this._machine.overlap?.ended() ?? this._underWay[0]?.id;
    const at = this._underWay.findIndex((transfer) => transfer.id === id);
    const transfer = this._underWay[at];
    assert(transfer !== undefined, "what ends was under way");
    this._underWay.splice(at, 1);
    return transfer;
  }

  #done(transfer: Transfer): void {
    const outcome = this.#response(transfer);
    if (this.#wasAway()) this._chooser.orderly();
    this._recoveriesBefore = this._recoveriesSeen;
    this._progressUs = this._scheduler.now();
    if (outcome.kind === "response") this._statistics.complete_transactions++;
    this.#end(transfer, outcome);
  }

  /** The BMC is not there as far as can be told: what else is under way fails with it. */
  #failed(transfer: Transfer): void {
    // Who says that a request is too long is there.
    if (this._machine.failure() === Failure.TooLong) {
      const why = failureText(Failure.TooLong);
      return this.#end(transfer, unsent(LocalCc.TooLong, "host-interface", why));
    }
    const alone = FAILS_ALONE[this._machine.failure()];
    if (alone !== undefined) return this.#end(transfer, alone);
    const outcome = failure(this._machine);
    const others = this._underWay.splice(0);
    if (others.length > 0) this._machine.reset();
    for (const each of [transfer, ...others]) this.#end(each, outcome);
  }

  #end(transfer: Transfer, outcome: Outcome): void {
    this._chooser.ended(transfer, outcome);
  }

  /** Whether the BMC, which answers, may have been reset since it answered last. */
  #wasAway(): boolean {
    const recoveries = this._recoveriesSeen - this._recoveriesBefore;
    const silenceUs = this._scheduler.now() - this._progressUs;
    if (recoveries >= DISORDER_RECOVERIES) return true;
    return recoveries > 0 && silenceUs >= DISORDER_SILENCE_US;
  }

  #response(transfer: Transfer): Outcome {
    const message = this._machine.response().slice();
    const tag = this._tags.response;
    if (this._tracer.active) this._tracer.emit({ e: "received", id: transfer.id, tag, message });
    if (this._machine.truncated()) return unusable(LocalCc.Truncated);
    if (message.length < RESPONSE_BYTES_MIN) return unusable(LocalCc.Malformed);
    return { kind: "response", message, tag };
  }

  #pollAtUs(nowUs: number): number {
    this._waitingFromUs = Math.min(this._waitingFromUs, nowUs);
    const comes = this._interrupts && this._machine.looksForOutput !== true;
    const leastUs = comes ? POLL_MIN_WITH_INTERRUPT_US : POLL_MIN_US;
    const shareUs = Math.floor((nowUs - this._waitingFromUs) / POLL_SHARE);
    const waitUs = Math.min(Math.max(shareUs, leastUs), POLL_MAX_US);
    if (waitUs < POLL_MAX_US) this._statistics.short_timeouts++;
    else this._statistics.long_timeouts++;
    return Math.min(nowUs + waitUs, this._machine.wakeAtUs());
  }

  #noticeRecovery(): void {
    const recoveries = this._machine.recoveries();
    if (recoveries === this._recoveriesSeen) return;
    this._recoveriesSeen = recoveries;
    if (!this._tracer.active) return;
    const text = failureText(this._machine.failure());
    this._tracer.emit({ e: "host", what: "recovery", text });
  }

  #traceRun(on: boolean, cause: HostRun["cause"]): void {
    if (this._tracer.active) this._tracer.emit({ e: "run", on, cause });
  }
}

/** What ends one transfer, and says nothing of those that are under way beside it. */
const FAILS_ALONE: Partial<Record<Failure, TransferFailure>> = {
  [Failure.Unanswered]: { ...timedOut(Failure.Unanswered), doubtful: true },
  // Others have the bus: the BMC has no part in it.
  [Failure.Contended]: timedOut(Failure.Contended),
};

function timedOut(failure: Failure): TransferFailure {
  const why = failureText(failure);
  return { kind: "failure", cc: LocalCc.Timeout, maker: "timer", sent: true, failed: false, why };
}

function unusable(cc: number): Outcome {
  const why = "the response is not usable";
  return {
    kind: "failure",
    cc,
    maker: "host-interface",
    sent: true,
    failed: false,
    why,
  };
}

function failure(machine: InterfaceMachine): Outcome {
  const why = failureText(machine.failure());
  const cc = LocalCc.InterfaceFailed;
  return {
    kind: "failure",
    cc,
    maker: "host-interface",
    sent: true,
    failed: true,
    why,
  };
}
