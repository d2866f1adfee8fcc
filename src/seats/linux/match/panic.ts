import type { VirtualTime } from "../../../time/virtual.ts";
import type { Tracer } from "../../../trace/tracer.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";

/** `[   12.345678] text`, as a kernel prints with its time in seconds since its start. */
const PRINTED = /^\[\s*(\d+)\.(\d{6})\] (.*)$/;
const BEGUN = /^Kernel panic - not syncing: (.*)$/;
const OVER = /^Rebooting in \d+ seconds/;

/** How long the kernel's driver waits between two looks when there is nothing to do, in µs. */
const LOOK_US = 250;

/**
 * A panic of the guest's kernel, which a scenario ordered. No agent runs any more that could tell the
 * time. A look at a register which shows what the look before it showed counts as the driver's wait
 * between two looks; how long it took in all, the kernel's own console says at its end.
 */
export class GuestPanic {
  readonly #time: VirtualTime;
  readonly #tracer: Tracer;
  #ordered: string | undefined;
  /** When it began, in the match's time; -1 before. */
  #sinceUs = -1;
  /** The same by the kernel's clock, when the console has said so. */
  #printedUs = -1;
  #over = false;
  /** The last look, as offset and value. */
  #offset = -1;
  #value = -1;

  constructor(time: VirtualTime, tracer: Tracer) {
    this.#time = time;
    this.#tracer = tracer;
  }

  get begun(): boolean {
    return this.#sinceUs !== -1;
  }

  /** How long it has been going on, in µs; 0 when it is over. */
  get lastsUs(): number {
    return this.begun && !this.#over ? this.#time.nowUs - this.#sinceUs : 0;
  }

  /** The kernel has done what it does in a panic, and reboots. */
  get over(): boolean {
    return this.#over;
  }

  order(text: string): void {
    this.#ordered ??= text;
  }

  /** The guest's agent asks; it panics when the answer is true. */
  take(): boolean {
    if (this.#ordered === undefined || this.begun) return false;
    this.#sinceUs = this.#time.nowUs;
    this.#tracer.emit({ e: "host", what: "panic", text: this.#ordered });
    return true;
  }

  /** The registers as a panicking kernel has them, to whom time passes between two looks. */
  readonly port = (inner: RegisterPort): RegisterPort => ({
    read: (offset) => {
      const value = inner.read(offset);
      if (this.begun && offset === this.#offset && value === this.#value) {
        this.#time.elapse(LOOK_US);
      }
      this.#offset = offset;
      this.#value = value;
      return value;
    },
    write: (offset, value) => {
      this.#offset = -1;
      inner.write(offset, value);
    },
  });

  /** A line of the console; true when it is the panic's own. */
  hears(line: string): boolean {
    if (!this.begun || this.#over) return false;
    const [, s = "", us = "", text = ""] = PRINTED.exec(line) ?? [];
    const nowUs = Number(s) * 1_000_000 + Number(us);
    if (BEGUN.test(text)) {
      this.#printedUs = nowUs;
      return true;
    }
    if (!OVER.test(text) || this.#printedUs === -1) return false;
    const endUs = this.#sinceUs + nowUs - this.#printedUs;
    this.#time.runUntil(Math.max(endUs, this.#time.nowUs));
    this.#over = true;
    this.#tracer.emit({ e: "host", what: "panic-end", text: "the kernel reboots" });
    return true;
  }
}
