import type { LineReader, Teller } from "../sighting.ts";
import { I2cConditions, isI2cCondition } from "./sigrok-i2c.ts";
import { isLpcField, LpcCycles, portsIn } from "./sigrok-lpc.ts";

/**
 * What sigrok-cli's decoders of I2C and of LPC print of a logic analyser's file, one condition or field a
 * line, each with its samples in front.
 */
export class SigrokReader implements LineReader {
  readonly #teller: Teller;
  readonly #i2c: I2cConditions;
  readonly #lpc: LpcCycles;
  /** Samples in a second; 0 while nobody has said it. */
  #rate = 0;

  constructor(teller: Teller) {
    this.#teller = teller;
    this.#i2c = new I2cConditions(teller);
    this.#lpc = new LpcCycles(teller);
  }

  line(text: string): void {
    const found = LINE.exec(text);
    if (found === null) return this.#other(text);
    const [, sample, decoder, what = ""] = found;
    if (decoder === "i2c" ? !isI2cCondition(what) : !isLpcField(what)) return this.#unknown();
    if (sample === undefined || this.#rate === 0) {
      return this.#teller.unread("a condition of which the time is not told");
    }
    const atUs = Math.floor((Number(sample) * 1_000_000) / this.#rate);
    if (decoder === "i2c") this.#i2c.take(atUs, what);
    else this.#lpc.take(atUs, what);
  }

  end(): void {
    this.#lpc.end();
  }

  #other(text: string): void {
    const rate = RATE.exec(text);
    if (rate !== null) {
      this.#rate = Number(rate[1]);
      return;
    }
    const ports = portsIn(text);
    if (ports !== undefined) this.#lpc.at(ports);
    else if (!/^(?:#.*|\s*)$/.test(text)) this.#unknown();
  }

  #unknown(): void {
    this.#teller.unread("a line that is none of sigrok's");
  }
}

/** Whether a line looks like one of this format. */
export function isSigrok(line: string): boolean {
  const [, , decoder, what = ""] = LINE.exec(line) ?? [];
  if (decoder === undefined) return RATE.test(line);
  return decoder === "i2c" ? isI2cCondition(what) : isLpcField(what);
}

const RATE = /^# samplerate:? (\d{1,12})(?: Hz)?\s*$/i;
const LINE = /^(?:(\d{1,15})-\d{1,15} )?(i2c|lpc)-\d{1,3}: (\S.{0,80}?)\s*$/;
