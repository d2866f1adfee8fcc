import { Referee, type Verdict } from "../../../src/referee/index.ts";
import { traceHead } from "../../../src/trace/head.ts";
import { Tracer } from "../../../src/trace/tracer.ts";
import { KCS_LAYOUT } from "../../../src/wire/kcs/protocol.ts";
import { RegisterHostTap } from "../../../src/wire/registers/host-tap.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";

/** A KCS block's registers, accessed by hand and on the record. */
export class ByHand {
  readonly #tap: RegisterHostTap;
  readonly #referee: Referee;
  readonly #tracer: Tracer;
  #us = 0;

  constructor(port: RegisterPort) {
    const taps = { host: true, bmc: false };
    const seats = { scenario: "", host: "by hand", bmc: "qemu", interface: "kcs" as const };
    const head = traceHead({ ...seats, seed: 0, taps, clock: "virtual", scenarioText: "" });
    this.#referee = new Referee(head);
    this.#tracer = new Tracer(() => this.#us++);
    this.#tracer.attach(this.#referee);
    const tags = { request: 0, response: 0 };
    const block = { layout: KCS_LAYOUT, spacing: 1, tags, numbersTransfers: true };
    this.#tap = new RegisterHostTap(port, this.#tracer, block);
  }

  get status(): number {
    return this.#tap.read(1);
  }

  command(value: number): this {
    this.#tap.write(1, value);
    return this;
  }

  data(value: number): this {
    this.#tap.write(0, value);
    return this;
  }

  /** Waits for IBF to clear, then takes what is in Data_Out, if anything is. */
  taken(): number {
    while ((this.status & 0x02) !== 0);
    return (this.status & 0x01) === 0 ? -1 : this.#tap.read(0);
  }

  /** What the referee says; no access comes after it. */
  verdict(): Verdict {
    this.#tracer.emit({ e: "end", why: "done" });
    return this.#referee.verdict();
  }
}
