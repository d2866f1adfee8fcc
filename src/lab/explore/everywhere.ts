import type { TraceEvent } from "../../trace/events.ts";
import type { FaultKind } from "./fault-kinds.ts";
import { plainPlan, type RunPlan } from "./plan.ts";
import { Draws } from "./random.ts";
import { type RunOptions, runPlan } from "./run.ts";
import { fraction, grouped, type Strategy } from "./strategy.ts";

/** The coarsest stride over the events: the sooner all parts of a run have been tried. */
const STRIDE_MAX = 256;

/** The events of a run without an injected fault, by whether they are register accesses. */
export interface EventMap {
  readonly registers: readonly number[];
  readonly others: readonly number[];
}

/** Where a fault could fire in a scenario's run. */
export function eventMap(scenario: string, seed: number, options: RunOptions = {}): EventMap {
  const registers: number[] = [];
  const others: number[] = [];
  const sink = {
    event: ({ e, n }: TraceEvent) => {
      if (e !== "end") (REGISTER_EVENTS.has(e) ? registers : others).push(n);
    },
  };
  runPlan(plainPlan(scenario, seed), { ...options, sinks: () => [sink] });
  return { registers, others };
}

const REGISTER_EVENTS: ReadonlySet<string> = new Set([
  "host.read",
  "host.write",
  "bmc.read",
  "bmc.write",
  "bmc.status",
]);

/**
 * A fault at each event. The events that are no register accesses come first, then the accesses;
 * both in ever finer strides, so that a search that is cut short has looked everywhere a little.
 */
export class FaultEverywhere implements Strategy {
  readonly total: number;
  readonly #scenario: string;
  readonly #seed: number;
  readonly #kinds: readonly FaultKind[];
  readonly #positions: readonly number[];
  readonly #registers: number;
  #given = 0;
  #settled = 0;

  constructor(
    scenario: string,
    { seed, kinds, map }: { seed: number; kinds: readonly FaultKind[]; map: EventMap },
  ) {
    this.#scenario = scenario;
    this.#seed = seed;
    this.#kinds = kinds;
    this.#positions = [...strided(map.others), ...strided(map.registers)];
    this.#registers = map.registers.length;
    this.total = this.#positions.length * kinds.length;
  }

  next(): RunPlan | undefined {
    const position = this.#positions[Math.floor(this.#given / this.#kinds.length)];
    const kind = this.#kinds[this.#given % this.#kinds.length];
    if (position === undefined || kind === undefined) return undefined;
    this.#given++;
    const plan = plainPlan(this.#scenario, this.#seed);
    return { ...plan, inject: kind.injections(position) };
  }

  settle(): void {
    this.#settled++;
  }

  coverage(): string {
    const kinds = this.#kinds.length;
    const others = this.#positions.length - this.#registers;
    const atOthers = Math.min(this.#settled, others * kinds);
    const parts = [
      `${fraction(this.#settled, this.total)} of ${kinds} faults at each of ` +
        `${grouped(this.#positions.length)} events`,
      `${fraction(atOthers, others * kinds)} at events that are no register accesses`,
      `${fraction(this.#settled - atOthers, this.#registers * kinds)} at register accesses`,
    ];
    return parts.join("; ");
  }
}

/** Two faults at two events, drawn from all such pairs. */
export class FaultPairs implements Strategy {
  readonly total = undefined;
  readonly #scenario: string;
  readonly #seed: number;
  readonly #kinds: readonly FaultKind[];
  readonly #positions: readonly number[];
  #given = 0;
  #settled = 0;

  constructor(
    scenario: string,
    { seed, kinds, map }: { seed: number; kinds: readonly FaultKind[]; map: EventMap },
  ) {
    this.#scenario = scenario;
    this.#seed = seed;
    this.#kinds = kinds;
    this.#positions = [...map.others, ...map.registers];
  }

  next(): RunPlan | undefined {
    const draws = new Draws(this.#seed, this.#given++);
    const drawn = [draws.one(this.#positions), draws.one(this.#positions)].sort((a, b) => a - b);
    const inject = drawn.flatMap((position) => draws.one(this.#kinds).injections(position));
    return { ...plainPlan(this.#scenario, this.#seed), inject };
  }

  settle(): void {
    this.#settled++;
  }

  coverage(): string {
    const single = this.#positions.length * this.#kinds.length;
    const pairs = grouped((single * (single + 1)) / 2);
    return `${grouped(this.#settled)} pairs of faults, drawn from ${pairs}`;
  }
}

/** Every STRIDE_MAXth first, then those halfway between, and so on. */
function strided(events: readonly number[]): number[] {
  const ordered = events.filter((_event, index) => index % STRIDE_MAX === 0);
  for (let stride = STRIDE_MAX / 2; stride >= 1; stride /= 2) {
    ordered.push(...events.filter((_event, index) => index % (2 * stride) === stride));
  }
  return ordered;
}
