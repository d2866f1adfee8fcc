import {
  failureText,
  HOST_OPTIONS,
  type InterfaceMachine,
  MESSAGE_MAX,
  Pace,
  Refusal,
} from "../../src/host/index.ts";
import { Again } from "../../src/host/interfaces/machine.ts";
import { machineFor } from "../../src/host/interfaces/machine-for.ts";
import type { InterfaceKind } from "../../src/wire/index.ts";
import { expectRecovery, waitAtMost } from "./asking.ts";
import { drawGuise, drawHostileSetting, type Guise, HONEST, HostileWorld } from "./hostile-bmc.ts";
import { Random } from "./random.ts";
import { Broken, type Target, target } from "./target.ts";
import type { Setting } from "./world.ts";

const ACCESSES_PER_STEP_MAX = { kcs: 3, smic: 6, bt: 12, ssif: 12 } as const;
const STEPS_MAX = 400_000;
/** The last step and its accesses may be under way when the time is up. */
const SLACK_US = 60_000;

/** The most that is waited between two steps. */
const PAUSES_US = [1, 20, 1_000, 100_000, 1_000_000] as const;

/** One request to a machine, and what is done with the machine afterwards. */
interface MachineStep {
  readonly guise: Guise;
  readonly request: Uint8Array;
  readonly again: Again;
  readonly after: "nothing" | "reset" | "idle steps" | "signals" | "greeting";
  readonly seed: number;
}

/** A hostile BMC at a host machine's face of an interface. */
export function hostMachine(kind: InterfaceKind): Target {
  return target<Setting & { readonly panic: boolean }, MachineStep>({
    name: `host:${kind}`,
    about: `a hostile BMC on ${kind}: the host's machine does bounded work, ends in time, recovers`,
    unit: "accesses",
    draw: (random) => ({
      setting: { ...drawHostileSetting(random, kind), panic: random.chance(0.3) },
      steps: Array.from({ length: 1 + random.below(6) }, () => drawStep(random)),
    }),
    play: (setting, steps) => new Play(setting, setting.panic).play(steps),
  });
}

function drawStep(random: Random): MachineStep {
  return {
    guise: drawGuise(random),
    request: drawRequest(random),
    again: random.pick([Again.Freely, Again.Freely, Again.Never, Again.Reset]),
    after: random.pick<MachineStep["after"]>([
      "nothing",
      "nothing",
      "reset",
      "idle steps",
      "signals",
      "greeting",
    ]),
    seed: random.bits(),
  };
}

function drawRequest(random: Random): Uint8Array {
  return Uint8Array.from(
    random.pick<readonly number[]>([
      [0x18, 0x01],
      [0x18, 0x01],
      [0x18, 0x31],
      [0x18, 0x36],
      [0x18, 0x02],
      [0x28, 0x12, ...random.bytes(random.below(30))],
      [0x00, 0x01, ...random.bytes(random.below(MESSAGE_MAX - 2))],
      [random.byte(), random.byte(), ...random.bytes(random.below(80))],
    ]),
  );
}

class Play {
  readonly #hostile: HostileWorld;
  readonly #machine: InterfaceMachine;
  readonly #limitUs: number;
  readonly #accessesMax: number;

  constructor(setting: Setting, panic: boolean) {
    const timing = panic ? HOST_OPTIONS.panicTiming : HOST_OPTIONS.timing;
    this.#hostile = new HostileWorld(setting);
    this.#machine = machineFor(this.#hostile.wire, timing);
    this.#limitUs = timing[setting.kind].transactionUs;
    this.#accessesMax = ACCESSES_PER_STEP_MAX[setting.kind];
  }

  play(steps: readonly MachineStep[]): number {
    for (const [index, step] of steps.entries()) {
      this.#hostile.become(step.guise);
      this.#transact(step, index + 1);
      this.#afterwards(step);
    }
    this.#hostile.become(HONEST);
    this.#hostile.world.wait(this.#hostile.calmUs);
    expectRecovery(this.#hostile.world, this.#machine);
    return this.#hostile.accesses;
  }

  #transact({ request, again, seed }: MachineStep, id: number): void {
    const random = new Random(seed, 4);
    const machine = this.#machine;
    const { world } = this.#hostile;
    const begunUs = world.time.nowUs;
    const refusal = machine.begin(request, begunUs, again, id);
    if (refusal === Refusal.Busy) throw new Broken("busy with nothing");
    if (refusal !== undefined) return;
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      const pace = this.#step();
      const tookUs = world.time.nowUs - begunUs;
      if (tookUs > this.#limitUs + SLACK_US) {
        throw new Broken(`beyond its time: ${tookUs} us of ${this.#limitUs}`);
      }
      switch (pace) {
        case Pace.Done:
          if (machine.response().length > MESSAGE_MAX) throw new Broken("a response too long");
          return;
        case Pace.Failed:
          failureText(machine.failure());
          return;
        case Pace.Idle:
        case Pace.Attention:
          throw new Broken("idle in a transaction");
        case Pace.Later:
        case Pace.Rest:
          waitAtMost(world, machine, random.pick(PAUSES_US));
          break;
        case Pace.Again:
          break;
      }
    }
    throw new Broken(`no end in ${STEPS_MAX} steps`);
  }

  #step(): Pace {
    const before = this.#hostile.accesses;
    const pace = this.#machine.step(this.#hostile.world.time.nowUs);
    const accesses = this.#hostile.accesses - before;
    if (accesses > this.#accessesMax) throw new Broken(`${accesses} accesses in one step`);
    return pace;
  }

  #afterwards({ after, seed }: MachineStep): void {
    const random = new Random(seed, 3);
    const machine = this.#machine;
    if (after === "reset") machine.reset();
    else if (after === "idle steps") for (let step = 0; step < 5; step++) this.#step();
    else if (after === "signals") {
      machine.detect();
      machine.signals?.setInterrupts(random.chance(0.5));
      machine.signals?.interrupted();
      machine.signals?.takeAttention();
    } else if (after === "greeting" && machine.greeting() !== undefined) {
      machine.greeted(random.chance(0.5) ? random.bytes(random.below(9)) : undefined);
    }
  }
}
