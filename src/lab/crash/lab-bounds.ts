import type { CrashBounds } from "../../crash/executor.ts";
import type { InterfaceKind } from "../../wire/interface.ts";
import { MEDIUM } from "../../wire/interface.ts";
import { TICKS_PER_US } from "./machine.ts";

/** How much of the lab's time everything has, by what the interface lies on. */
interface Scale {
  /** For all commands together. */
  readonly budgetUs: number;
  /** How often a try may look. */
  readonly looks: number;
  /** How much longer all takes than on registers. */
  readonly factor: number;
  /** How long what is done between two looks at the time may take. */
  readonly looksApartUs: number;
}

/**
 * An executor in the field looks a million times. A BMC of the lab answers within tens of µs, so that a
 * few hundred looks meet each bound, and a run is over soon. On a bus the specification has it wait for
 * 60 ms between two tries, and a look takes 20 µs.
 */
const SCALES = {
  registers: { budgetUs: 3_000, looks: 300, factor: 1, looksApartUs: 600 },
  bus: { budgetUs: 1_500_000, looks: 4_000, factor: 200, looksApartUs: 20_000 },
} as const satisfies Record<string, Scale>;

export function labScale(kind: InterfaceKind): Scale {
  return SCALES[MEDIUM[kind]];
}

/** The executor's bounds in the lab. */
export function labBounds(kind: InterfaceKind): CrashBounds {
  const { budgetUs, looks } = labScale(kind);
  return {
    budgetTicks: budgetUs * TICKS_PER_US,
    ticksPerMs: 1_000 * TICKS_PER_US,
    looks,
    tries: 3,
    restLooks: 60,
  };
}
