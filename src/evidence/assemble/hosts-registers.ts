import type { Tracer } from "../../trace/tracer.ts";
import type { InterfaceOn } from "../../wire/interface.ts";
import { RegisterHostTap } from "../../wire/registers/host-tap.ts";
import { REGISTER_LAYOUTS } from "../../wire/registers/layouts.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import type { Access } from "../sighting.ts";

/**
 * A host's accesses to a register block as the trace tells them: they are made once more, on registers
 * that give what was read then, under the tap that records the lab's own.
 */
export class HostsRegisters {
  readonly #registers = new Recalled();
  readonly #tap: RegisterHostTap;

  constructor(kind: InterfaceOn<"registers">, tracer: Tracer) {
    this.#tap = new RegisterHostTap(this.#registers, tracer, {
      layout: REGISTER_LAYOUTS[kind],
      spacing: 1,
      tags: { request: 0, response: 0 },
      numbersTransfers: true,
    });
  }

  /** Tells of an access. */
  take({ what, offset, value }: Access): void {
    this.#registers.value = value;
    if (what === "read") this.#tap.read(offset);
    else this.#tap.write(offset, value);
  }
}

/** Registers that were read before: each gives what it gave then. */
class Recalled implements RegisterPort {
  value = 0;

  read(): number {
    return this.value;
  }

  write(): void {}
}
