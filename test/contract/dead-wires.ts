import { HOST_OPTIONS } from "../../src/host/index.ts";
import { Again, type InterfaceMachine, Pace } from "../../src/host/interfaces/machine.ts";
import { machineFor } from "../../src/host/interfaces/machine-for.ts";
import {
  type HostWire,
  type InterfaceKind,
  MEDIUM,
  type Medium,
} from "../../src/wire/interface.ts";
import { BYTE_US, CLOCK_LOW_TIMEOUT_US } from "../../src/wire/smbus/bus.ts";
import { Bus } from "../../src/wire/smbus/port.ts";
import { SSIF_ADDRESS } from "../../src/wire/ssif/protocol.ts";
import { isEnd, POLL_US, Wakes } from "./world.ts";

/** What a wire says without any BMC behind it; asked once for each access. */
export interface Voice {
  /** What a register reads as. */
  register(): number;
  /** How a step of the bus is answered. */
  answer(): Bus;
  /** The byte that a bus gives. */
  byte(): number;
  /** Whether SMBALERT# is pulled. */
  alert(): boolean;
}

/** Always the same. */
export function always(value: number, answer: Bus): Voice {
  return {
    register: () => value,
    answer: () => answer,
    byte: () => value,
    alert: () => false,
  };
}

const RANDOM_ANSWERS = [Bus.Ack, Bus.Ack, Bus.Ack, Bus.Nack, Bus.Lost, Bus.TimedOut] as const;

/** Drawn anew at each access, from a few of the likely values or, less often, from all. */
export function random(seed: number, likely: readonly number[]): Voice {
  const draw = generator(seed);
  const liked = Array.from({ length: 1 + draw(12) }, () => likely[draw(likely.length)] ?? 0);
  const value = () => (draw(4) === 0 ? draw(256) : (liked[draw(liked.length)] ?? 0));
  return {
    register: value,
    answer: () => RANDOM_ANSWERS[draw(RANDOM_ANSWERS.length)] ?? Bus.Ack,
    byte: value,
    alert: () => draw(8) === 0,
  };
}

/** Numbers below a limit, the same for the same seed. */
export function generator(seed: number): (limit: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

/** A host's machine at a wire where only a voice is. */
export class DeadWire {
  readonly machine: InterfaceMachine;
  nowUs = 0;
  accesses = 0;
  stepAccessesMax = 0;
  readonly #voice: Voice;
  readonly #wakes = new Wakes();

  constructor(kind: InterfaceKind, voice: Voice) {
    this.#voice = voice;
    this.machine = machineFor(this.#wire(kind), HOST_OPTIONS.timing);
  }

  /** Begins a request and steps until the transaction has ended. */
  transact(request: Uint8Array, again: Again = Again.Freely): Pace {
    const refusal = this.machine.begin(request, this.nowUs, again);
    if (refusal !== undefined) throw new Error(`refused: ${refusal}`);
    return this.finish();
  }

  /** Steps until the transaction has ended. */
  finish(): Pace {
    for (;;) {
      const pace = this.step();
      if (isEnd(pace)) return pace;
    }
  }

  /** One step, after which time goes on as the machine asks for. */
  step(): Pace {
    const { machine, nowUs, accesses } = this;
    const pace = machine.step(nowUs);
    this.stepAccessesMax = Math.max(this.stepAccessesMax, this.accesses - accesses);
    this.nowUs++;
    if (pace !== Pace.Later && pace !== Pace.Rest) return pace;
    const wakeUs = machine.wakeAtUs();
    this.#wakes.check(wakeUs, nowUs);
    const untilUs = pace === Pace.Rest ? wakeUs : Math.min(wakeUs, this.nowUs + 10 * POLL_US);
    this.nowUs = Math.max(this.nowUs, untilUs);
    return pace;
  }

  #wire(kind: InterfaceKind): HostWire {
    return WIRES[MEDIUM[kind]](kind, this.#voice, (us) => {
      this.accesses++;
      this.nowUs += us;
    });
  }
}

type Make = (kind: InterfaceKind, voice: Voice, touched: (us: number) => void) => HostWire;

const WIRES: Readonly<Record<Exclude<Medium, "calls">, Make>> = {
  registers: (kind, voice, touched) => {
    if (kind === "ssif") throw new Error("a block has registers");
    const port = {
      read: () => {
        touched(0);
        return voice.register();
      },
      write: () => touched(0),
    };
    return { kind, port, spacing: 1 };
  },
  bus: (_, voice, touched) => {
    const answer = () => {
      const bus = voice.answer();
      touched(bus === Bus.TimedOut ? CLOCK_LOW_TIMEOUT_US : BYTE_US);
      return bus;
    };
    const bus = {
      start: answer,
      write: answer,
      read: () => {
        const bus = answer();
        return bus === Bus.Lost || bus === Bus.TimedOut ? bus : voice.byte();
      },
      stop: () => {
        touched(0);
        return Bus.Ack;
      },
      get alert() {
        return voice.alert();
      },
    };
    return { kind: "ssif", bus, address: SSIF_ADDRESS };
  },
};
