import { expect } from "vitest";
import type { LineChannel } from "../../../src/seats/qemu/named-pipes.ts";

/** A channel whose other end says what the script says, line by line, and wants what it wants. */
export class ScriptChannel implements LineChannel {
  readonly #script: string[];

  /** `> line` is what has to be sent next, `< line` is received. */
  constructor(script: readonly string[]) {
    this.#script = [...script];
  }

  send(line: string): void {
    expect(`> ${line}`).toBe(this.#script.shift());
  }

  receive(): string {
    const next = this.#script.shift() ?? "";
    expect(next).toMatch(/^< /);
    return next.slice(2);
  }

  /** Everything was said. */
  done(): void {
    expect(this.#script).toEqual([]);
  }
}
