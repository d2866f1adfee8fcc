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
  readonly #scheduler: Scheduler;
  readonly #machine: InterfaceMachine;
  readonly #tags: TransactionTags;
  readonly #tracer: Tracer;
  readonly #statistics: Statistics;
  readonly #chooser: Chooser;
  /** The transfers under way, in the order in which they began. */
  readonly #underWay: Transfer[] = [];
  #task: Task | undefined;
  #taskUs = NEVER_US;
  #running = false;
  #stopped = false;
  /** The last run left nothing to do. */
  #idle = true;
  #interrupts = false;
  #waitingFromUs = NEVER_US;
  #recoveriesSeen = 0;
  /** The same when a transaction ended last. */
  #recoveriesBefore = 0;
  /** When a transaction ended last, or one began with no other under way. */
  #progressUs = 0;

  constructor(options: MachineRunnerOptions, chooser: Chooser) {
    this.#scheduler = options.scheduler;
    this.#machine = options.machine;
    this.#tags = options.tags;
    this.#tracer = options.tracer;
    this.#statistics = options.statistics;
    this.#chooser = chooser;
  }

  /** Whether the BMC interrupts at each byte; polls are rarer then. */
  setInterrupts(enabled: boolean): void {
    this.#interrupts = enabled;
    this.#machine.signals?.setInterrupts(enabled);
  }

  /** There may be something to do. */
  kick(cause: HostRun["cause"]): void {
    if (cause === "irq") this.#machine.signals?.interrupted();
    this.#arm(this.#scheduler.now(), cause);
  }

  /** Whether anything is at the port. */
  detect(): boolean {
    if (this.#stopped) return false;
    // What is on the wire is not to be disturbed, and will tell.
    if (this.#underWay.length > 0) return true;
    this.#traceRun(true, "kick");
    const found = this.#machine.detect();
    this.#traceRun(false, "kick");
    return found;
  }

  /** What the interface has to know before all else. */
  greeting(): Greeting | undefined {
    return this.#machine.greeting();
  }

  greeted(data: Uint8Array | undefined): void {
    this.#machine.greeted(data);
  }

  /** Looks for the BMC's attention; at most two register accesses when the machine is idle. */
  attention(nowUs: number): boolean {
    assert(this.#running, "attention is asked for within a run");
    if (this.#underWay.length > 0) return this.#machine.signals?.attention() ?? false;
    return this.#machine.step(nowUs) === Pace.Attention && !this.#stopped;
  }

  /** Whether it is the host that takes attention back, so that the BMC does not repeat itself. */
  get ownsAttention(): boolean {
    return this.#machine.signals !== undefined;
  }

  /** The next transfer looks into what attention announced. */
  takeAttention(): void {
    this.#machine.signals?.takeAttention();
  }

  /** No register access from now on, ever. The transfers that ran are given back unfinished. */
  stop(): readonly Transfer[] {
    if (!this.#stopped) this.#machine.signals?.withdraw();
    this.#stopped = true;
    this.#task?.cancel();
    this.#task = undefined;
    return this.#underWay.splice(0);
  }

  /**
   * Polls until nothing is in progress or waiting, or until `untilUs`; true when all is done.
   * `spin` passes the given time without giving the processor away.
   */
  flush(untilUs: number, spin: (us: number) => void): boolean {
    while (!this.#stopped) {
      const wakeUs = this.#run("poll");
      if (this.#idle) return true;
      const nowUs = this.#scheduler.now();
      if (nowUs >= untilUs) return false;
      if (wakeUs > nowUs) spin(Math.min(wakeUs, untilUs) - nowUs);
    }
    return true;
  }

  #arm(us: number, cause: HostRun["cause"]): void {
    if (this.#stopped || us >= this.#taskUs) return;
    this.#task?.cancel();
    this.#taskUs = us;
    this.#task = this.#scheduler.at(us, "system interface", () => {
      this.#task = undefined;
      this.#taskUs = NEVER_US;
      this.#arm(this.#run(cause), "timer");
    });
  }

  /** Works until the BMC or time has to act; gives the time when to come back. */
  #run(cause: HostRun["cause"]): number {
    this.#idle = this.#underWay.length === 0 && !this.#chooser.hasWork();
    if (this.#idle) return NEVER_US;
    assert(!this.#running, "one run at a time");
    this.#running = true;
    this.#traceRun(true, cause);
    const wakeUs = this.#steps();
    this.#traceRun(false, cause);
    this.#running = false;
    return wakeUs;
  }

  #steps(): number {
    for (let steps = 0; steps < STEPS_PER_RUN && !this.#stopped; steps++) {
      const nowUs = this.#scheduler.now();
      const transfer = this.#next(nowUs);
      if (transfer === undefined && this.#underWay.length === 0) {
        this.#idle = true;
        this.#statistics.idles++;
        return this.#chooser.idleUntilUs(this.#scheduler.now());
      }
      if (transfer !== undefined && !this.#begin(transfer, nowUs)) break;
      this.#tags.request = this.#machine.overlap?.sending() ?? this.#underWay[0]?.id ?? 0;
      const pace = this.#machine.step(nowUs);
      if (this.#stopped) break;
      this.#noticeRecovery();
      switch (pace) {
        case Pace.Again:
          this.#waitingFromUs = NEVER_US;
          break;
        case Pace.Later:
          return this.#pollAtUs(this.#scheduler.now());
        case Pace.Rest:
          this.#statistics.long_timeouts++;
          return this.#machine.wakeAtUs();
        case Pace.Done:
          // What is above hears of it before anything else begins.
          this.#done(this.#ended());
          return this.#scheduler.now();
        case Pace.Failed:
          this.#failed(this.#ended());
          return this.#scheduler.now();
        case Pace.Idle:
        case Pace.Attention:
          assert(false, "a machine with a transaction is not idle");
      }
    }
    return this.#scheduler.now();
  }

  /** Another transfer, if the machine has room for one. */
  #next(nowUs: number): Transfer | undefined {
    const together = this.#underWay.length > 0;
    const room = !together || this.#machine.overlap?.ready() === true;
    const alone = this.#underWay.some((transfer) => transfer.again === Again.Reset);
    return room && !alone ? this.#chooser.next(nowUs, together) : undefined;
  }

  /** False: the machine does not carry it, and it ended at once. */
  #begin(transfer: Transfer, nowUs: number): boolean {
    this.#waitingFromUs = NEVER_US;
    const { frame, again, id } = transfer;
    const refusal = this.#machine.begin(frame, nowUs, again, id);
    assert(refusal !== Refusal.Busy, "a machine with room takes a request");
    if (refusal !== undefined) {
      this.#end(transfer, unsent(LocalCc.TooLong, "host-interface", "the request is too long"));
      return false;
    }
    if (this.#underWay.length === 0) this.#progressUs = nowUs;
    this.#underWay.push(transfer);
    if (this.#tracer.active) this.#tracer.emit({ e: "send", id, message: frame });
    return true;
  }

  /** The transfer that the machine has ended. */
  #ended(): Transfer {
    const id = this.#machine.overlap?.ended() ?? this.#underWay[0]?.id;
    const at = this.#underWay.findIndex((transfer) => transfer.id === id);
    const transfer = this.#underWay[at];
    assert(transfer !== undefined, "what ends was under way");
    this.#underWay.splice(at, 1);
    return transfer;
  }

  #done(transfer: Transfer): void {
    const outcome = this.#response(transfer);
    if (this.#wasAway()) this.#chooser.orderly();
    this.#recoveriesBefore = this.#recoveriesSeen;
    this.#progressUs = this.#scheduler.now();
    if (outcome.kind === "response") this.#statistics.complete_transactions++;
    this.#end(transfer, outcome);
  }

  /** The BMC is not there as far as can be told: what else is under way fails with it. */
  #failed(transfer: Transfer): void {
    // Who says that a request is too long is there.
    if (this.#machine.failure() === Failure.TooLong) {
      const why = failureText(Failure.TooLong);
      return this.#end(transfer, unsent(LocalCc.TooLong, "host-interface", why));
    }
    const alone = FAILS_ALONE[this.#machine.failure()];
    if (alone !== undefined) return this.#end(transfer, alone);
    const outcome = failure(this.#machine);
    const others = this.#underWay.splice(0);
    if (others.length > 0) this.#machine.reset();
    for (const each of [transfer, ...others]) this.#end(each, outcome);
  }

  #end(transfer: Transfer, outcome: Outcome): void {
    this.#chooser.ended(transfer, outcome);
  }

  /** Whether the BMC, which answers, may have been reset since it answered last. */
  #wasAway(): boolean {
    const recoveries = this.#recoveriesSeen - this.#recoveriesBefore;
    const silenceUs = this.#scheduler.now() - this.#progressUs;
    if (recoveries >= DISORDER_RECOVERIES) return true;
    return recoveries > 0 && silenceUs >= DISORDER_SILENCE_US;
  }

  #response(transfer: Transfer): Outcome {
    const message = this.#machine.response().slice();
    const tag = this.#tags.response;
    if (this.#tracer.active) this.#tracer.emit({ e: "received", id: transfer.id, tag, message });
    if (this.#machine.truncated()) return unusable(LocalCc.Truncated);
    if (message.length < RESPONSE_BYTES_MIN) return unusable(LocalCc.Malformed);
    return { kind: "response", message, tag };
  }

  #pollAtUs(nowUs: number): number {
    this.#waitingFromUs = Math.min(this.#waitingFromUs, nowUs);
    const comes = this.#interrupts && this.#machine.looksForOutput !== true;
    const leastUs = comes ? POLL_MIN_WITH_INTERRUPT_US : POLL_MIN_US;
    const shareUs = Math.floor((nowUs - this.#waitingFromUs) / POLL_SHARE);
    const waitUs = Math.min(Math.max(shareUs, leastUs), POLL_MAX_US);
    if (waitUs < POLL_MAX_US) this.#statistics.short_timeouts++;
    else this.#statistics.long_timeouts++;
    return Math.min(nowUs + waitUs, this.#machine.wakeAtUs());
  }

  #noticeRecovery(): void {
    const recoveries = this.#machine.recoveries();
    if (recoveries === this.#recoveriesSeen) return;
    this.#recoveriesSeen = recoveries;
    if (!this.#tracer.active) return;
    const text = failureText(this.#machine.failure());
    this.#tracer.emit({ e: "host", what: "recovery", text });
  }

  #traceRun(on: boolean, cause: HostRun["cause"]): void {
    if (this.#tracer.active) this.#tracer.emit({ e: "run", on, cause });
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
