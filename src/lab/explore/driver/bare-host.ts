import { Control, KcsRegister, Phase, Status } from "../../../wire/kcs/protocol.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";

/** What a transfer came to: the response; undefined when the BMC showed an error or did not go on. */
export type Transferred = Uint8Array | undefined;

/** A host that begins anew: its next act is a control code, whatever it was at. */
export type Anew = "write-start" | "abort";

/** Thrown out of whatever the host is at, when it has begun anew. */
export class BegunAnew extends Error {
  readonly how: Anew;

  constructor(how: Anew) {
    super(how);
    this.how = how;
  }
}

/** The BMC shows an error, or does not go on. */
class Astray extends Error {}

/** Longer than any message of KCS. */
const BYTES_MAX = 1_000;

/** A host that does what the flow charts say and nothing else. @see IPMI 2.0 §9.15, Figures 9-6 to 9-8 */
export class BareHost {
  private readonly _port: RegisterPort;
  /** Lets the BMC do what it will, for as long as the host waits at most; false when nothing came of it. */
  private readonly _wait: (until: () => boolean) => boolean;

  constructor(port: RegisterPort, wait: (until: () => boolean) => boolean) {
    this._port = port;
    this._wait = wait;
  }

  /** Writes a request and reads its response. */
  transfer(request: Uint8Array): Transferred {
    return orAstray(() => {
      this.#free();
      this.#drain();
      this.#command(Control.WriteStart);
      return this.#rest(request);
    });
  }

  /** The same behind a WRITE_START that was written already. */
  transferBegun(request: Uint8Array): Transferred {
    return orAstray(() => this.#rest(request));
  }

  /** Has the BMC end what it is at; gives the interface's status code. */
  abort(): Transferred {
    return orAstray(() => {
      this.#free();
      this.#command(Control.GetStatusAbort);
      return this.#restOfAbort();
    });
  }

  /** The same behind a GET_STATUS/ABORT that was written already. */
  abortBegun(): Transferred {
    return orAstray(() => this.#restOfAbort());
  }

  /**
   * Begins anew at once, wherever the BMC is; not while the BMC has not taken the last byte, since no host may
   * write then. Says whether it did.
   */
  beginAnew(how: Anew): boolean {
    if ((this.#status() & Status.Ibf) !== 0) return false;
    this.#drain();
    this.#command(how === "abort" ? Control.GetStatusAbort : Control.WriteStart);
    return true;
  }

  /** The BMC shows ERROR, and has taken the last byte. */
  showsError(): boolean {
    const status = this.#status();
    return status >> 6 === Phase.Error && (status & Status.Ibf) === 0;
  }

  #rest(request: Uint8Array): Uint8Array {
    for (const [index, byte] of request.entries()) {
      this.#in(Phase.Write);
      this.#drain();
      if (index === request.length - 1) {
        this.#command(Control.WriteEnd);
        this.#in(Phase.Write);
        this.#drain();
      }
      this._port.write(KcsRegister.Data, byte);
    }
    return this.#response();
  }

  #restOfAbort(): Uint8Array {
    this.#free();
    this.#drain();
    this._port.write(KcsRegister.Data, 0);
    return this.#response();
  }

  #response(): Uint8Array {
    const bytes: number[] = [];
    while (bytes.length < BYTES_MAX) {
      const phase = this.#free();
      if (phase !== Phase.Read && phase !== Phase.Idle) throw new Astray();
      if (!this._wait(() => (this.#status() & Status.Obf) !== 0)) throw new Astray();
      const byte = this._port.read(KcsRegister.Data);
      if (phase === Phase.Idle) return Uint8Array.from(bytes);
      bytes.push(byte);
      this._port.write(KcsRegister.Data, Control.Read);
    }
    throw new Astray();
  }

  #in(phase: Phase): void {
    if (this.#free() !== phase) throw new Astray();
  }

  /** Waits until the BMC has taken the last byte; gives the phase that it shows then. */
  #free(): number {
    let status = 0;
    const free = this._wait(() => {
      status = this.#status();
      return (status & Status.Ibf) === 0;
    });
    if (!free) throw new Astray();
    return status >> 6;
  }

  #drain(): void {
    if ((this.#status() & Status.Obf) !== 0) this._port.read(KcsRegister.Data);
  }

  #status(): number {
    return this._port.read(KcsRegister.Status);
  }

  #command(code: number): void {
    this._port.write(KcsRegister.Status, code);
  }
}

function orAstray(run: () => Uint8Array): Transferred {
  try {
    return run();
  } catch (error) {
    if (error instanceof Astray) return undefined;
    throw error;
  }
}
