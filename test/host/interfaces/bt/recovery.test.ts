import { expect, test } from "vitest";
import { Bt } from "../../../../src/host/interfaces/bt/bt.ts";
import { Again, Pace } from "../../../../src/host/interfaces/machine.ts";
import { BtControl } from "../../../../src/wire/bt/protocol.ts";
import type { RegisterPort } from "../../../../src/wire/registers/port.ts";
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
  bt.begin(GET_DEVICE_ID, 0, Again.Freely, 1);
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

/** A BMC with a response, before a host that finds H_BUSY set. */
class Occupied implements RegisterPort {
  #control: number;
  #frame = [3, 0x1c, 9, 1];
  #toggles = 0;
  /** H_BUSY as it was each time that B2H_ATN was cleared, and in the end. */
  readonly busyWhenTaken: boolean[] = [];
  readonly #lost: number;
  readonly #stuck: number;

  /** The first `lost` toggles of H_BUSY have no effect; `stuck` bits read 1 whatever they are. */
  constructor({ lost = 0, stuck = 0, busy = true }) {
    this.#control = BtControl.B2hAtn | (busy ? BtControl.HBusy : 0);
    this.#lost = lost;
    this.#stuck = stuck;
  }

  get busy(): boolean {
    return (this.#control & BtControl.HBusy) !== 0;
  }

  read(offset: number): number {
    if (offset === 0) return this.#control | this.#stuck;
    return this.#frame.shift() ?? 0;
  }

  write(offset: number, value: number): void {
    if (offset !== 0) return;
    if ((value & BtControl.B2hAtn) !== 0) {
      this.busyWhenTaken.push(this.busy);
      this.#control &= ~BtControl.B2hAtn;
    }
    if ((value & BtControl.HBusy) === 0) return;
    this.#toggles++;
    if (this.#toggles > this.#lost) this.#control ^= BtControl.HBusy;
  }
}

// Goal: whatever H_BUSY reads when the host comes, a response is taken under H_BUSY, and it is off in
// the end. Method: toggles that have no effect for a while, and a bit that reads 1 for ever.
test.each([
  ["that was left set", {}],
  ["whose first toggle has no effect", { lost: 1 }],
  ["whose first two toggles have no effect", { lost: 2 }],
  ["that reads 1 whatever it is", { stuck: BtControl.HBusy, busy: false }],
])("a response is taken under an H_BUSY %s", (_, options) => {
  const bmc = new Occupied(options);
  const bt = new Bt(bmc);
  bt.begin(GET_DEVICE_ID, 0);
  for (let step = 0; step < 100 && bmc.busyWhenTaken.length === 0; step++) bt.step(step);
  for (let step = 100; step < 105; step++) bt.step(step);
  expect(bmc.busyWhenTaken).toEqual([true]);
  expect(bmc.busy).toBe(false);
});
