import { describe, expect, test, vi } from "vitest";
import { HOST_OPTIONS, HostStack, type HostStackParts } from "../../../src/host/index.ts";
import type { InterfaceMachine } from "../../../src/host/interfaces/machine.ts";
import {
  eventMap,
  explore,
  FaultEverywhere,
  HALT,
  ownHands,
  plainPlan,
  runPlan,
} from "../../../src/lab/explore/index.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import type { HostWire } from "../../../src/wire/interface.ts";
import { type BrokenStack, expectFound } from "./broken-stack.ts";
import { SMALL } from "./small.ts";

interface Shared {
  /** The wire from under the stack's footing, which a panic does not take away. */
  wire: HostWire | undefined;
  early: boolean;
  machine: InterfaceMachine | undefined;
}

/** What the panic and the ordinary course of the stack at hand have in common. */
const shared = vi.hoisted((): Shared => ({ wire: undefined, early: false, machine: undefined }));

vi.mock("../../../src/host/interfaces/machine-for.ts", async (original) => {
  const module = await original<typeof import("../../../src/host/interfaces/machine-for.ts")>();
  const { HandOver } = await import("./broken-hand-over.ts");
  const machineFor: typeof module.machineFor = (wire, timings) => {
    if (shared.wire === undefined) return module.machineFor(wire, timings);
    shared.machine ??= new HandOver(module.machineFor(shared.wire, timings), shared.early);
    return shared.machine;
  };
  return { ...module, machineFor };
});

/** A stack whose panic sends its messages by the interface that the ordinary course uses. */
function handingOver(when: { early: boolean }) {
  return (parts: HostStackParts) => {
    Object.assign(shared, { wire: parts.wire, early: when.early, machine: undefined });
    return new HostStack(parts);
  };
}

function ordinary(options: HostStackParts["options"] = {}) {
  return (parts: HostStackParts) => {
    shared.wire = undefined;
    return new HostStack({ ...parts, options: { ...parts.options, ...options } });
  };
}

const ENDLESS_US = 1e12;
const { kcs } = HOST_OPTIONS.panicTiming;
const endless = { ...kcs, inputTimeoutUs: ENDLESS_US, transactionUs: ENDLESS_US };

const DEAD = `${SMALL}faults:
  - when: { at: 1s }
    bmc: { hang: chip }
`;

const STACKS: readonly BrokenStack[] = [
  {
    what: "clears the waiting message before the interface has begun with it",
    scenario: SMALL,
    make: handingOver({ early: true }),
    mend: handingOver({ early: false }),
    rule: "STACK-11",
    detail: /the panic gave up a BMC that is there/,
    runs: 300,
    steps: 1,
    kind: "panic",
  },
  {
    what: "waits for a dead BMC in a panic",
    scenario: DEAD,
    make: ordinary({
      panicTiming: { ...HOST_OPTIONS.panicTiming, kcs: endless },
      panicUs: 6_000_000,
    }),
    mend: ordinary(),
    rule: "STACK-10",
    detail: /the panic took/,
    runs: 16,
    steps: 1,
    kind: "panic",
  },
];

// Goal: exploration finds what breaks the promises of the panic path. Method: the host's processor
// stops at every event of a stack that breaks one.
describe("exploration finds a stack that", () => {
  test.each(STACKS)("$what", expectFound);
});

// Goal: what is found is the moment between clearing and beginning, and nothing else of that stack.
// Method: a panic at every single event; each message that the host sent has one such moment.
test.each([
  ["too early", true],
  ["in time", false],
])("a waiting message that is cleared %s, and a panic at every event", async (_when, early) => {
  const options = { makeStack: handingOver({ early }) };
  let sent = 0;
  const count = ({ e }: TraceEvent): void => {
    if (e === "send") sent++;
  };
  const map = eventMap(SMALL, 0, options);
  runPlan(plainPlan(SMALL, 0), { ...options, sinks: () => [{ event: count }] });
  const strategy = new FaultEverywhere(SMALL, { seed: 0, kinds: [HALT], map });
  const found = await explore({ strategy, crew: ownHands(options) });
  expect(found.runs).toBe(strategy.total);
  expect(found.brokenRuns).toBe(early ? sent : 0);
});
