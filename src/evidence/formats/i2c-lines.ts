import type { Teller } from "../sighting.ts";
import { I2cConditions } from "./sigrok-i2c.ts";

type Level = 0 | 1;

const CHANGES_MAX = 16;

/**
 * SCL and SDA by their levels, as conditions: SDA that changes while SCL is high is a start or a stop, and what SDA is
 * as SCL rises is a bit. @see I2C-bus specification §3.1.4 to §3.1.6
 */
export class I2cLines {
  readonly #conditions: I2cConditions;
  #scl: Level | undefined;
  #sda: Level | undefined;
  #us = 0;
  /** What changed at one time. */
  #changes: (readonly [line: "scl" | "sda", level: Level])[] = [];
  #open = false;
  /** Behind a start comes an address. */
  #addressed = false;
  #reads = false;
  #byte = 0;
  #bits = 0;

  constructor(teller: Teller) {
    this.#conditions = new I2cConditions(teller);
  }

  /** What changes from here on does so at that time. */
  at(us: number): void {
    this.settle();
    this.#us = us;
  }

  change(line: "scl" | "sda", level: Level): void {
    this.#changes.push([line, level]);
    // No bus does as much at one time.
    if (this.#changes.length > CHANGES_MAX) this.settle();
  }

  /** Takes what changed: both at one time are a clock that fell before the data changed, or rose behind it. */
  settle(): void {
    if (this.#changes.length === 0) return;
    const changes = this.#changes;
    this.#changes = [];
    for (const [line, level] of changes) if (line === "scl" && level === 0) this.#clock(0);
    for (const [line, level] of changes) if (line === "sda") this.#data(level);
    for (const [line, level] of changes) if (line === "scl" && level === 1) this.#clock(1);
  }

  #clock(level: Level): void {
    const rises = this.#scl === 0 && level === 1;
    this.#scl = level;
    if (!rises || !this.#open || this.#sda === undefined) return;
    if (this.#bits < 8) {
      this.#byte = (this.#byte << 1) | this.#sda;
      this.#bits++;
      return;
    }
    this.#tell(this.#byteText());
    this.#tell(this.#sda === 0 ? "ACK" : "NACK");
    this.#begin();
    this.#addressed = true;
  }

  #data(level: Level): void {
    const before = this.#sda;
    this.#sda = level;
    if (this.#scl === 0 || before === undefined || before === level) return;
    if (level === 0) {
      this.#tell(this.#open ? "Start repeat" : "Start");
      this.#open = true;
      this.#addressed = false;
    } else {
      if (this.#open) this.#tell("Stop");
      this.#open = false;
    }
    this.#begin();
  }

  #begin(): void {
    this.#byte = 0;
    this.#bits = 0;
  }

  #byteText(): string {
    const hex = (value: number) => value.toString(16).toUpperCase().padStart(2, "0");
    if (this.#addressed) return `Data ${this.#reads ? "read" : "write"}: ${hex(this.#byte)}`;
    this.#reads = (this.#byte & 1) === 1;
    return `Address ${this.#reads ? "read" : "write"}: ${hex(this.#byte >> 1)}`;
  }

  #tell(what: string): void {
    this.#conditions.take(this.#us, what);
  }
}
