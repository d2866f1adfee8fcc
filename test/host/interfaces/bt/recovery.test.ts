import { expect, test } from "vitest";
import { Bt } from "../../../../src/host/interfaces/bt/bt.ts";
import { Pace } from "../../../../src/host/interfaces/machine.ts";
import { drive } from "../drive.ts";
import { StrictBt, type StrictBtOptions } from "./strict-bt.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const RESPONSE = [0x1c, 0x01, 0x00, 0x20];
const POLL_US = 1_000;

function quick(options: StrictBtOptions): StrictBt {
  return new StrictBt({
    beforeAccess: (model) => {
      while (model.pending) model.turn();
    },
    ...options,
  });
}

// One command that is never answered is no reason; two in a row are.
test("a BMC that falls silent is reset over the second request, not over the first", () => {
  const commands: number[] = [];
  let answers = true;
  const bmc = quick({
    onRequest: (request, model) => {
      commands.push(request.message[1] ?? 0);
      if (answers) model.respond(request, RESPONSE);
      else model.drop(request);
    },
  });
  const bt = new Bt(bmc);
  const ask = () => {
    commands.length = 0;
    bt.begin(GET_DEVICE_ID, 0);
    const { pace } = drive(bt, 0, POLL_US);
    return [pace, ...commands];
  };
  expect(ask()).toEqual([Pace.Done, 0x01]);
  answers = false;
  expect(ask()).toEqual([Pace.Failed, 0x01, 0x01]);
  expect(ask()).toEqual([Pace.Failed, 0x01, 0x01, 0x03, 0x01]);
  expect(ask()).toEqual([Pace.Failed, 0x01, 0x01]);
  answers = true;
  expect(ask()).toEqual([Pace.Done, 0x01]);
  answers = false;
  expect(ask()).toEqual([Pace.Failed, 0x01, 0x01]);
  expect(ask()).toEqual([Pace.Failed, 0x01, 0x01, 0x03, 0x01]);
});

test("nothing else begins while the interface is reset for somebody's sake", () => {
  const commands: number[] = [];
  const bmc = quick({
    capacity: 2,
    onRequest: (request, model) => {
      commands.push(request.message[1] ?? 0);
      model.drop(request);
    },
  });
  const bt = new Bt(bmc);
  bt.greeted(Uint8Array.of(2, 255, 255, 5, 1));
  bt.begin(GET_DEVICE_ID, 0, false, 1);
  const ready: boolean[] = [];
  let pace: Pace = Pace.Again;
  for (let nowUs = 0; pace !== Pace.Failed; ) {
    pace = bt.step(nowUs);
    if (commands.length === 4) break;
    if (commands.includes(0x03) && pace === Pace.Later) ready.push(bt.ready());
    nowUs = pace === Pace.Rest ? bt.wakeAtUs() : nowUs + (pace === Pace.Later ? POLL_US : 1);
  }
  expect(commands).toEqual([0x01, 0x01, 0x03, 0x01]);
  expect(ready.length).toBeGreaterThan(0);
  expect(ready).not.toContain(true);
});
