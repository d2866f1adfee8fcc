import type { DeviceHandle, Incoming, InterfaceDevice } from "../../src/bmc/index.ts";
import { HOST_OPTIONS } from "../../src/host/index.ts";
import { Again, type InterfaceMachine, Pace } from "../../src/host/interfaces/machine.ts";
import { machineFor, transactionUs } from "../../src/host/interfaces/machine-for.ts";
import { Course } from "../../src/match/course.ts";
import { Halt } from "../../src/match/faults/halt.ts";
import { type LabWire, layOut } from "../../src/match/wires/index.ts";
import { readScenario } from "../../src/scenario/read.ts";
import { VirtualTime } from "../../src/time/virtual.ts";
import { Tracer } from "../../src/trace/tracer.ts";
import { type HostWire, type InterfaceKind, onSystemInterface } from "../../src/wire/interface.ts";
import type { RegisterPort } from "../../src/wire/registers/port.ts";
import type { SmbusPort } from "../../src/wire/smbus/port.ts";

/** From one look of a polling host to the next. */
export const POLL_US = 1_000;

/** What the BMC's daemon does with each request that it is told of. */
export type Daemon = (request: Incoming, handle: DeviceHandle, world: World) => void;

/** Answers with NetFn, command, 00h and the request's own data. */
export const echo: Daemon = ({ ticket, message }, handle) => {
  handle.write(ticket, echoOf(message));
};

/** Never answers. */
export const silent: Daemon = () => {};

export function echoOf(request: Uint8Array): Uint8Array {
  const [netFn = 0, cmd = 0, ...data] = request;
  return Uint8Array.of(netFn | 4, cmd, 0, ...data);
}

/** A whole wire of one interface, our host's machine at one end and our device at the other. */
export class World {
  readonly time = new VirtualTime();
  readonly host = this.time.lane("host");
  readonly bmc = this.time.lane("bmc");
  readonly device: InterfaceDevice;
  readonly machine: InterfaceMachine;
  readonly boundUs: number;
  /** The requests that the daemon read, in order. */
  readonly requests: number[][] = [];
  readonly #wire: LabWire;
  readonly #counter: Counted;
  readonly #wakes = new Wakes();

  /** `bmc`: what a scenario would say of the BMC, as YAML in one line. */
  constructor(kind: InterfaceKind, bmc = "{}") {
    const { time, host } = this;
    const scenario = readScenario(scenarioOn(kind, bmc), "the contract");
    this.#wire = layOut({
      scenario,
      course: new Course(0, scenario),
      time,
      bmcLane: this.bmc,
      labLane: time.lane("lab"),
      tracer: new Tracer(() => time.nowUs),
      halt: new Halt(time, host),
      numbersTransfers: false,
    });
    this.device = this.#wire.device;
    this.device.reset();
    this.#counter = counted(this.#wire.host);
    this.machine = machineFor(this.#counter.wire, HOST_OPTIONS.timing);
    this.boundUs = transactionUs(kind, HOST_OPTIONS.timing);
  }

  /** Opens the device for a daemon that reads each request at once. */
  serve(daemon: Daemon): DeviceHandle {
    const opened = this.device.open(() => {
      if (!opened.ok) return;
      for (let more = opened.value.read(1_024); more.ok; more = opened.value.read(1_024)) {
        this.requests.push([...more.value.message]);
        daemon(more.value, opened.value, this);
      }
    });
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  }

  /** Polls one transaction to its end. */
  transact(request: Uint8Array, again: Again = Again.Freely): Ended {
    return this.run(() => {
      const refusal = this.machine.begin(request, this.time.nowUs, again);
      if (refusal !== undefined) throw new Error(`refused: ${refusal}`);
      return this.finish();
    });
  }

  /** Begins one, makes so many steps of it, and leaves it there. */
  beginOnly(request: Uint8Array, steps: number): Pace {
    return this.run(() => {
      this.machine.begin(request, this.time.nowUs);
      let pace: Pace = Pace.Again;
      for (let made = 0; made < steps && !isEnd(pace); made++) pace = this.#step();
      return pace;
    });
  }

  /** Makes steps until the transaction has ended. */
  finish(): Ended {
    const fromUs = this.time.nowUs;
    let stepAccessesMax = 0;
    for (let steps = 1; ; steps++) {
      const before = this.#counter.accesses;
      const pace = this.#step();
      stepAccessesMax = Math.max(stepAccessesMax, this.#counter.accesses - before);
      if (isEnd(pace)) return { pace, us: this.time.nowUs - fromUs, steps, stepAccessesMax };
    }
  }

  /** Does something on the host's processor, beside which the BMC goes on. */
  run<T>(work: () => T): T {
    let result: { readonly value: T } | undefined;
    this.host.at(this.time.nowUs, "host", () => {
      result = { value: work() };
    });
    this.time.runUntil(this.time.nowUs);
    if (result === undefined) throw new Error("the host's work was done");
    return result.value;
  }

  #step(): Pace {
    const nowUs = this.time.nowUs;
    const pace = this.machine.step(nowUs);
    this.#wait(pace, this.machine.wakeAtUs(), nowUs);
    return pace;
  }

  #wait(pace: Pace, wakeUs: number, steppedUs: number): void {
    if (pace !== Pace.Later && pace !== Pace.Rest) return;
    this.#wakes.check(wakeUs, steppedUs);
    const untilUs = pace === Pace.Rest ? wakeUs : Math.min(wakeUs, this.time.nowUs + POLL_US);
    this.time.elapse(Math.max(untilUs - this.time.nowUs, 1));
  }
}

/** How a transaction ended. */
export interface Ended {
  readonly pace: Pace;
  readonly us: number;
  readonly steps: number;
  /** The most accesses, or steps of the bus, that one step made. */
  readonly stepAccessesMax: number;
}

function scenarioOn(kind: InterfaceKind, bmc: string): string {
  return `
name: contract
title: a wire
source: none
story: none
interface: ${kind}
bmc: ${bmc}
until: 1s
workload: [{ user: tool, steps: [{ request: Get Device ID }] }]
expect: {}
`;
}

export function isEnd(pace: Pace): boolean {
  return pace !== Pace.Again && pace !== Pace.Later && pace !== Pace.Rest;
}

/**
 * A wait that ends in the past means that work is due, so that the next step has to do it: a machine
 * that says the same again would be stepped without end, at one and the same moment.
 */
export class Wakes {
  #overdueUs: number | undefined;

  check(wakeUs: number, steppedUs: number): void {
    const overdue = wakeUs < steppedUs;
    if (overdue && wakeUs === this.#overdueUs) {
      throw new Error(`still wakes at ${wakeUs}, long before ${steppedUs}`);
    }
    this.#overdueUs = overdue ? wakeUs : undefined;
  }
}

interface Counted {
  readonly wire: HostWire;
  accesses: number;
}

/** A wire that counts the accesses, or the steps of the bus. */
export function counted(inner: HostWire): Counted {
  const counter: { wire: HostWire; accesses: number } = { wire: inner, accesses: 0 };
  const count = <T>(value: T): T => {
    counter.accesses++;
    return value;
  };
  counter.wire = onSystemInterface<HostWire>(inner, {
    registers: (block) => ({ ...block, port: countedPort(block.port, count) }),
    bus: (onBus) => ({ ...onBus, bus: countedBus(onBus.bus, count) }),
  });
  return counter;
}

function countedPort(port: RegisterPort, count: <T>(value: T) => T): RegisterPort {
  return {
    read: (offset) => count(port.read(offset)),
    write: (offset, value) => count(port.write(offset, value)),
  };
}

function countedBus(bus: SmbusPort, count: <T>(value: T) => T): SmbusPort {
  return {
    start: (addressByte) => count(bus.start(addressByte)),
    write: (value) => count(bus.write(value)),
    read: (ack) => count(bus.read(ack)),
    stop: () => count(bus.stop()),
    get alert() {
      return bus.alert;
    },
  };
}
