import { Bus, type SmbusPort } from "../../src/wire/index.ts";
import { LOSS, type Mode } from "./adversaries.ts";
import type { Random } from "./random.ts";

/** A bus in an adversary's hands. */
export function busAdversary(mode: Mode, random: Random, real: SmbusPort): SmbusPort {
  switch (mode) {
    case "random":
      return noisy(random, { taken: 0.5, given: 0.9, byte: () => random.byte(), alert: 0.3 });
    case "biased":
      return noisy(random, { taken: 0.98, given: 0.99, byte: () => likely(random), alert: 0 });
    case "constant":
      return constant(random);
    case "lossy":
      return lossy(random, real);
    case "liar":
      return new LyingBmc(random);
    case "nobody":
      return same(Bus.Nack, 0xff, Bus.Ack, false);
    case "zeros":
      return same(Bus.TimedOut, Bus.TimedOut, Bus.TimedOut, true);
    case "real":
      return real;
  }
}

function failure(random: Random): Bus {
  return random.pick<Bus>([Bus.Nack, Bus.Lost, Bus.TimedOut]);
}

function likely(random: Random): number {
  return random.pick([0, 1, 2, 3, 4, 32, 33, 0xff, 0x1c, random.byte()]);
}

interface Odds {
  readonly taken: number;
  readonly given: number;
  readonly byte: () => number;
  readonly alert: number;
}

function noisy(random: Random, odds: Odds): SmbusPort {
  const taken = () => (random.chance(odds.taken) ? Bus.Ack : failure(random));
  return {
    start: taken,
    write: taken,
    read: () => (random.chance(odds.given) ? odds.byte() : failure(random)),
    stop: () => (random.chance(0.95) ? Bus.Ack : Bus.TimedOut),
    get alert() {
      return random.chance(odds.alert);
    },
  };
}

function constant(random: Random): SmbusPort {
  const outcome = random.pick<Bus>([Bus.Ack, Bus.Nack, Bus.Lost, Bus.TimedOut]);
  const end = random.pick<Bus>([Bus.Ack, Bus.TimedOut]);
  return same(outcome, random.byte(), end, random.chance(0.5));
}

function same(outcome: Bus, byte: number, end: Bus, alert: boolean): SmbusPort {
  return { start: () => outcome, write: () => outcome, read: () => byte, stop: () => end, alert };
}

/** The right BMC on a bus that turns bits, changes bytes, fails and loses STOPs. */
function lossy(random: Random, real: SmbusPort): SmbusPort {
  const rate = random.pick(LOSS);
  return {
    start: (address) => {
      const outcome = real.start(address);
      return random.chance(rate) ? failure(random) : outcome;
    },
    write: (value) => {
      const outcome = real.write(random.chance(rate) ? random.byte() : value);
      return random.chance(rate) ? failure(random) : outcome;
    },
    read: (ack) => {
      const value = real.read(ack);
      return random.chance(rate) ? (value ^ (1 << random.below(8))) & 0x1ff : value;
    },
    stop: () => (random.chance(rate) ? Bus.Ack : real.stop()),
    get alert() {
      return real.alert !== random.chance(rate);
    },
  };
}

/** It acknowledges everything, and its blocks lie: in their counts, their numbers, their end. */
class LyingBmc implements SmbusPort {
  readonly #random: Random;
  readonly #lie: "endless" | "short" | "numbers" | "counts" | "ends";
  #command = 0;
  #written: number[] = [];
  #given = 0;
  #count = 0;
  #blocks = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#lie =
      random.pick(["endless", "short", "numbers", "counts", "ends"] as const) ?? "endless";
  }

  start(addressByte: number): Bus {
    this.#given = 0;
    if ((addressByte & 1) === 0) this.#written = [];
    else this.#blocks = this.#command === 0x03 ? 0 : this.#blocks + 1;
    return addressByte === 0x19 && this.#random.chance(0.5) ? Bus.Nack : Bus.Ack;
  }

  write(value: number): Bus {
    if (this.#written.length === 0) this.#command = value;
    this.#written.push(value);
    return Bus.Ack;
  }

  read(): number {
    if (this.#given++ === 0) {
      this.#count = this.#drawCount();
      return this.#count;
    }
    const at = this.#given - 2;
    if (this.#command !== 0x03) return at === 0 ? this.#blockNumber() : this.#random.byte();
    const single = this.#lie === "short" || this.#lie === "ends";
    const head = [0x1c, this.#written[3] ?? 1, 0];
    return (single ? head : [0x00, 0x01, ...head])[at] ?? this.#random.byte();
  }

  stop(): Bus {
    return Bus.Ack;
  }

  get alert(): boolean {
    return this.#random.chance(0.05);
  }

  #drawCount(): number {
    if (this.#lie === "counts") return this.#random.pick([0, 1, 2, 33, 255]);
    return this.#lie === "short" ? this.#random.pick([1, 2, 3]) : 32;
  }

  #blockNumber(): number {
    const right = (this.#blocks - 1) & 0xff;
    if (this.#lie === "numbers") return this.#random.byte();
    return this.#lie === "endless" ? right : this.#random.pick([right, 0xff]);
  }
}
