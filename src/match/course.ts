import { interfaceOf } from "../scenario/on-interface.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { Choose } from "../time/virtual.ts";
import type { TransportKind } from "../wire/interface.ts";
import { BYTE_US } from "../wire/smbus/bus.ts";
import { Draws } from "./draws.ts";

/** How quick a BMC is, in µs. Asked anew each time: it may differ from one to the next. */
export interface Latencies {
  /** From the host's write to the BMC's turn. */
  readonly inputLatencyUs: number;
  /** From a request that can be read to its being read. */
  readonly readLatencyUs: number;
  /** From there to its answer. */
  readonly commandLatencyUs: number;
}

/** What a scenario leaves out: a BMC with the latencies of a quick one. */
const QUICK: Latencies = { inputLatencyUs: 1, readLatencyUs: 5, commandLatencyUs: 30 };

/**
 * Beside what the scenario says of it: within this a right BMC takes a byte, and within this it has answered a whole request: a host waits
 * for 5 s, on SSIF for the time between a request and its response.
 * @see IPMI 2.0 §9.15, §10.15, §11.4, §12.17
 */
export function legalUs(scenario: Scenario): number {
  const kind = interfaceOf(scenario);
  const { bt, boot = 0 } = scenario.bmc ?? {};
  // What a BMC says that no BMC may say is taken for the least.
  const saidUs = kind === "bt" && bt?.time !== undefined ? Math.max(bt.time, 1) * BT_TIME_US : MOST;
  // Who comes late to what was written before has the less time for it, and so has who is said to be slow.
  const ownUs = TURNS * (scenario.bmc?.["input-latency"] ?? 0);
  const spentUs = boot + ownUs + (scenario.bmc?.["command-latency"] ?? 0);
  return Math.max(0, Math.min(LEGAL_US[kind], saidUs) - spentUs);
}

/** One for the request, one for its response. */
const TURNS = 2;
const MOST = Number.POSITIVE_INFINITY;

const LEGAL_US: Readonly<Record<TransportKind, number>> = {
  kcs: 4_900_000,
  smic: 4_900_000,
  bt: 4_900_000,
  ssif: 200_000,
  opal: 4_900_000,
};
/** Of each second that a BMC says it takes at most it leaves some to spare. */
const BT_TIME_US = 980_000;

/** Of that, what a drawn course takes at most until a byte is taken, and until a request is read. */
const INPUT_PART = 1 / 8;
const READ_PART = 1 / 8;
/** An input latency comes with each byte: most are short, so that a match comes to its workload. */
const INPUT_MAX_US = 20_000;
/** With so many bytes' time on the bus a message of 32 still takes no more than 20 ms. */
const BUS_PACE_MAX = 5;

/** What a scenario says of its BMC's latencies, and what a quick one has besides. */
export function ordinaryLatencies({ bmc }: Pick<Scenario, "bmc">): Latencies {
  return {
    ...QUICK,
    inputLatencyUs: bmc?.["input-latency"] ?? QUICK.inputLatencyUs,
    commandLatencyUs: bmc?.["command-latency"] ?? QUICK.commandLatencyUs,
  };
}

/**
 * One of the legal courses of a match, drawn by its seed: how long the BMC takes over each byte, each
 * read and each command, how long a byte is on the bus, whose turn it is where either may go first,
 * and in which order the users begin. Seed 0 is the ordinary course. What a scenario says is not
 * drawn, nor is whose turn it is where somebody else chooses.
 */
export class Course implements Latencies {
  readonly byteUs: number;
  private readonly _drawn: { readonly [K in keyof Latencies]: Latency };
  private readonly _turns: Draws | undefined;
  private readonly _users: Draws | undefined;
  /** The processor that is behind loses so many of 16 turns. */
  private readonly _lag: number;

  constructor(seed: number, scenario: Scenario) {
    const ordinary = ordinaryLatencies(scenario);
    const manner = seed === 0 ? undefined : new Draws(seed, Stream.Manner);
    const most = legalUs(scenario);
    const latency = (stream: number, key: keyof Latencies, mostUs: number, own: boolean) => {
      if (manner === undefined || own) return new Latency(ordinary[key]);
      return latencyOf(manner, new Draws(seed, stream), { ordinaryUs: ordinary[key], mostUs });
    };
    const { bmc } = scenario;
    const inputUs = Math.min(most * INPUT_PART, INPUT_MAX_US);
    const commandUs = Math.floor(most * (1 - INPUT_PART - READ_PART));
    const ownInput = bmc?.["input-latency"] !== undefined;
    const ownCommand = bmc?.["command-latency"] !== undefined;
    this._drawn = {
      inputLatencyUs: latency(Stream.Input, "inputLatencyUs", inputUs, ownInput),
      readLatencyUs: latency(Stream.Read, "readLatencyUs", most * READ_PART, ownCommand),
      commandLatencyUs: latency(Stream.Command, "commandLatencyUs", commandUs, ownCommand),
    };
    this.byteUs = BYTE_US * (1 + (manner?.below(BUS_PACE_MAX) ?? 0));
    this._lag = manner?.one(LAGS) ?? 0;
    this._turns = manner && new Draws(seed, Stream.Turns);
    this._users = manner && new Draws(seed, Stream.Users);
  }

  get inputLatencyUs(): number {
    return this._drawn.inputLatencyUs.next();
  }

  get readLatencyUs(): number {
    return this._drawn.readLatencyUs.next();
  }

  get commandLatencyUs(): number {
    return this._drawn.commandLatencyUs.next();
  }

  /** Says whose turn it is; undefined where the ordinary course is taken. */
  get choose(): Choose | undefined {
    const turns = this._turns;
    if (turns === undefined) return undefined;
    return (limit, label) => {
      if (label !== "lag") return turns.below(limit);
      return turns.below(LAG_OF) < this._lag ? 1 : 0;
    };
  }

  /** The order in which those begin who begin at the same time. */
  inOrder<T>(items: readonly T[]): readonly T[] {
    const draws = this._users;
    if (draws === undefined) return items;
    const left = [...items];
    return items.flatMap(() => left.splice(draws.below(left.length), 1));
  }
}

/** What each of a seed's streams of numbers is for. */
const Stream = { Manner: 0, Input: 1, Read: 2, Command: 3, Turns: 4, Users: 5 } as const;

const LAG_OF = 16;
const LAGS: readonly number[] = [0, 0, 1, 4, 8];

/** A latency that is always the same, or drawn anew each time. */
class Latency {
  private readonly _mostUs: number;
  private readonly _draws: Draws | undefined;

  constructor(mostUs: number, draws?: Draws) {
    this._mostUs = mostUs;
    this._draws = draws;
  }

  next(): number {
    return this._draws === undefined ? this._mostUs : upTo(this._draws, this._mostUs);
  }
}

/** A manner of being quick or slow, which a BMC keeps to for a whole match. */
function latencyOf(
  manner: Draws,
  draws: Draws,
  { ordinaryUs, mostUs }: { ordinaryUs: number; mostUs: number },
): Latency {
  const slowestUs = upTo(manner, mostUs);
  switch (manner.below(4)) {
    case 0:
      return new Latency(ordinaryUs);
    case 1:
      return new Latency(0);
    case 2:
      return new Latency(slowestUs);
    default:
      return new Latency(slowestUs, draws);
  }
}

/** Each order of magnitude is as likely as any other. */
function upTo(draws: Draws, mostUs: number): number {
  return Math.floor(mostUs ** (draws.below(STEPS + 1) / STEPS));
}

const STEPS = 1_000;
