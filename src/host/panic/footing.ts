import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { HostWire } from "../../wire/interface.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { Bus, type SmbusPort } from "../../wire/smbus/port.ts";

/** What registers read as that nobody drives: with IBF set, so that no machine goes on. */
const NOBODY = 0xff;

/**
 * What a stack stands on: its scheduler and its wire. A panic takes both away from under whatever
 * ran, in whatever state that is, so that nothing of it ever goes on.
 */
export class Footing {
  readonly scheduler: Scheduler;
  readonly wire: HostWire;
  #firm = true;

  constructor(scheduler: Scheduler, wire: HostWire) {
    this.scheduler = {
      now: () => scheduler.now(),
      at: (us, label, run) => (this.#firm ? scheduler.at(us, label, this.#guarded(run)) : NO_TASK),
    };
    this.wire =
      wire.kind === "ssif"
        ? { ...wire, bus: this.#guardedBus(wire.bus) }
        : { ...wire, port: this.#guardedPort(wire.port) };
  }

  /** From now on no planned work runs, and the wire is not touched. */
  withdraw(): void {
    this.#firm = false;
  }

  #guardedPort(port: RegisterPort): RegisterPort {
    return {
      read: (offset) => (this.#firm ? port.read(offset) : NOBODY),
      write: (offset, value) => {
        if (this.#firm) port.write(offset, value);
      },
    };
  }

  /** What was withdrawn looks like a bus that is another master's. */
  #guardedBus(bus: SmbusPort): SmbusPort {
    const firm = () => this.#firm;
    return {
      start: (addressByte) => (firm() ? bus.start(addressByte) : Bus.Lost),
      write: (value) => (firm() ? bus.write(value) : Bus.Lost),
      read: (ack) => (firm() ? bus.read(ack) : Bus.Lost),
      stop: () => (firm() ? bus.stop() : Bus.Lost),
      get alert() {
        return firm() && bus.alert;
      },
    };
  }

  #guarded(run: () => void): () => void {
    return () => {
      if (this.#firm) run();
    };
  }
}

const NO_TASK: Task = { cancel: () => {} };
