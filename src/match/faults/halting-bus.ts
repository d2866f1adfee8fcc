import type { Bus, SmbusPort } from "../../wire/smbus/port.ts";
import type { Halt } from "./halt.ts";

/**
 * The bus as a processor has it that may be stopped: between two of its steps, or after the one
 * that it is at, never within one. The bus itself moves the clock on.
 */
export class HaltingBus implements SmbusPort {
  readonly #inner: SmbusPort;
  readonly #halt: Halt;

  constructor(inner: SmbusPort, halt: Halt) {
    this.#inner = inner;
    this.#halt = halt;
  }

  get alert(): boolean {
    return this.#inner.alert;
  }

  start(addressByte: number): Bus {
    this.#stopHere();
    const bus = this.#inner.start(addressByte);
    this.#stopHere();
    return bus;
  }

  write(value: number): Bus {
    this.#stopHere();
    const bus = this.#inner.write(value);
    this.#stopHere();
    return bus;
  }

  read(ack: boolean): number {
    this.#stopHere();
    const value = this.#inner.read(ack);
    this.#stopHere();
    return value;
  }

  stop(): Bus {
    this.#stopHere();
    const bus = this.#inner.stop();
    this.#stopHere();
    return bus;
  }

  #stopHere(): void {
    if (this.#halt.pending) this.#halt.carryOut();
  }
}
