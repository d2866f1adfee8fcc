import type { Duplex } from "node:stream";
import { DEVICE_INTERRUPT } from "./command-line.ts";

/**
 * The registers' interrupt line into the guest, by QEMU's test protocol: neither transport can
 * raise one without KVM. Nothing is waited for, as the guest's processor may stand still in a
 * register access, and QEMU answers only after it.
 */
export class InterruptLine {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.resume();
  }

  set(level: boolean): void {
    const { qom, input } = DEVICE_INTERRUPT;
    if (!this.#stream.writable) return;
    this.#stream.write(`set_irq_in ${qom} unnamed-gpio-in ${input} ${level ? 1 : 0}\n`);
  }
}
