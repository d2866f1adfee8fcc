import { Again, type Pace } from "../../../src/host/interfaces/machine.ts";
import { Statistics } from "../../../src/host/statistics.ts";
import { type Chooser, MachineRunner } from "../../../src/host/system-interface/machine-runner.ts";
import {
  type Outcome,
  Priority,
  type Transfer,
} from "../../../src/host/system-interface/transfer.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import type { EventName, TraceEvent } from "../../../src/trace/events.ts";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import type { FakeMachine } from "./fake-machine.ts";

/** A runner over a fake machine, and a chooser that gives what waits. */
export class Bench<M extends FakeMachine> implements Chooser {
  readonly time = new VirtualTime();
  readonly lane = this.time.lane("host");
  readonly machine: M;
  readonly statistics = new Statistics();
  readonly recorder = new Recorder();
  readonly tags = { request: 0, response: 0 };
  readonly waiting: Transfer[] = [];
  readonly outcomes: (readonly [id: number, Outcome])[] = [];
  readonly attentions: boolean[] = [];
  /** For each time that it was asked for a transfer: whether that joins others. */
  readonly asked: boolean[] = [];
  looksForAttention = false;
  idleUs = Number.POSITIVE_INFINITY;
  /** How often the BMC was called orderly again. */
  orders = 0;
  readonly runner: MachineRunner;

  constructor(machine: M) {
    this.machine = machine;
    const tracer = new Tracer(() => this.time.nowUs);
    tracer.attach(this.recorder);
    const { lane: scheduler, tags, statistics } = this;
    this.runner = new MachineRunner({ scheduler, machine, tags, tracer, statistics }, this);
  }

  put(id: number, again: Again = Again.Freely): this {
    const frame = Uint8Array.of(0x18, id);
    this.waiting.push({ id, frame, priority: Priority.Normal, again, finish: () => {} });
    return this;
  }

  /** Puts a transfer, kicks, and runs for a while. */
  go(paces: readonly Pace[], us = 0): this {
    this.machine.paces = [...paces];
    this.put(1).runner.kick("kick");
    this.run(us);
    return this;
  }

  run(us: number): void {
    this.time.runUntil(this.time.nowUs + us);
  }

  next(nowUs: number, together: boolean): Transfer | undefined {
    this.asked.push(together);
    if (this.looksForAttention) this.attentions.push(this.runner.attention(nowUs));
    return this.waiting.shift();
  }

  ended({ id }: Transfer, outcome: Outcome): void {
    this.outcomes.push([id, outcome]);
  }

  orderly(): void {
    this.orders++;
  }

  hasWork(): boolean {
    return this.waiting.length > 0 || this.looksForAttention;
  }

  idleUntilUs(): number {
    return this.idleUs;
  }

  events<E extends EventName>(name: E): (TraceEvent & { readonly e: E })[] {
    return this.recorder.events.filter((event): event is TraceEvent & { readonly e: E } => {
      return event.e === name;
    });
  }
}

/** The times between polls of a BMC that never acts. */
export function gaps(bench: Bench<FakeMachine>): number[] {
  return bench.machine.steps.slice(1).map((us, at) => us - (bench.machine.steps[at] ?? 0));
}
