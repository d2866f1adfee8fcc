import {
  type Answer,
  type Delivery,
  type HostOptions,
  HostStack,
  type RequestSpec,
  type User,
} from "../../src/host/index.ts";
import type { Lane } from "../../src/time/virtual.ts";
import { VirtualTime } from "../../src/time/virtual.ts";
import type { EventName, TraceEvent } from "../../src/trace/events.ts";
import { Recorder, Tracer } from "../../src/trace/tracer.ts";
import { Phase } from "../../src/wire/kcs/protocol.ts";
import { FakeBmc } from "./fake-bmc.ts";
import { StrictKcs } from "./interfaces/kcs/strict-kcs.ts";

/** How long the BMC takes for a turn, and its application for a response. */
const TURN_US = 3;
const RESPONSE_US = 20;

export interface RigOptions {
  readonly options?: Partial<HostOptions>;
  readonly interrupt?: boolean;
  /** The BMC's state when the stack starts. */
  readonly phase?: Phase;
}

/** The stack, a strict KCS block and a small BMC, in virtual time. */
export class Rig {
  readonly time = new VirtualTime();
  readonly host: Lane = this.time.lane("host");
  readonly bmcLane: Lane = this.time.lane("bmc");
  readonly bmc = new FakeBmc();
  readonly recorder = new Recorder();
  readonly tracer = new Tracer(() => this.time.nowUs);
  readonly kcs: StrictKcs;
  readonly stack: HostStack;
  /** The BMC takes no turn: IBF stays set. */
  frozen = false;
  /** How long its application takes for a response. */
  responseUs = RESPONSE_US;
  /** All ones: nobody is at the port. */
  absent = false;
  accesses = 0;
  /** Called within each of the host's accesses, with its number. */
  onAccess: (n: number) => void = () => {};
  /** Called behind each of them. */
  onAccessed: (n: number) => void = () => {};
  #turnPlanned = false;

  constructor(options: RigOptions = {}) {
    this.tracer.attach(this.recorder);
    this.kcs = new StrictKcs({
      phase: options.phase ?? Phase.Error,
      onInput: () => this.#planTurn(),
      onRequest: (request) => this.#answer(request),
    });
    this.stack = new HostStack({
      scheduler: this.host,
      wire: {
        kind: "kcs",
        spacing: 1,
        port: {
          read: (offset) => {
            this.#access();
            const value = this.absent ? 0xff : this.kcs.read(offset);
            this.onAccessed(this.accesses);
            return value;
          },
          write: (offset, value) => {
            this.#access();
            if (!this.absent) this.kcs.write(offset, value);
            this.onAccessed(this.accesses);
          },
        },
      },
      tags: this.kcs.tags,
      tracer: this.tracer,
      interrupt: options.interrupt ?? false,
      ...(options.options === undefined ? {} : { options: options.options }),
    });
  }

  /** Starts and runs until the stack is up. */
  up(): this {
    this.stack.start();
    this.run(1_000_000);
    if (this.stack.state !== "up") throw new Error(`the stack is ${this.stack.state}, not up`);
    return this;
  }

  run(us: number): void {
    this.time.runUntil(this.time.nowUs + us);
  }

  /** Runs until `done`, at most for `us`. */
  runUntil(done: () => boolean, us: number): void {
    const limitUs = this.time.nowUs + us;
    while (!done()) {
      if (!this.time.runNext(limitUs)) throw new Error(`not done after ${us} µs`);
    }
  }

  /** A request, run to its answer. */
  ask(user: User, spec: RequestSpec, us = 60_000_000): Answer {
    const answers: Answer[] = [];
    user.submit(spec, (answer) => answers.push(answer));
    this.runUntil(() => answers.length > 0, us);
    const [answer] = answers;
    if (answer === undefined || answers.length > 1) throw new Error("exactly one answer");
    return answer;
  }

  /** The BMC's application raised or cleared a cause of attention. */
  attention(): void {
    this.kcs.setAttention(this.bmc.flags !== 0);
  }

  /** The BMC resets: the interface says ERROR. */
  reset(): void {
    this.kcs.jam();
    this.#planTurn();
  }

  /** The BMC acts again after it was frozen. */
  thaw(): void {
    this.frozen = false;
    this.#planTurn();
  }

  events<E extends EventName>(name: E): (TraceEvent & { readonly e: E })[] {
    return this.recorder.events.filter((event): event is TraceEvent & { readonly e: E } => {
      return event.e === name;
    });
  }

  /** What the stack told of its life. */
  life(): readonly string[] {
    return this.events("host").map((event) => event.what);
  }

  /** The requests that the BMC saw, as `18 01`. */
  seen(): readonly string[] {
    return this.bmc.requests.map(hex);
  }

  #access(): void {
    this.accesses++;
    this.onAccess(this.accesses);
    this.time.elapse(1);
  }

  #planTurn(): void {
    if (this.#turnPlanned || this.frozen) return;
    this.#turnPlanned = true;
    this.bmcLane.at(this.time.nowUs + TURN_US, "turn", () => {
      this.#turnPlanned = false;
      if (this.frozen) return;
      this.kcs.turn();
      if (this.kcs.pending) this.#planTurn();
    });
  }

  #answer(request: Uint8Array): void {
    const response = this.bmc.handle(request);
    this.attention();
    if (response === undefined) return;
    this.respondLater(response, this.responseUs);
  }

  respondLater(response: Uint8Array, us: number): void {
    this.bmcLane.at(this.time.nowUs + us, "response", () => {
      this.kcs.respond(response);
      this.#planTurn();
    });
  }
}

/** Collects what is delivered. */
export function collector(): { deliveries: Delivery[]; onDelivery: (delivery: Delivery) => void } {
  const deliveries: Delivery[] = [];
  return { deliveries, onDelivery: (delivery) => deliveries.push(delivery) };
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
