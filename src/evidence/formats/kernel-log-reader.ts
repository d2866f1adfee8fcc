import type { LineReader, Teller } from "../sighting.ts";
import { kernelLine } from "./kernel-log.ts";

/** A kernel's log alone: what it says, and no access. */
export class KernelLogReader implements LineReader {
  readonly #teller: Teller;
  #lastUs = 0;

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  line(text: string): void {
    const said = kernelLine(text);
    if (said === undefined) return;
    this.#lastUs = said.atUs ?? this.#lastUs;
    this.#teller.sighting({ what: "log", atUs: this.#lastUs, text: said.text });
  }

  end(): void {}
}

/** Whether a line is one of a kernel's log, which it shows by the kernel's own time. */
export function isKernelLog(line: string): boolean {
  return /^(?:<\d{1,3}>|\S.{0,80} kernel: )?\[ *\d{1,10}\.\d{6}\] ?\S/.test(line);
}
