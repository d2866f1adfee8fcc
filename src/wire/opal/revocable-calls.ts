import { nothing, type OpalPort, type OpalReceived } from "./port.ts";
import type { OpalCode } from "./protocol.ts";

/** The firmware does not reach its BMC. */
const NOBODY: OpalCode = "hardware";

/** A firmware's calls that were lent: once taken back, they reach nobody. */
export class RevocableCalls implements OpalPort {
  private _inner: OpalPort | undefined;

  constructor(inner: OpalPort) {
    this._inner = inner;
  }

  revoke(): void {
    this._inner = undefined;
  }

  send(message: Uint8Array): OpalCode {
    return this._inner?.send(message) ?? NOBODY;
  }

  recv(version: number, room: number): OpalReceived {
    return this._inner?.recv(version, room) ?? nothing(NOBODY);
  }
}
