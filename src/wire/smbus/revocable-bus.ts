import { Bus, type SmbusPort } from "./port.ts";

/** A bus that can be taken away from whoever holds it: from then on it is another master's. */
export class RevocableBus implements SmbusPort {
  readonly #inner: SmbusPort;
  #revoked = false;

  constructor(inner: SmbusPort) {
    this.#inner = inner;
  }

  /** From now on no step is made. */
  revoke(): void {
    this.#revoked = true;
  }

  start(addressByte: number): Bus {
    return this.#revoked ? Bus.Lost : this.#inner.start(addressByte);
  }

  write(value: number): Bus {
    return this.#revoked ? Bus.Lost : this.#inner.write(value);
  }

  read(ack: boolean): number {
    return this.#revoked ? Bus.Lost : this.#inner.read(ack);
  }

  stop(): Bus {
    return this.#revoked ? Bus.Lost : this.#inner.stop();
  }

  get alert(): boolean {
    return !this.#revoked && this.#inner.alert;
  }
}
