import type { Tracer } from "../../trace/tracer.ts";
import { BtBmcTap } from "../../wire/bt/bmc-tap.ts";
import { afterBmcsWrite } from "../../wire/bt/protocol.ts";
import type { BtController } from "../../wire/bt/registers.ts";
import { KcsBmcTap } from "../../wire/kcs/bmc-tap.ts";
import { Status } from "../../wire/kcs/protocol.ts";
import type { KcsController } from "../../wire/kcs/registers.ts";
import type { TransactionTags } from "../../wire/registers/port.ts";
import type { BmcAccess } from "../sighting.ts";

/** A BMC's accesses to its side of a block as the trace tells them, under the tap of the lab's own. */
export interface BmcsRegisters {
  take(access: BmcAccess): void;
}

/** KCS: what IBF, OBF and C/D# were is known by the driver's own looks at the status register. */
export class BmcsKcs implements BmcsRegisters {
  readonly #registers = new RecalledKcs();
  readonly #tap: KcsBmcTap;

  constructor(tracer: Tracer) {
    this.#tap = new KcsBmcTap(this.#registers, tracer);
  }

  take({ what, register, value }: BmcAccess): void {
    const reads = what === "bmc-reads";
    if (register === "status") {
      if (reads) this.#registers.status = value;
      else this.#tap.updateStatus(0xff, value);
    } else if (register === "output" && !reads) {
      this.#tap.writeOutput(value);
    } else if (register === "input" && reads && this.#registers.holdsInput) {
      // A read with IBF clear takes nothing.
      this.#registers.input = value;
      this.#tap.readInput();
    }
  }
}

/** BT: each 1 that the driver writes to BT_CTRL acts, so that the register has to be reckoned on. */
export class BmcsBt implements BmcsRegisters {
  readonly #registers = new RecalledBt();
  readonly #tap: BtBmcTap;

  constructor(tracer: Tracer) {
    this.#tap = new BtBmcTap(this.#registers, tracer);
  }

  take({ what, register, value }: BmcAccess): void {
    const reads = what === "bmc-reads";
    if (register === "control") {
      if (reads) this.#registers.control = value;
      else this.#tap.writeControl(value);
    } else if (register === "fifo") {
      this.#registers.gives = value;
      if (reads) this.#tap.readFifo();
      else this.#tap.writeFifo(value);
    }
  }
}

const HARDWARE_BITS = Status.Ibf | Status.Obf | Status.Cd;

/** A channel that was used before, as far as it is known. */
class RecalledKcs implements KcsController {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  status = 0;
  input = 0;

  get holdsInput(): boolean {
    return (this.status & Status.Ibf) !== 0;
  }

  readStatus(): number {
    return this.status;
  }

  readInput(): number {
    this.status &= ~Status.Ibf;
    return this.input;
  }

  writeOutput(): void {
    this.status |= Status.Obf;
  }

  updateStatus(_: number, bits: number): void {
    this.status = (this.status & HARDWARE_BITS) | (bits & ~HARDWARE_BITS);
  }

  onInput(): void {}

  enableInterrupt(): void {}
}

/** A block that was used before, as far as it is known. */
class RecalledBt implements BtController {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  control = 0;
  gives = 0;

  readControl(): number {
    return this.control;
  }

  writeControl(bits: number): void {
    this.control = afterBmcsWrite(this.control, bits);
  }

  readFifo(): number {
    return this.gives;
  }

  writeFifo(): void {}

  reset(): void {}

  onInput(): void {}

  onHardwareReset(): void {}

  enableInterrupt(): void {}
}
