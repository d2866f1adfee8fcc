import type { MachineTarget } from "../../src/check/index.ts";
import { KernelTarget } from "../../src/devices/kernel-target.ts";
import { machineHead } from "../../src/devices/machine-head.ts";
import { stackTarget } from "../../src/devices/stack-target.ts";
import { HostStack, type RequestSpec } from "../../src/host/index.ts";
import { bootedArena } from "../../src/lab/crash/booted-arena.ts";
import type { InterfaceKind } from "../../src/lab/index.ts";
import { Tracer } from "../../src/trace/tracer.ts";
import { type HostWire, onSystemInterface } from "../../src/wire/interface.ts";

type BootedArena = ReturnType<typeof bootedArena>["arena"];

/** A machine whose BMC is the lab's, in real time: the lab's own time follows at each access. */
export class LabMachine {
  readonly arena: BootedArena;
  readonly #kind: InterfaceKind;
  #aheadUs: number;
  readonly #begunMs = performance.now();

  constructor(kind: InterfaceKind, scenario = "") {
    this.#kind = kind;
    this.arena = bootedArena({ kind, scenario }).arena;
    this.#aheadUs = this.arena.time.nowUs;
  }

  /** Its interface as our own driver takes it. */
  get registers(): MachineTarget {
    const wire = clocked(this.arena.wire, () => this.#keepTime());
    const head = machineHead(placeOn(this.#kind));
    return {
      ...{ kind: this.#kind, head },
      open: ({ signal }, sink) => stackTarget("it", { wire, close: () => {} }, sink, signal),
    };
  }

  /** The same as a kernel's driver has it, which tells nobody who made a code. */
  get kernel(): MachineTarget {
    const { time, wire, hostLane } = this.arena;
    const tracer = new Tracer(() => time.nowUs);
    const tags = { request: 0, response: 0 };
    const driver = new HostStack({ scheduler: hostLane, wire, tags, tracer });
    driver.start();
    time.runUntil(time.nowUs + BRING_UP_US);
    this.#aheadUs += BRING_UP_US;
    const user = driver.createUser("program");
    const device: ConstructorParameters<typeof KernelTarget>[1] = {
      submit: (spec: RequestSpec, answered) => {
        let waits = true;
        const id = user.submit(spec, (answer) => {
          waits = false;
          setImmediate(() => answered({ ...answer, maker: "unknown" }));
        });
        setImmediate(() => {
          this.#keepTime();
          while (waits) time.runUntil(time.nowUs + STEP_US);
        });
        return id;
      },
      close: async () => driver.shutdown(),
    };
    return {
      ...{ kind: undefined, head: machineHead({ at: "device", number: 0 }) },
      open: async (_options, sink) => new KernelTarget("/dev/ipmi0", device, sink),
    };
  }

  #keepTime(): void {
    const { time } = this.arena;
    const passedUs = Math.floor((performance.now() - this.#begunMs) * 1_000);
    time.runUntil(Math.max(time.nowUs, this.#aheadUs + passedUs));
  }
}

const BRING_UP_US = 10_000_000;
const STEP_US = 1_000;

function placeOn(kind: InterfaceKind): Parameters<typeof machineHead>[0] {
  return kind === "ssif"
    ? { at: "i2c", kind, bus: 0, address: 0x10 }
    : { at: "io", kind, base: 0xca2, spacing: 1, width: 8 };
}

function clocked(wire: HostWire, keepTime: () => void): HostWire {
  return onSystemInterface<HostWire>(wire, {
    registers: ({ kind, port, spacing }) => ({
      ...{ kind, spacing },
      port: {
        read: (register) => {
          keepTime();
          return port.read(register);
        },
        write: (register, byte) => port.write(register, byte),
      },
    }),
    bus: (each) => each,
  });
}
