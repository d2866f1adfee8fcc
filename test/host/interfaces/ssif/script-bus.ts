import { Bus, type SmbusPort } from "../../../../src/wire/smbus/port.ts";
import { hex, stepOf } from "../../../wire/smbus/bus-script.ts";
import { HostFault } from "../kcs/strict-kcs.ts";

/**
 * A bus that expects exactly the steps of a script, in the words of `runMaster`; what the script
 * reads is what the host gets. `A` and `a` pull SMBALERT# and let it go.
 */
export class ScriptBus implements SmbusPort {
  readonly #words: readonly string[];
  #at = 0;
  #alert = false;

  constructor(script: string) {
    this.#words = script.trim().split(/\s+/);
  }

  get done(): boolean {
    return this.#at === this.#words.length;
  }

  get alert(): boolean {
    this.#takeAlerts();
    return this.#alert;
  }

  start(addressByte: number): Bus {
    return this.#move("S", addressByte);
  }

  write(value: number): Bus {
    return this.#move("w", value);
  }

  read(ack: boolean): number {
    const step = this.#next(`r${ack ? "+" : ""}`);
    if (step.op !== "r" || (step.outcome === undefined && step.more !== ack)) this.#wrong("r");
    return step.outcome ?? step.value ?? 0;
  }

  stop(): Bus {
    return this.#move("P", undefined);
  }

  #move(op: "S" | "w" | "P", value: number | undefined): Bus {
    const done = op + (value === undefined ? "" : hex(value));
    const step = this.#next(done);
    if (step.op !== op || step.value !== value) this.#wrong(done);
    return step.outcome ?? Bus.Ack;
  }

  #next(done: string) {
    this.#takeAlerts();
    const word = this.#words[this.#at++];
    if (word === undefined) throw new HostFault(`${done} behind the end of the script`);
    return stepOf(word);
  }

  #takeAlerts(): void {
    for (let word = this.#words[this.#at]; word === "A" || word === "a"; ) {
      this.#alert = word === "A";
      word = this.#words[++this.#at];
    }
  }

  #wrong(done: string): never {
    const at = this.#at - 1;
    throw new HostFault(`${done} in place of ${this.#words[at]}, step ${at}`);
  }
}
