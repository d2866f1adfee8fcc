import { READ_BIT } from "../../wire/smbus/protocol.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";
import type { Bound, Bounds } from "./clocks.ts";
import type { BmcStep, Byte, HostStep } from "./face.ts";
import type { Pair } from "./pairs.ts";
import { type Faces, hex, type Wire, type WireModel } from "./wire.ts";

type BusStep = Extract<HostStep | BmcStep, { e: "host.bus" | "bmc.bus" }>;

/** SSIF: both see the same conditions and bytes on the bus, at once. */
export const ssif: Wire = {
  together: true,
  sent: tokensOf,
  taken: tokensOf,
  begins: (step) => step.e === "host.bus" && step.op === "start",
  bounds,
  model: () => new BusModel(),
};

/**
 * What goes on between the host and this BMC. Addresses that were refused are left out: a BMC that is not
 * there does not see them. So is what is read behind a block's end, its packet error code.
 */
function tokensOf(steps: readonly (HostStep | BmcStep)[]): Byte[] {
  const tokens: Byte[] = [];
  const bus = new Transaction();
  for (const [step, each] of steps.entries()) {
    if (each.e !== "host.bus" && each.e !== "bmc.bus") continue;
    const counts = bus.follows(each);
    if (counts) tokens.push({ step, first: step, t: each.t, token: tokenOf(each) });
  }
  return tokens;
}

function tokenOf({ op, value }: BusStep): number {
  return (OPS[op] << 8) | value;
}

const OPS = { write: 0, start: 1, stop: 2, read: 3 } as const;

/** Where in a transaction with this BMC a face is. */
class Transaction {
  #open = false;
  /** The bytes of the block that are left to read; undefined before its count. */
  #left: number | undefined;

  constructor(open = false, left?: number) {
    this.#open = open;
    this.#left = left;
  }

  get open(): boolean {
    return this.#open;
  }

  copy(): Transaction {
    return new Transaction(this.#open, this.#left);
  }

  /** Takes a step; false when the other face need not show it. */
  follows({ op, value, outcome }: BusStep): boolean {
    if (outcome === "lost") {
      // Another master has the bus, and what the BMC sees of that is a STOP.
      const was = this.#open;
      this.#open = false;
      return was;
    }
    switch (op) {
      case "start":
        this.#left = undefined;
        this.#open = value >> 1 === SSIF_ADDRESS && (outcome === "ack" || this.#open);
        return this.#open;
      case "stop": {
        const was = this.#open;
        this.#open = false;
        return was;
      }
      case "write":
        return this.#open;
      case "read": {
        const inBlock = this.#left !== 0;
        this.#left = this.#left === undefined ? value : Math.max(0, this.#left - 1);
        return this.#open && inBlock;
      }
    }
  }
}

/**
 * The BMC saw a step after the host had done the one before, and a START or a written byte before the host
 * went on. Some write down a transaction's steps at its beginning and its end only, with the bytes that
 * are read at the end; so what they read says nothing, and the host went on where its time does.
 */
function bounds({ host, bmc }: Faces, pairs: readonly Pair[]): Bounds {
  const least: Bound[] = [];
  const most: Bound[] = [];
  let beganUs = 0;
  for (const { w, r, doubtful } of pairs) {
    const ours = host.bytes[w];
    const its = bmc.bytes[r];
    if (ours === undefined || its === undefined) continue;
    const { t } = its;
    const op = ours.token >> 8;
    const before = host.steps[ours.step - 1];
    const begins = op === OPS.start && !isOpen(before);
    if (begins) beganUs = ours.t;
    if (doubtful) continue;
    if (!begins && isOpen(before) && before.op !== "read") least.push({ t, us: before.t - t });
    if (op !== OPS.start && op !== OPS.write) continue;
    const onUs = wentOn(host.steps, ours.step, beganUs);
    if (onUs !== undefined) most.push({ t, us: onUs - t });
  }
  return { least, most };
}

function isOpen(before: HostStep | undefined): before is BusStep & HostStep {
  return before?.e === "host.bus" && before.op !== "stop" && before.outcome !== "lost";
}

/** The time of the first step, from this one on, that is dated later than its transaction's beginning. */
function wentOn(steps: readonly HostStep[], from: number, beganUs: number): number | undefined {
  for (let at = from; at < steps.length; at++) {
    const step = steps[at];
    if (step?.e !== "host.bus") return undefined;
    if (step.t > beganUs) return step.t;
  }
  return undefined;
}

/** The bus, on which the host's face shows behind the BMC's what both see. */
class BusModel implements WireModel {
  #host = new Transaction();
  /** What the BMC's face showed and the host's not yet. */
  #seen: BusStep | undefined;
  /** The BMC's last step was a START that it refused. */
  #refused = false;
  /** The host wanted more of what it reads. */
  #wantsMore = false;
  /** Whether the whole transaction is in it. */
  #whole = false;

  copy(): BusModel {
    const copy = new BusModel();
    copy.#host = this.#host.copy();
    copy.#seen = this.#seen;
    copy.#refused = this.#refused;
    copy.#wantsMore = this.#wantsMore;
    copy.#whole = this.#whole;
    return copy;
  }

  differs(step: HostStep | BmcStep): string | undefined {
    if (step.e === "bmc.bus") {
      if (this.#seen === undefined || this.#isRest(this.#seen)) return undefined;
      return `the BMC saw ${textOf(this.#seen)}, and the host did not do it`;
    }
    if (step.e !== "host.bus") return undefined;
    const seen = this.#seen;
    if (seen === undefined) {
      const expected = this.#whole && this.#host.copy().follows(step);
      return expected ? `the host did ${textOf(step)}, and the BMC saw nothing of it` : undefined;
    }
    // Not each BMC is told whether the master wants more of what it reads.
    const acknowledged = step.op === "read" || seen.outcome === step.outcome;
    const same = acknowledged && seen.op === step.op && seen.value === step.value;
    if (same) return undefined;
    return `the host did ${textOf(step)}; the BMC saw ${textOf(seen)}`;
  }

  /** The BMC need not show each: a refused address, a packet error code. But where it does, it is this one. */
  misplaces(step: HostStep | BmcStep): boolean {
    if (step.e === "host.bus" && this.#seen === undefined && this.#isOurs(step)) return true;
    return this.differs(step) !== undefined;
  }

  /** Who does not take an address is not there, or does not get it; who holds the clock is not seen. */
  unclear(step: HostStep | BmcStep): string | undefined {
    if (step.e !== "host.bus" || !this.#isOurs(step)) return undefined;
    if (step.outcome === "timeout")
      return "the clock was held for too long, and who did is not shown";
    const refused = step.op === "start" && step.outcome === "nack" && this.#seen === undefined;
    return refused ? "nobody took the BMC's address, and its side shows nothing of it" : undefined;
  }

  take(step: HostStep | BmcStep): void {
    if (step.e === "bmc.bus") {
      // Of a transaction that was refused the STOP may come at any time, and says nothing.
      if (step.op !== "stop" || !this.#refused) this.#seen = step;
      this.#refused = step.op === "start" && step.outcome !== "ack";
    }
    if (step.e !== "host.bus") return;
    if (step.op === "start" && !this.#host.open) this.#whole = true;
    this.#host.follows(step);
    this.#wantsMore = step.op === "read" && step.outcome === "ack";
    this.#seen = undefined;
  }

  settles(step: HostStep | BmcStep): boolean {
    return step.e === "host.bus" && step.op === "stop";
  }

  looksTaken(): undefined {
    return undefined;
  }

  #isOurs({ op, value }: BusStep): boolean {
    return op === "start" ? value >> 1 === SSIF_ADDRESS : this.#host.open;
  }

  /** The byte that a BMC has begun to send before it is told that no more are wanted. */
  #isRest({ op, outcome }: BusStep): boolean {
    return op === "read" && outcome === "nack" && this.#wantsMore;
  }
}

function textOf({ op, value, outcome }: BusStep): string {
  if (op === "stop") return "a STOP";
  const acknowledged = outcome === "ack" ? "acknowledged" : OUTCOMES[outcome];
  if (op !== "start") return `a ${op} of ${hex(value)}, ${acknowledged}`;
  return `a START to ${(value & READ_BIT) === 0 ? "write" : "read"}, ${acknowledged}`;
}

const OUTCOMES = { nack: "not acknowledged", lost: "lost", timeout: "timed out" } as const;
