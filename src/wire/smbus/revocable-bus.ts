import { Bus, type SmbusPort } from "./port.ts";

/** A bus that can be taken away from whoever holds it: from then on it is another master's. */
export class RevocableBus implements SmbusPort {
  private readonly _inner: SmbusPort;
  private _revoked = false;

  constructor(inner: SmbusPort) {
    this._inner = inner;
  }

  /** From now on no step is made. */
  revoke(): void {
    this._revoked = true;
  }

  start(addressByte: number): Bus {
    return this._revoked ? Bus.Lost : this._inner.start(addressByte);
  }

  write(value: number): Bus {
    return this._revoked ? Bus.Lost : this._inner.write(value);
  }

  read(ack: boolean): number {
    return this._revoked ? Bus.Lost : this._inner.read(ack);
  }

  stop(): Bus {
    return this._revoked ? Bus.Lost : this._inner.stop();
  }

  get alert(): boolean {
    return !this._revoked && this._inner.alert;
  }
}
