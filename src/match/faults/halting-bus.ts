import type { Bus, SmbusPort } from "../../wire/smbus/port.ts";
import type { Halt } from "./halt.ts";

/**
 * The bus as a processor has it that may be stopped: between two of its steps, or after the one
 * that it is at, never within one. The bus itself moves the clock on.
 */
export class HaltingBus implements SmbusPort {
  private readonly _inner: SmbusPort;
  private readonly _halt: Halt;

  constructor(inner: SmbusPort, halt: Halt) {
    this._inner = inner;
    this._halt = halt;
  }

  get alert(): boolean {
    return this._inner.alert;
  }

  start(addressByte: number): Bus {
    this.#stopHere();
    const bus = this._inner.start(addressByte);
    this.#stopHere();
    return bus;
  }

  write(value: number): Bus {
    this.#stopHere();
    const bus = this._inner.write(value);
    this.#stopHere();
    return bus;
  }

  read(ack: boolean): number {
    this.#stopHere();
    const value = this._inner.read(ack);
    this.#stopHere();
    return value;
  }

  stop(): Bus {
    this.#stopHere();
    const bus = this._inner.stop();
    this.#stopHere();
    return bus;
  }

  #stopHere(): void {
    if (this._halt.pending) this._halt.carryOut();
  }
}
