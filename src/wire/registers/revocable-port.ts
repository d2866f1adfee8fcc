import type { RegisterPort } from "./port.ts";

/** What registers read as that nobody drives: with every busy flag set, so that no machine goes on. */
const NOBODY = 0xff;

/** A port that can be taken away from whoever holds it: nothing is there from then on. */
export class RevocablePort implements RegisterPort {
  readonly #inner: RegisterPort;
  #revoked = false;

  constructor(inner: RegisterPort) {
    this.#inner = inner;
  }

  /** From now on no access arrives. */
  revoke(): void {
    this.#revoked = true;
  }

  read(offset: number): number {
    return this.#revoked ? NOBODY : this.#inner.read(offset);
  }

  write(offset: number, value: number): void {
    if (!this.#revoked) this.#inner.write(offset, value);
  }
}
