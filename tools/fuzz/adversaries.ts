import type { InterfaceKind, RegisterPort } from "../../src/wire/index.ts";
import type { Random } from "./random.ts";

/** What sits at the other end of the wire. */
export const MODES = [
  "random",
  "biased",
  "constant",
  "lossy",
  "lossy",
  "liar",
  "liar",
  "liar",
  "nobody",
  "zeros",
  "real",
] as const;
export type Mode = (typeof MODES)[number];

export type RegisterKind = Exclude<InterfaceKind, "ssif">;

/** Status bytes that mean something. */
const STATUS = {
  kcs: [0x00, 0x01, 0x02, 0x03, 0x04, 0x40, 0x41, 0x45, 0x80, 0x81, 0xc0, 0xc1, 0xc3, 0xff, 0x8b],
  smic: [0x00, 0x01, 0x04, 0x40, 0x80, 0xc0, 0x44, 0x84, 0xc4, 0xff, 0x41],
  bt: [0x00, 0x04, 0x08, 0x10, 0x18, 0x40, 0x48, 0x80, 0x88, 0xc8, 0xff, 0x0c],
} as const;

/** How long the responses of a liar are, in bytes: none, too long, without end. */
const ENDS = [1, 3, 7, 272, 273, 544, 1_000_000_000] as const;

/** A register block's host face in an adversary's hands; registers by number. */
export function adversary(
  mode: Mode,
  kind: RegisterKind,
  random: Random,
  real: RegisterPort,
): RegisterPort {
  switch (mode) {
    case "random":
      return { read: () => random.byte(), write: () => {} };
    case "biased":
      return {
        read: () =>
          (random.chance(0.7) ? random.pick<number>(STATUS[kind]) : undefined) ?? random.byte(),
        write: () => {},
      };
    case "constant": {
      const values = random.bytes(3);
      return { read: (register) => values[register % 3] ?? 0, write: () => {} };
    }
    case "lossy":
      return lossy(random, real);
    case "liar":
      return LIARS[kind](random);
    case "nobody":
      return { read: () => 0xff, write: () => {} };
    case "zeros":
      return { read: () => 0x00, write: () => {} };
    case "real":
      return real;
  }
}

export const LOSS = [0.001, 0.01, 0.1, 0.5] as const;

/** The right BMC over a wire that turns bits, loses writes, repeats them and changes them. */
function lossy(random: Random, real: RegisterPort): RegisterPort {
  const rate = random.pick(LOSS);
  return {
    read: (register) => {
      const value = real.read(register);
      return random.chance(rate) ? value ^ (1 << random.below(8)) : value;
    },
    write: (register, value) => {
      if (!random.chance(rate)) real.write(register, random.chance(rate) ? random.byte() : value);
      if (random.chance(rate)) real.write(register, value);
    },
  };
}

/** They speak the protocol, and lie in it. */
const LIARS: Record<RegisterKind, (random: Random) => RegisterPort> = {
  kcs: (random) => new LyingKcs(random),
  smic: (random) => new LyingSmic(random),
  bt: (random) => new LyingBt(random),
};

class LyingKcs implements RegisterPort {
  readonly #random: Random;
  readonly #end: number;
  #phase = 0;
  #sent: number[] = [];
  #given = 0;
  #last = false;

  constructor(random: Random) {
    this.#random = random;
    this.#end = random.pick(ENDS);
  }

  read(register: number): number {
    const random = this.#random;
    if (register === 1) {
      const noise = (random.chance(0.05) ? 0x02 : 0) | (random.chance(0.02) ? 0x04 : 0);
      return random.chance(0.005) ? random.byte() : (this.#phase << 6) | 0x01 | noise;
    }
    this.#given++;
    if (this.#phase === 1 && this.#given > this.#end) this.#phase = 0;
    const head = [0x1c, this.#sent[1] ?? 1, random.pick([0x00, 0x00, 0xc3])];
    const told = this.#phase === 1 ? head[this.#given - 1] : undefined;
    return told ?? random.byte();
  }

  write(register: number, value: number): void {
    const random = this.#random;
    if (register === 1) {
      this.#given = 0;
      if (value === 0x61) this.#sent = [];
      if (value === 0x61 || value === 0x62) this.#phase = 2;
      if (value === 0x60) this.#phase = random.pick([1, 2, 3]);
      this.#last = value === 0x62;
      return;
    }
    this.#sent.push(value);
    if (!this.#last) return;
    this.#last = false;
    this.#given = 0;
    this.#phase = random.chance(0.95) ? 1 : 3;
  }
}

class LyingSmic implements RegisterPort {
  readonly #random: Random;
  readonly #end: number;
  #code = 0xc0;
  #given = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#end = random.pick(ENDS);
  }

  read(register: number): number {
    const random = this.#random;
    if (register === 2) {
      const noise = (random.chance(0.05) ? 0x01 : 0) | (random.chance(0.02) ? 0x04 : 0);
      return random.chance(0.005) ? random.byte() : 0xc0 | noise;
    }
    if (register === 1) return random.chance(0.003) ? random.byte() : this.#code;
    if (this.#code !== 0xc3) return random.byte();
    return random.chance(0.02) ? random.pick([1, 2, 3, 4, 5, 0xff]) : 0;
  }

  write(register: number, value: number): void {
    if (register !== 1) return;
    if (value === 0x44) this.#given = 0;
    if (value === 0x44 || value === 0x45) {
      this.#given++;
      this.#code = this.#given >= this.#end ? 0xc6 : value | 0x80;
    } else this.#code = value === 0x46 ? 0xc0 : value | 0x80;
  }
}

const REQUESTS_KEPT = 8;

class LyingBt implements RegisterPort {
  readonly #random: Random;
  readonly #lengths: readonly [number, ...number[]];
  #incoming: number[] = [];
  readonly #requests: number[][] = [];
  #outgoing: readonly number[] = [];
  #taken = 0;
  #hostBusy = false;

  constructor(random: Random) {
    this.#random = random;
    this.#lengths = random.pick<readonly [number, ...number[]]>([
      [3],
      [4],
      [255],
      [0, 1, 2, 3, 4, 40, 255],
    ]);
  }

  read(register: number): number {
    const random = this.#random;
    if (register === 1) return this.#outgoing[this.#taken++] ?? 0xff;
    if (register !== 0) return random.below(4);
    if (random.chance(0.003)) return random.byte();
    const noise = random.chance(0.02) ? 0x90 : 0;
    return (random.chance(0.9) ? 0x08 : 0) | (this.#hostBusy ? 0x40 : 0) | noise;
  }

  write(register: number, value: number): void {
    if (register === 1) this.#incoming.push(value);
    if (register !== 0) return;
    if ((value & 0x01) !== 0) this.#incoming = [];
    if ((value & 0x04) !== 0) {
      this.#requests.push([...this.#incoming]);
      if (this.#requests.length > REQUESTS_KEPT) this.#requests.shift();
    }
    if ((value & 0x40) !== 0) this.#hostBusy = !this.#hostBusy;
    if ((value & 0x02) !== 0) this.#respond();
  }

  /** To one of the last requests, nearly as it should be, and of any length. */
  #respond(): void {
    const random = this.#random;
    const [, netFn = 0x18, seq = 0, cmd = 1] = random.pick(this.#requests) ?? [];
    const length = random.pick(this.#lengths);
    const head = [
      (netFn | 4) ^ (random.chance(0.1) ? 4 : 0),
      (seq + (random.chance(0.1) ? 1 : 0)) & 0xff,
      cmd ^ (random.chance(0.05) ? 1 : 0),
      0,
    ];
    this.#outgoing = [length, ...[...head, ...random.bytes(20)].slice(0, length)];
    this.#taken = 0;
  }
}
