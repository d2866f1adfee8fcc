import { Again } from "../../../src/host/interfaces/machine.ts";
import { Statistics } from "../../../src/host/statistics.ts";
import { SystemInterface } from "../../../src/host/system-interface/system-interface.ts";
import {
  type Outcome,
  Priority,
  type Transfer,
} from "../../../src/host/system-interface/transfer.ts";
import { TransferQueue } from "../../../src/host/system-interface/transfer-queue.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import type { EventName, TraceEvent } from "../../../src/trace/events.ts";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import type { FakeMachine } from "./fake-machine.ts";

/** A system interface over a fake machine, with a queue that the test fills. */
export class InterfaceBench<M extends FakeMachine> {
  readonly time = new VirtualTime();
  readonly lane = this.time.lane("host");
  readonly machine: M;
  readonly statistics = new Statistics();
  readonly recorder = new Recorder();
  readonly queue = new TransferQueue(Number.POSITIVE_INFINITY);
  readonly outcomes: (readonly [id: number, Outcome])[] = [];
  /** What the listener was told. */
  readonly told: unknown[] = [];
  readonly si: SystemInterface;
  #lastId = 100;

  constructor(machine: M) {
    this.machine = machine;
    this.queue.open = true;
    const tracer = new Tracer(() => this.time.nowUs);
    tracer.attach(this.recorder);
    this.si = new SystemInterface({
      scheduler: this.lane,
      machine,
      tags: { request: 0, response: 0 },
      tracer,
      statistics: this.statistics,
      queue: this.queue,
      nextId: () => ++this.#lastId,
      listener: {
        onMessage: (data) => this.told.push(["message", ...data]),
        onEvent: (record) => this.told.push(["event", ...record]),
        onPretimeout: () => this.told.push("pretimeout"),
        onOem: (flags) => this.told.push(["oem", flags]),
        onInterfaceFailed: (why) => this.told.push(["failed", why]),
        onDoubt: () => this.told.push("doubt"),
        onOrder: () => this.told.push("order"),
      },
    });
  }

  /** Works, and looks at the BMC's attention. */
  up(): this {
    this.si.resume();
    this.si.setAttentive(true);
    this.run(0);
    return this;
  }

  /** Queues Get Self Test Results with the id as its only datum. */
  put(id: number, again: Again = Again.Freely): Transfer {
    const transfer: Transfer = {
      id,
      frame: Uint8Array.of(0x18, 0x04, id),
      priority: Priority.Normal,
      again,
      finish: (outcome) => this.outcomes.push([id, outcome]),
    };
    this.queue.put(transfer, 0);
    return transfer;
  }

  run(us: number): void {
    this.time.runUntil(this.time.nowUs + us);
  }

  /** The frames that the machine was given, as `18 31`. */
  sent(): string[] {
    return this.machine.begun.map(([frame]) => {
      return frame.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    });
  }

  events<E extends EventName>(name: E): (TraceEvent & { readonly e: E })[] {
    return this.recorder.events.filter((event): event is TraceEvent & { readonly e: E } => {
      return event.e === name;
    });
  }
}
