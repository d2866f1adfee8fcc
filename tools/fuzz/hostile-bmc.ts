import type { Interposer } from "../../src/bmc/index.ts";
import type { InterfaceKind, MachineWire } from "../../src/wire/index.ts";
import { adversary, MODES, type Mode } from "./adversaries.ts";
import { busAdversary } from "./bus-adversaries.ts";
import { Random } from "./random.ts";
import { drawSetting, type Setting, World } from "./world.ts";

const ADVERSARY_BYTE_US = 90;

/** What the BMC is, from some moment on. */
export interface Guise {
  readonly mode: Mode;
  /** The right BMC's daemon gives wrong responses. */
  readonly lies: boolean;
  readonly seed: number;
}

export const HONEST: Guise = { mode: "real", lies: false, seed: 0 };

export function drawGuise(random: Random): Guise {
  return { mode: random.pick(MODES), lies: random.chance(0.5), seed: random.bits() };
}

/** A setting that a hostile BMC is the worst of: quick enough that much happens. */
export function drawHostileSetting(random: Random, kind: InterfaceKind): Setting {
  return {
    ...drawSetting(random, kind),
    spacing: kind === "ssif" ? 1 : random.pick([1, 4]),
    inputLatencyUs: random.pick([0, 1, 20]),
    commandLatencyUs: random.pick([0, 30, 3_000]),
    trusting: random.chance(0.3),
    hardwareReset: random.chance(0.2),
    inputBytesMax: 255,
    outputBytesMax: 255,
    fifoBytes: 256,
    // Who is told that there are codes, and meets a BMC without, gets nothing through ever after.
    pec: true,
    bootUs: 0,
    resetUs: 1_000_000,
  };
}

/** A world whose BMC, as its host sees it, may be anybody, and another one at any time. */
export class HostileWorld {
  readonly world: World;
  /** What the host is given. */
  readonly wire: MachineWire;
  accesses = 0;
  /** What the host was promised: it waits so long for a response that is lost. */
  readonly calmUs: number;
  #guise: Guise = HONEST;
  #now: MachineWire;

  constructor(setting: Setting) {
    this.world = new World(setting);
    this.calmUs = 32_000_000;
    this.#now = this.world.wire;
    this.wire = this.#counted(this.world.wire);
  }

  become(guise: Guise): void {
    this.#guise = guise;
    const random = new Random(guise.seed, 1);
    const real = this.world.wire;
    if (real.kind === "ssif") {
      this.#now = { ...real, bus: busAdversary(guise.mode, random, real.bus) };
    } else {
      const { kind, port, spacing } = real;
      const byNumber = {
        read: (register: number) => port.read(register * spacing),
        write: (register: number, value: number) => port.write(register * spacing, value),
      };
      const other = adversary(guise.mode, kind, random, byNumber);
      this.#now = {
        ...real,
        port: {
          read: (offset) => other.read(Math.floor(offset / spacing)) & 0xff,
          write: (offset, value) => other.write(Math.floor(offset / spacing), value),
        },
      };
    }
    this.world.bmc.daemon.interposer = guise.lies ? liesOf(new Random(guise.seed, 2)) : honest;
  }

  /** The wire through which the BMC can be changed, and on which time goes by with each access. */
  #counted(real: MachineWire): MachineWire {
    if (real.kind === "ssif") {
      const bus = () => {
        const elapses = this.#guise.mode !== "real" && this.#guise.mode !== "lossy";
        this.accesses++;
        if (elapses) this.world.time.elapse(ADVERSARY_BYTE_US);
        return this.#now.kind === "ssif" ? this.#now.bus : real.bus;
      };
      const alert = () => (this.#now.kind === "ssif" ? this.#now.bus.alert : false);
      return {
        ...real,
        bus: {
          start: (address) => bus().start(address),
          write: (value) => bus().write(value),
          read: (ack) => bus().read(ack),
          stop: () => bus().stop(),
          get alert() {
            return alert();
          },
        },
      };
    }
    const port = () => {
      this.accesses++;
      this.world.time.elapse(1);
      return this.#now.kind === "ssif" ? real.port : this.#now.port;
    };
    return {
      ...real,
      port: {
        read: (offset) => port().read(offset),
        write: (offset, value) => port().write(offset, value),
      },
    };
  }
}

const honest: Interposer = (_, response) => ({ response, delayUs: 0, copies: 1 });

/** Responses that are late, repeated, missing, cut, too long, or another's. */
function liesOf(random: Random): Interposer {
  return (request, right) => {
    const usual = { response: right, delayUs: 0, copies: 1 };
    if (right === undefined) return usual;
    const head = [...right.slice(0, 3)];
    switch (random.below(10)) {
      case 0:
        return { ...usual, response: random.bytes(3 + random.below(250)) };
      case 1:
        return { ...usual, response: undefined };
      case 2:
        return { ...usual, delayUs: random.below(12_000_000) };
      case 3:
        return { ...usual, copies: 1 + random.below(4) };
      case 4:
        return { ...usual, response: right.slice(0, 3 + random.below(right.length)) };
      case 5:
        return { ...usual, response: Uint8Array.of(...right, ...random.bytes(random.below(200))) };
      case 6:
        return { ...usual, response: right.map((byte, at) => (at === 1 ? byte ^ 1 : byte)) };
      case 7:
        return { ...usual, response: Uint8Array.of(...head.slice(0, 2), random.byte()) };
      case 8:
        return { ...usual, response: withData(head, random.bytes(random.below(60))) };
      default:
        if (request[1] !== 0x31 && request[1] !== 0x33) return usual;
        return { ...usual, response: withData(head, random.bytes(1 + random.below(40))) };
    }
  };
}

function withData([netFn = 0, cmd = 0]: readonly number[], data: Uint8Array): Uint8Array {
  return Uint8Array.of(netFn, cmd, 0, ...data);
}
