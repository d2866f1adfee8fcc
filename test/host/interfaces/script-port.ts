import type { RegisterPort } from "../../../src/wire/registers/port.ts";
import { HostFault } from "./kcs/strict-kcs.ts";

/**
 * A register block that expects exactly the accesses of a script: `s41` the host reads the status
 * 41h, `d1c` it reads data 1Ch, `C61` it writes 61h to Command, `D18` it writes 18h to Data_In.
 */
export class ScriptPort implements RegisterPort {
  readonly #steps: readonly string[];
  #at = 0;

  constructor(script: string) {
    this.#steps = script.trim().split(/\s+/);
  }

  get done(): boolean {
    return this.#at === this.#steps.length;
  }

  read(offset: number): number {
    return Number.parseInt(this.#expect(offset === 1 ? "s" : "d").slice(1), 16);
  }

  write(offset: number, value: number): void {
    const access = (offset === 1 ? "C" : "D") + value.toString(16).padStart(2, "0");
    const step = this.#expect(access.slice(0, 1));
    if (step !== access) throw new HostFault(`${access} in place of ${step}, step ${this.#at}`);
  }

  #expect(kind: string): string {
    const step = this.#steps[this.#at++] ?? "the end";
    if (step.slice(0, 1) !== kind) throw new HostFault(`${kind} in place of ${step}, ${this.#at}`);
    return step;
  }
}
