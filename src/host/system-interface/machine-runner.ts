import { assert } from "../../assert.ts";
import { MILLISECOND_US, type Scheduler, type Task } from "../../time/scheduler.ts";
import type { HostRun } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../../wire/port.ts";
import {
  failureText,
  type Greeting,
  type InterfaceMachine,
  Pace,
  Refusal,
} from "../interfaces/machine.ts";
import { LocalCc } from "../messages/codes.ts";
import type { Statistics } from "../statistics.ts";
import { type Outcome, type Transfer, unsent } from "./transfer.ts";

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
const RESPONSE_BYTES_MIN = 3;
const NEVER_US = Number.POSITIVE_INFINITY;

/** Says what runs next, and takes what became of it. Called within a run: never calls upward. */
export interface Chooser {
  /** The next transfer. The machine is idle; `attention` may be asked. */
  next(nowUs: number): Transfer | undefined;
  ended(transfer: Transfer, outcome: Outcome): void;
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
 * to completion. Whatever is due is done in one place, so all three are the same course.
 */
export class MachineRunner {
  readonly #scheduler: Scheduler;
  readonly #machine: InterfaceMachine;
  readonly #tags: TransactionTags;
  readonly #tracer: Tracer;
  readonly #statistics: Statistics;
  readonly #chooser: Chooser;
  #current: Transfer | undefined;
  #task: Task | undefined;
  #taskUs = NEVER_US;
  #running = false;
  #stopped = false;
  /** The last run left nothing to do. */
  #idle = true;
  #interrupts = false;
  #waitingFromUs = NEVER_US;
  #recoveriesSeen = 0;

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
  }

  /** There may be something to do. */
  kick(cause: HostRun["cause"]): void {
    this.#arm(this.#scheduler.now(), cause);
  }

  /** Whether anything is at the port. */
  detect(): boolean {
    if (this.#stopped) return false;
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

  /** Looks for the idle BMC's attention; at most two register accesses. */
  attention(nowUs: number): boolean {
    assert(this.#running && this.#current === undefined, "an idle machine is asked within a run");
    return this.#machine.step(nowUs) === Pace.Attention && !this.#stopped;
  }

  /** No register access from now on, ever. The transfer that ran is given back unfinished. */
  stop(): Transfer | undefined {
    const transfer = this.#current;
    this.#current = undefined;
    this.#stopped = true;
    this.#task?.cancel();
    this.#task = undefined;
    return transfer;
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
    this.#idle = this.#current === undefined && !this.#chooser.hasWork();
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
      const transfer = this.#current ?? this.#chooser.next(nowUs);
      if (transfer === undefined) {
        this.#idle = true;
        this.#statistics.idles++;
        return this.#chooser.idleUntilUs(this.#scheduler.now());
      }
      if (this.#current === undefined && !this.#begin(transfer, nowUs)) break;
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
        case Pace.Failed:
          // What is above hears of it before anything else begins.
          this.#end(
            transfer,
            pace === Pace.Done ? this.#response(transfer) : failure(this.#machine),
          );
          return this.#scheduler.now();
        case Pace.Idle:
        case Pace.Attention:
          assert(false, "a machine with a transaction is not idle");
      }
    }
    return this.#scheduler.now();
  }

  /** False: the machine does not carry it, and it ended at once. */
  #begin(transfer: Transfer, nowUs: number): boolean {
    this.#current = transfer;
    this.#waitingFromUs = NEVER_US;
    this.#tags.request = transfer.id;
    const refusal = this.#machine.begin(transfer.frame, nowUs, transfer.sendOnce);
    assert(refusal !== Refusal.Busy, "an idle machine takes a request");
    if (refusal !== undefined) {
      this.#end(transfer, unsent(LocalCc.TooLong, "host-interface", "the request is too long"));
      return false;
    }
    if (this.#tracer.active) {
      this.#tracer.emit({ e: "send", id: transfer.id, message: transfer.frame });
    }
    return true;
  }

  #end(transfer: Transfer, outcome: Outcome): void {
    this.#current = undefined;
    if (outcome.kind === "response") this.#statistics.complete_transactions++;
    this.#chooser.ended(transfer, outcome);
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
    const leastUs = this.#interrupts ? POLL_MIN_WITH_INTERRUPT_US : POLL_MIN_US;
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

function unusable(cc: number): Outcome {
  const why = "the response is not usable";
  return { kind: "failure", cc, maker: "host-interface", sent: true, failed: false, why };
}

function failure(machine: InterfaceMachine): Outcome {
  const why = failureText(machine.failure());
  const cc = LocalCc.InterfaceFailed;
  return { kind: "failure", cc, maker: "host-interface", sent: true, failed: true, why };
}
