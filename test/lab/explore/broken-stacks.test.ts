import { describe, expect, test, vi } from "vitest";
import { HostStack, type HostStackParts, KCS_TIMING } from "../../../src/host/index.ts";
import {
  eventMap,
  explore,
  FaultEverywhere,
  faultKinds,
  ownHands,
  readRunFile,
  runFileOf,
  shrink,
  traceHash,
  writeRunFile,
} from "../../../src/lab/explore/index.ts";
import type { Body, TraceEvent } from "../../../src/trace/events.ts";
import { Tracer } from "../../../src/trace/tracer.ts";
import { SMALL } from "./small.ts";

/** Which part of the stack is broken in the test that runs. */
const broken = vi.hoisted(() => ({ starving: false, caching: false, losing: false }));

// Attention never rests, and a waiting transfer is never seen while it lasts.
vi.mock("../../../src/host/system-interface/flag-round.ts", async (original) => {
  const module =
    await original<typeof import("../../../src/host/system-interface/flag-round.ts")>();
  class Restless extends module.FlagRound {
    override get settled(): boolean {
      return broken.starving || super.settled;
    }
  }
  return { ...module, FlagRound: Restless };
});

vi.mock("../../../src/host/system-interface/transfer-queue.ts", async (original) => {
  const module =
    await original<typeof import("../../../src/host/system-interface/transfer-queue.ts")>();
  class Overlooked extends module.TransferQueue {
    override get ready(): boolean {
      return !(broken.starving && this.open) && super.ready;
    }
  }
  return { ...module, TransferQueue: Overlooked };
});

// When the BMC gives nothing, what it gave last must do.
vi.mock("../../../src/host/messages/reply.ts", async (original) => {
  const module = await original<typeof import("../../../src/host/messages/reply.ts")>();
  type Reply = import("../../../src/host/messages/reply.ts").Reply;
  let last: Reply | undefined;
  const replyOf: typeof module.replyOf = (question, outcome) => {
    const reply = module.replyOf(question, outcome);
    if (reply.maker === "bmc") last = reply;
    return broken.caching && reply.maker !== "bmc" && last !== undefined ? last : reply;
  };
  return { ...module, replyOf };
});

// A panic in the middle of a transfer takes the wire over, and forgets its own messages.
vi.mock("../../../src/host/panic/panic-messages.ts", async (original) => {
  const module = await original<typeof import("../../../src/host/panic/panic-messages.ts")>();
  return { ...module, piecesOf: (text: string) => (broken.losing ? 0 : module.piecesOf(text)) };
});

/** Tells the user of a failure, and then, to be safe, again. */
class Repeating extends Tracer {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    super(() => 0);
    this.#tracer = tracer;
    this.active = tracer.active;
  }

  override emit(body: Body | TraceEvent): void {
    this.#tracer.emit(body);
    if (body.e === "answer" && body.maker === "host-interface") this.#tracer.emit({ ...body });
  }
}

const ENDLESS_US = 1e12;
const endless = { ...KCS_TIMING, inputTimeoutUs: ENDLESS_US, outputTimeoutUs: ENDLESS_US };

/** A stack that loses the panic's text when it has to take over a transfer. */
class Losing extends HostStack {
  #inTransfer = false;

  constructor(parts: HostStackParts) {
    const { port } = parts.wire;
    const watched = {
      read: (offset: number) => {
        const value = port.read(offset);
        if (offset === 1) this.#inTransfer = value >> 6 === 2;
        return value;
      },
      write: (offset: number, value: number) => port.write(offset, value),
    };
    super({ ...parts, wire: { ...parts.wire, port: watched } });
  }

  override panic(text: string, spin: (us: number) => void): void {
    broken.losing = this.#inTransfer;
    super.panic(text, spin);
  }
}

interface Stack {
  readonly what: string;
  readonly makeStack: (parts: HostStackParts) => HostStack;
  /** The promise or the rule that exploration must find to be broken, ... */
  readonly rule: string;
  /** ... within so many runs, ... */
  readonly runs: number;
  /** ... by a fault that fires so early, once the run is shrunk. */
  readonly eventMax: number;
  readonly set?: Partial<typeof broken>;
  /** The kind of fault to try; all when left out. */
  readonly kind?: string;
}

const STACKS: readonly Stack[] = [
  {
    what: "gives an answer twice",
    makeStack: (parts) => new HostStack({ ...parts, tracer: new Repeating(parts.tracer) }),
    rule: "STACK-01",
    runs: 100,
    eventMax: 400,
  },
  {
    what: "waits for the BMC for ever",
    makeStack: (parts) => {
      const kcs = { ...endless, transactionUs: 2 * ENDLESS_US };
      return new HostStack({ ...parts, options: { ...parts.options, timing: { kcs } } });
    },
    rule: "STACK-02",
    runs: 100,
    eventMax: 2_000,
  },
  {
    what: "lets flags starve requests",
    makeStack: (parts) => new HostStack(parts),
    set: { starving: true },
    rule: "STACK-03",
    kind: "status-attention-stuck",
    runs: 60,
    eventMax: 1_000,
  },
  {
    what: "answers from a cache",
    makeStack: (parts) => new HostStack(parts),
    set: { caching: true },
    rule: "STACK-04",
    runs: 100,
    eventMax: 1_000,
  },
  {
    what: "loses a message when a panic takes over",
    makeStack: (parts) => new Losing(parts),
    rule: "STACK-11",
    kind: "panic",
    runs: 400,
    eventMax: 700,
  },
];

// Goal: what breaks a promise is found. Method: a stack that breaks it is explored as ours is; the
// run that shows it is shrunk, goes through a run file, and then shows it again, while our own
// stack passes the same run.
describe("exploration finds a stack that", () => {
  test.each(STACKS)("$what", async ({ makeStack, rule, runs, eventMax, set, kind }) => {
    Object.assign(broken, { starving: false, caching: false, losing: false }, set);
    const options = { makeStack };
    const map = eventMap(SMALL, 0, options);
    const kinds = faultKinds(SMALL).filter(({ name }) => kind === undefined || name === kind);
    const strategy = new FaultEverywhere(SMALL, { seed: 0, kinds, map });
    const found = await explore({ strategy, crew: ownHands(options), runsMax: runs });
    const [run] = found.broken.filter(({ outcome }) => {
      return outcome.breaches.some((breach) => breach.rule === rule);
    });
    const breach = run?.outcome.breaches.find((each) => each.rule === rule);
    if (run === undefined || breach === undefined) {
      throw new Error(`${rule} was not found: ${JSON.stringify(found.broken.slice(0, 3))}`);
    }
    const shrunk = shrink(run.plan, breach, options);
    expect(shrunk.outcome.events).toBeLessThanOrEqual(run.outcome.events);
    expect(shrunk.plan.inject).toHaveLength(1);
    expect(shrunk.plan.inject[0]?.at).toBeLessThanOrEqual(eventMax);
    const file = writeRunFile(runFileOf(shrunk.plan, traceHash(shrunk.plan, options)), rule);
    const read = readRunFile(file, "broken.yaml");
    const again = traceHash(read.plan, options);
    expect(again.trace).toBe(read.trace);
    expect(again.breaches).toEqual(read.breaches);
    expect(again.breaches.map((each) => each.rule)).toContain(rule);
    Object.assign(broken, { starving: false, caching: false, losing: false });
    expect(traceHash(read.plan).breaches).toEqual([]);
  });
});
