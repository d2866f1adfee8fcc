import { expect, test } from "vitest";
import { Kcs } from "../../../../src/host/interfaces/kcs/kcs.ts";
import { Pace } from "../../../../src/host/interfaces/machine.ts";
import { type Choices, explore } from "../../choices.ts";
import { StrictKcs } from "./strict-kcs.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
/** The turns of one transaction before its last byte is taken. */
const JAMS = 14;
const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);

interface Run {
  readonly pace: Pace;
  readonly kcs: Kcs;
  readonly requests: readonly Uint8Array[];
}

/** Runs one transaction; the BMC's turns are taken when `choices` says so, or when the host waits. */
function run(choices: Pick<Choices, "pick">, jamAt: number | undefined, pulses: boolean): Run {
  const requests: Uint8Array[] = [];
  let turns = 0;
  const take = (model: StrictKcs) => {
    if (turns++ === jamAt) model.jam();
    else model.turn();
  };
  const bmc = new StrictKcs({
    pulses,
    beforeAccess: (model) => {
      if (model.pending && choices.pick(2) === 1) take(model);
    },
    onRequest: (request, model) => {
      requests.push(request);
      model.respond(RESPONSE);
    },
  });
  const kcs = new Kcs(bmc);
  expect(kcs.begin(GET_DEVICE_ID, 0)).toBeUndefined();
  let pace: Pace = Pace.Again;
  for (let nowUs = 0; pace !== Pace.Done && pace !== Pace.Failed; nowUs++) {
    if (pace === Pace.Later && bmc.pending) take(bmc);
    else if (pace === Pace.Later || pace === Pace.Rest) nowUs = kcs.wakeAtUs();
    pace = kcs.step(nowUs);
  }
  return { pace, kcs, requests };
}

// Goal: no schedule of BMC turns against host register accesses loses, repeats or reorders a byte.
// Method: before each register access a BMC with work to do may take one turn or not; enumerate
// every answer. A turn is one visible thing, so a dummy byte may come after IBF was cleared.
test.each([true, false])(
  "a transaction is whole under every interleaving (pulses: %s)",
  (pulses) => {
    const runs = explore((choices) => {
      const { pace, kcs, requests } = run(choices, undefined, pulses);
      expect(pace).toBe(Pace.Done);
      expect(requests).toEqual([GET_DEVICE_ID]);
      expect(kcs.response()).toEqual(RESPONSE);
      expect(kcs.recoveries()).toBe(0);
    });
    expect(runs).toBeGreaterThan(100);
  },
);

// Goal: a BMC that breaks off at any turn costs one recovery at most, and no byte.
// Method: the BMC jams at its nth turn; before each access it runs, does not, or does every other
// time. A jam while the BMC executes makes it execute the request twice, as Linux has it too.
test.each([0, 1, 2])("one jam at any turn is recovered from (strategy %i)", (strategy) => {
  let turns = 0;
  const pick = () => (strategy === 2 ? turns++ % 2 : strategy);
  for (let jamAt = 0; jamAt < JAMS; jamAt++) {
    const { pace, kcs } = run({ pick }, jamAt, true);
    expect(pace).toBe(Pace.Done);
    expect(kcs.response()).toEqual(RESPONSE);
    expect(kcs.recoveries()).toBe(1);
  }
});
