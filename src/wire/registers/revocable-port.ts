import type { RegisterPort } from "./port.ts";

/** What registers read as that nobody drives: with every busy flag set, so that no machine goes on. */
const NOBODY = 0xff;

/** A port that can be taken away from whoever holds it: nothing is there from then on. */
export class RevocablePort implements RegisterPort {
  private readonly _inner: RegisterPort;
  private _revoked = false;

  constructor(inner: RegisterPort) {
    this._inner = inner;
  }

  /** From now on no access arrives. */
  revoke(): void {
    this._revoked = true;
  }

  read(offset: number): number {
    return this._revoked ? NOBODY : this._inner.read(offset);
  }

  write(offset: number, value: number): void {
    if (!this._revoked) this._inner.write(offset, value);
  }
}
