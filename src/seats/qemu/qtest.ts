import { SeatError } from "../../programs/errors.ts";
import type { LineChannel } from "./named-pipes.ts";

/** An interrupt line that QEMU was asked to watch has changed. */
export interface LineChange {
  readonly line: number;
  readonly level: boolean;
}

/**
 * QEMU's test protocol: a device's registers from outside, with no guest at all. Each call is one
 * access, made when it returns.
 */
export class Qtest {
  readonly #channel: LineChannel;
  #changed: (change: LineChange) => void = () => {};

  constructor(channel: LineChannel) {
    this.#channel = channel;
  }

  /** Reads the byte at an I/O port. */
  inb(port: number): number {
    return this.#value(`inb ${hex(port)}`) & 0xff;
  }

  outb(port: number, value: number): void {
    this.#execute(`outb ${hex(port)} ${hex(value)}`);
  }

  inl(port: number): number {
    return this.#value(`inl ${hex(port)}`);
  }

  outl(port: number, value: number): void {
    this.#execute(`outl ${hex(port)} ${hex(value)}`);
  }

  /** Reads the 32-bit word at a physical address. */
  readl(address: number): number {
    return this.#value(`readl ${hex(address)}`);
  }

  writel(address: number, value: number): void {
    this.#execute(`writel ${hex(address)} ${hex(value)}`);
  }

  /** Sets a line of the group `name` of the device with that QOM path. */
  setLine(path: string, name: string, { line, level }: LineChange): void {
    this.#execute(`set_irq_in ${path} ${name} ${line} ${level ? 1 : 0}`);
  }

  /** From now on, says when an input of the interrupt controller with that QOM path changes. */
  watchInterrupts(path: string, changed: (change: LineChange) => void): void {
    this.#changed = changed;
    this.#execute(`irq_intercept_in ${path}`);
  }

  #value(command: string): number {
    const value = Number(this.#execute(command));
    if (!Number.isSafeInteger(value)) throw failed(command, "no number in the answer");
    return value;
  }

  /** Sends a command, gives what follows the OK. Changed lines are told before the answer. */
  #execute(command: string): string {
    this.#channel.send(command);
    for (;;) {
      const line = this.#channel.receive();
      const change = /^IRQ (raise|lower) (\d+)$/.exec(line);
      if (change !== null) {
        this.#changed({ line: Number(change[2]), level: change[1] === "raise" });
        continue;
      }
      if (line === "OK") return "";
      if (line.startsWith("OK ")) return line.slice("OK ".length);
      throw failed(command, line);
    }
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function failed(command: string, why: string): SeatError {
  return new SeatError("QEMU_FAILED", `qtest ${command}: ${why}`);
}
