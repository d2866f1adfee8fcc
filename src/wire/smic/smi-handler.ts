import type { RegisterFault } from "../registers/faults.ts";
import type { RegisterPort, TransactionTags } from "../registers/port.ts";
import {
  operationOf,
  SmicFlag,
  SmicOperation,
  SmicRegister,
  SmicStream,
  statusCode,
} from "./protocol.ts";

/** How long the handler waits for the BMC at any one place, in register accesses. */
const POLLS_MAX = 10_000;
const RESPONSE_BYTES_MAX = 255;

export interface SmiHandlerParts {
  readonly port: RegisterPort;
  /** Bytes from one register to the next. */
  readonly spacing: number;
  readonly tags: TransactionTags;
  /** Passes the time of one register access, while the BMC goes on. */
  readonly elapse: () => void;
}

/** What the handler asks the BMC, and whether it leaves the registers as it found them. */
export interface SmiTransaction {
  readonly request: Uint8Array;
  readonly restores: boolean;
}

/**
 * Firmware that takes the processors away from everybody, makes one transaction of its own on the
 * SMM stream, and gives them back. It saves the control/status and data registers before and puts
 * them back afterwards, with BUSY at 0 both times; a bad one leaves what its own transaction left.
 * The software that was interrupted sees of it what the BMC then says. @see IPMI 2.0 §10.6, §10.7
 */
export class SmiHandler {
  private readonly _parts: SmiHandlerParts;

  constructor(parts: SmiHandlerParts) {
    this._parts = parts;
  }

  /** The fault of the wire that one transaction of the handler's is. */
  intrusion(transaction: SmiTransaction): RegisterFault {
    return { kind: "intrusion", run: () => this.run(transaction) };
  }

  /** Runs to its end. False: the BMC did not play along, and the handler gave up. */
  run({ request, restores }: SmiTransaction): boolean {
    if (!this.#waitFor(0)) return false;
    const control = this.#read(SmicRegister.Control);
    const data = this.#read(SmicRegister.Data);
    const { tags } = this._parts;
    const asked = tags.request;
    tags.request = 0;
    const done = this.#write(request) && this.#readResponse();
    tags.request = asked;
    if (restores && this.#waitFor(0)) {
      this.#put(SmicRegister.Data, data);
      this.#put(SmicRegister.Control, control);
    }
    return done;
  }

  #write(request: Uint8Array): boolean {
    const last = request.length - 1;
    for (const [at, byte] of request.entries()) {
      const next = at === last ? SmicOperation.WriteEnd : SmicOperation.WriteNext;
      const operation = at === 0 ? SmicOperation.WriteStart : next;
      if (at > 0 && !this.#waitFor(SmicFlag.TxDataRdy)) return false;
      if (this.#exchange(operation, byte) !== operation) return false;
    }
    return true;
  }

  #readResponse(): boolean {
    let operation: number = SmicOperation.ReadStart;
    for (let bytes = 0; bytes < RESPONSE_BYTES_MAX; bytes++) {
      if (!this.#waitFor(SmicFlag.RxDataRdy)) return false;
      const answered = this.#exchange(operation);
      this.#read(SmicRegister.Data);
      if (answered === SmicOperation.ReadEnd) {
        return this.#exchange(SmicOperation.ReadEnd) === SmicOperation.GetStatus;
      }
      if (answered !== operation) return false;
      operation = SmicOperation.ReadNext;
    }
    return false;
  }

  /** Hands one control code over; gives the operation that the status code names, or -1. */
  #exchange(operation: number, byte?: number): number {
    this.#put(SmicRegister.Control, SmicStream.Smm | operation);
    if (byte !== undefined) this.#put(SmicRegister.Data, byte);
    this.#put(SmicRegister.Flags, SmicFlag.Busy);
    if (!this.#waitFor(0)) return -1;
    const code = this.#read(SmicRegister.Control);
    const answered = operationOf(code);
    return code === statusCode(SmicStream.Smm, answered) ? answered : -1;
  }

  /** Waits for BUSY=0 and the flag `ready`; false when the BMC takes too long. */
  #waitFor(ready: number): boolean {
    for (let polls = 0; polls < POLLS_MAX; polls++) {
      const flags = this.#read(SmicRegister.Flags);
      if ((flags & (SmicFlag.Busy | ready)) === ready) return true;
    }
    return false;
  }

  #read(register: number): number {
    this._parts.elapse();
    return this._parts.port.read(register * this._parts.spacing);
  }

  #put(register: number, value: number): void {
    this._parts.elapse();
    this._parts.port.write(register * this._parts.spacing, value);
  }
}
