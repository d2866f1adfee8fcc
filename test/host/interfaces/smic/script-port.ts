import type { RegisterPort } from "../../../../src/wire/registers/port.ts";
import { HostFault } from "../kcs/strict-kcs.ts";

const READS = ["d", "s", "f"] as const;
const WRITES = ["D", "C", "F"] as const;

/**
 * A SMIC block that expects exactly the accesses of a script: `f40` the host reads the flags 40h,
 * `sc1` the status code C1h, `d1c` data 1Ch; `C41` it writes control code 41h, `D18` data 18h,
 * `F01` 01h to the flags.
 */
export class SmicScriptPort implements RegisterPort {
  readonly #steps: readonly string[];
  #at = 0;

  constructor(script: string) {
    this.#steps = script.trim().split(/\s+/);
  }

  get done(): boolean {
    return this.#at === this.#steps.length;
  }

  read(offset: number): number {
    const kind = READS[offset] ?? "?";
    return Number.parseInt(this.#expect(kind).slice(1), 16);
  }

  write(offset: number, value: number): void {
    const kind = WRITES[offset] ?? "?";
    const access = kind + value.toString(16).padStart(2, "0");
    const step = this.#expect(kind);
    if (step !== access) throw new HostFault(`${access} in place of ${step}, step ${this.#at}`);
  }

  #expect(kind: string): string {
    const step = this.#steps[this.#at++] ?? "the end";
    if (step.slice(0, 1) !== kind) throw new HostFault(`${kind} in place of ${step}, ${this.#at}`);
    return step;
  }
}
