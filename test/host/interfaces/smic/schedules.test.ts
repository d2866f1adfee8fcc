import { expect, test } from "vitest";
import { Pace } from "../../../../src/host/interfaces/machine.ts";
import { Smic } from "../../../../src/host/interfaces/smic/smic.ts";
import { SmicError, SmicFlag } from "../../../../src/wire/smic/protocol.ts";
import { type Choices, explore } from "../../choices.ts";
import { StrictSmic } from "./strict-smic.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);
const LATE = SmicFlag.TxDataRdy | SmicFlag.RxDataRdy;
const POLL_US = 10_000;
/** The BMC's turns in one transaction before the last byte was given. */
const JAMS = 11;

interface Run {
  readonly pace: Pace;
  readonly smic: Smic;
  readonly requests: readonly Uint8Array[];
  readonly turns: number;
}

interface Course {
  readonly lateReady: number;
  /** The turn after which the BMC breaks off, and what it says then. */
  readonly jam?: { readonly at: number; readonly error: number };
}

/** Runs one transaction; the BMC's turns are taken when `choices` says so, or when the host waits. */
function run(choices: Pick<Choices, "pick">, { lateReady, jam }: Course): Run {
  const requests: Uint8Array[] = [];
  let turns = 0;
  const take = (model: StrictSmic) => {
    model.turn();
    if (turns++ === jam?.at) model.jam(jam.error);
  };
  const bmc = new StrictSmic({
    lateReady,
    beforeAccess: (model) => {
      if (model.pending && choices.pick(2) === 1) take(model);
    },
    onRequest: (request, model) => {
      requests.push(request);
      model.respond(RESPONSE);
    },
  });
  const smic = new Smic(bmc);
  expect(smic.begin(GET_DEVICE_ID, 0)).toBeUndefined();
  let pace: Pace = Pace.Again;
  for (let nowUs = 0; pace !== Pace.Done && pace !== Pace.Failed; nowUs++) {
    if (pace === Pace.Later && bmc.pending) take(bmc);
    else if (pace === Pace.Later) nowUs += POLL_US;
    else if (pace === Pace.Rest) nowUs = smic.wakeAtUs();
    pace = smic.step(nowUs);
  }
  return { pace, smic, requests, turns };
}

// Goal: no schedule of BMC turns against host register accesses loses, repeats or reorders a byte.
// Method: before each register access a BMC with work to do may take one turn or not; enumerate
// every answer. A turn is one visible thing, so that RX_DATA_RDY and TX_DATA_RDY may come late.
test.each([
  ["neither", 0, 5_103],
  ["TX_DATA_RDY", SmicFlag.TxDataRdy, 13_608],
  ["RX_DATA_RDY", SmicFlag.RxDataRdy, 68_607],
])("a transaction is whole under every interleaving (late: %s)", (_, lateReady, schedules) => {
  const runs = explore((choices) => {
    const { pace, smic, requests } = run(choices, { lateReady });
    const seen = [pace, smic.recoveries(), String(requests), String(smic.response())];
    expect(seen).toEqual([Pace.Done, 0, String(GET_DEVICE_ID), String(RESPONSE)]);
  });
  expect(runs).toBe(schedules);
});

// Goal: a BMC that breaks off at any turn costs one fresh start at most, and no byte.
// Method: the BMC jams after its nth turn; before each access it runs, does not, or does every
// other time. A jam after the request is whole makes the BMC execute it twice, as Linux has it too.
test.each([0, 1, 2])("one jam at any turn is recovered from (strategy %i)", (strategy) => {
  const errors = [SmicError.Aborted, SmicError.IllegalControl, SmicError.NoResponse];
  for (const error of errors) {
    for (let at = 0; at < JAMS; at++) {
      let asked = 0;
      const pick = () => (strategy === 2 ? asked++ % 2 : strategy);
      const { pace, smic } = run({ pick }, { lateReady: LATE, jam: { at, error } });
      expect(pace).toBe(Pace.Done);
      expect(smic.response()).toEqual(RESPONSE);
      expect(smic.recoveries()).toBeLessThanOrEqual(1);
    }
  }
});

test("so many turns does a transaction take", () => {
  const { turns } = run({ pick: () => 1 }, { lateReady: 0 });
  expect(turns).toBeGreaterThanOrEqual(JAMS);
});
