import { expect, test } from "vitest";
import { Bt } from "../../../../src/host/interfaces/bt/bt.ts";
import { BT_TIMING } from "../../../../src/host/interfaces/bt/limits.ts";
import { Pace } from "../../../../src/host/interfaces/machine.ts";
import { BtControl } from "../../../../src/wire/bt/protocol.ts";
import { drive } from "../drive.ts";
import { StrictBt, type StrictBtOptions } from "./strict-bt.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const RESPONSE = [0x1c, 0x01, 0x00, 0x20];
const POLL_US = 1_000;

function quick(options: StrictBtOptions = {}): StrictBt {
  return new StrictBt({
    beforeAccess: (model) => {
      while (model.pending) model.turn();
    },
    onRequest: (request, model) => model.respond(request, RESPONSE),
    ...options,
  });
}

// A driver that was loaded again counts from the beginning, and so asks with the same triple.
test("a response from before the request was sent is not its, whatever its triple", () => {
  const probe: number[] = [];
  const first = quick({
    onRequest: (request, model) => {
      probe.push(request.seq);
      model.respond(request, RESPONSE);
    },
  });
  const before = new Bt(first);
  before.begin(GET_DEVICE_ID, 0);
  drive(before, 0, POLL_US);
  const stale = [5, 0x1c, probe[0] ?? 0, 0x01, 0x00, 0x99];
  for (const control of [BtControl.B2hAtn, BtControl.B2hAtn | BtControl.HBusy]) {
    const bt = new Bt(quick({ left: { control, frame: stale } }));
    bt.begin(GET_DEVICE_ID, 0);
    expect(drive(bt, 0, POLL_US).pace).toBe(Pace.Done);
    expect([...bt.response()]).toEqual(RESPONSE);
  }
});

// Goal: BT-09. Method: one request is given up, all other numbers go round, and then some.
test("a number is not used again while the request that was given up may be answered", () => {
  const used: number[] = [];
  let answers = false;
  const bmc = quick({
    onRequest: (request, model) => {
      used.push(request.seq);
      if (answers) model.respond(request, RESPONSE);
      else model.drop(request);
    },
  });
  const bt = new Bt(bmc);
  bt.begin(GET_DEVICE_ID, 0);
  for (let nowUs = 0; used.length === 0; nowUs++) bt.step(nowUs);
  bt.reset();
  answers = true;
  let nowUs = POLL_US;
  const goOn = (transactions: number) => {
    for (let i = 0; i < transactions; i++) {
      bt.begin(GET_DEVICE_ID, nowUs);
      nowUs = drive(bt, nowUs, POLL_US).nowUs;
    }
  };
  const numbers = BT_TIMING.sequences.count;
  goOn(2 * numbers);
  expect(nowUs).toBeLessThan(BT_TIMING.requestToResponseUs);
  const [givenUp, ...later] = used;
  expect(later).not.toContain(givenUp);
  nowUs += 2 * BT_TIMING.requestToResponseUs;
  goOn(numbers);
  expect(used.slice(1 + later.length)).toContain(givenUp);
});
