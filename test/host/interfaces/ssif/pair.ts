import { Daemon } from "../../../../src/bmc/daemon.ts";
import { SsifDevice } from "../../../../src/bmc/ssif/device.ts";
import { Again, Pace } from "../../../../src/host/interfaces/machine.ts";
import { Ssif } from "../../../../src/host/interfaces/ssif/ssif.ts";
import { VirtualTime } from "../../../../src/time/virtual.ts";
import { Tracer } from "../../../../src/trace/tracer.ts";
import { Smbus } from "../../../../src/wire/smbus/bus.ts";
import { FaultySmbus, type SmbusFault } from "../../../../src/wire/smbus/faults.ts";
import type { Bus, SmbusPort } from "../../../../src/wire/smbus/port.ts";
import { SSIF_ADDRESS } from "../../../../src/wire/ssif/protocol.ts";

/** When the host looks again while it waits and the alert line may move. */
const LOOK_US = 500;

export interface PairOptions {
  readonly pec?: boolean;
  /** The BMC alerts the host of each response. */
  readonly alerts?: boolean;
  readonly commandLatencyUs?: number;
  readonly respond: (request: Uint8Array) => Uint8Array | undefined;
}

/** Counts the host's steps on the bus by what they are. */
class Counter implements SmbusPort {
  readonly counts = { addresses: 0, writes: 0, reads: 0, stops: 0 };
  readonly #inner: SmbusPort;

  constructor(inner: SmbusPort) {
    this.#inner = inner;
  }

  get alert(): boolean {
    return this.#inner.alert;
  }

  start(addressByte: number): Bus {
    this.counts.addresses++;
    return this.#inner.start(addressByte);
  }

  write(value: number): Bus {
    this.counts.writes++;
    return this.#inner.write(value);
  }

  read(ack: boolean): number {
    this.counts.reads++;
    return this.#inner.read(ack);
  }

  stop(): Bus {
    this.counts.stops++;
    return this.#inner.stop();
  }
}

/** Our host machine and our BMC's device on one bus with faults, in virtual time. */
export class Pair {
  readonly time = new VirtualTime();
  readonly requests: Uint8Array[] = [];
  readonly machine: Ssif;
  readonly #counter: Counter;
  readonly #faulty: FaultySmbus;

  constructor(options: PairOptions) {
    const { time } = this;
    const { pec = false, alerts = false } = options;
    const clock = { now: () => time.nowUs, elapse: (us: number) => time.elapse(us) };
    const bus = new Smbus(clock);
    const lane = time.lane("bmc");
    const labLane = time.lane("lab");
    this.#faulty = new FaultySmbus(bus, {
      clock,
      later: (us, run) => labLane.at(time.nowUs + us, "fault", run),
    });
    bus.onAlert((asserted) => this.#faulty.line(asserted));
    const device = new SsifDevice(
      bus.attach(SSIF_ADDRESS),
      lane,
      { inputLatencyUs: 10, whenClosed: "refuse", trusting: false },
      { inputBytesMax: 255, outputBytesMax: 255, pec },
    );
    device.reset();
    const application = {
      execute: (request: Uint8Array) => {
        this.requests.push(request);
        return options.respond(request);
      },
      responded: () => {},
      messageFlags: 0,
      attentionInterrupt: false,
      communicationInterrupt: alerts,
    };
    const tracer = new Tracer(() => time.nowUs);
    const latencies = { readLatencyUs: 10, commandLatencyUs: options.commandLatencyUs ?? 100 };
    new Daemon(device, application, lane, tracer, latencies).start();
    this.#counter = new Counter(this.#faulty);
    this.machine = new Ssif(this.#counter, SSIF_ADDRESS);
    this.machine.greeted(Uint8Array.of(0x00, pec ? 0x88 : 0x80, 255, 255));
  }

  /** The host's steps on the bus so far. */
  get counts(): Counter["counts"] {
    return { ...this.#counter.counts };
  }

  inject(fault: SmbusFault): void {
    this.#faulty.inject(fault);
  }

  /** One transaction to its end. */
  transact(request: Uint8Array, again: Again = Again.Freely): Pace {
    const { machine, time } = this;
    const refusal = machine.begin(request, time.nowUs, again);
    if (refusal !== undefined) throw new Error(`refused: ${refusal}`);
    for (;;) {
      const pace = machine.step(time.nowUs);
      if (pace === Pace.Rest) {
        time.runUntil(Math.min(machine.wakeAtUs(), time.nowUs + LOOK_US));
      } else if (pace !== Pace.Again) {
        return pace;
      }
    }
  }
}
