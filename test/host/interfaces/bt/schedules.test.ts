import { expect, test } from "vitest";
import { BtDevice } from "../../../../src/bmc/bt/device.ts";
import { Bt } from "../../../../src/host/interfaces/bt/bt.ts";
import { Again, Pace } from "../../../../src/host/interfaces/machine.ts";
import { VirtualTime } from "../../../../src/time/virtual.ts";
import { BtControl } from "../../../../src/wire/bt/protocol.ts";
import { BtRegisters } from "../../../../src/wire/bt/registers.ts";
import type { RegisterPort } from "../../../../src/wire/registers/port.ts";
import { type Choices, explore } from "../../choices.ts";
import { StrictBt, type StrictBtOptions } from "./strict-bt.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);

/** Steps a machine until it is done; `act` lets the BMC act when the host has to wait for it. */
function finish(bt: Bt, act: () => boolean): void {
  let pace: Pace = Pace.Again;
  for (let nowUs = 0; pace !== Pace.Done && pace !== Pace.Failed; nowUs++) {
    if (pace === Pace.Rest) nowUs = bt.wakeAtUs();
    else if (pace === Pace.Later && !act()) nowUs = bt.wakeAtUs();
    pace = bt.step(nowUs);
  }
  expect(pace).toBe(Pace.Done);
  expect(bt.response()).toEqual(RESPONSE);
  expect(bt.recoveries()).toBe(0);
}

// Goal: no schedule of BMC turns against host register accesses loses, repeats or reorders a byte,
// or leads the host to do what the specification forbids. Method: before each register access a BMC
// with work to do may take any number of turns; enumerate them.
test.each<[string, StrictBtOptions]>([
  ["a plain BMC", {}],
  ["a BMC that is busy while it executes", { busyWhileExecuting: true }],
  ["an old response lies there", { left: { control: BtControl.B2hAtn, frame: [3, 0x1c, 9, 1] } }],
  ["H_BUSY was left set", { left: { control: BtControl.HBusy, frame: [] } }],
])("a transaction is whole under every interleaving: %s", (_, options) => {
  const runs = explore((choices: Pick<Choices, "pick">) => {
    const requests: Uint8Array[] = [];
    const bmc = new StrictBt({
      ...options,
      beforeAccess: (model) => {
        while (model.pending && choices.pick(2) === 1) model.turn();
      },
      onRequest: (request, model) => {
        requests.push(request.message);
        model.respond(request, [...RESPONSE]);
      },
    });
    const bt = new Bt(bmc);
    bt.begin(GET_DEVICE_ID, 0);
    finish(bt, () => {
      const { pending } = bmc;
      if (pending) bmc.turn();
      return pending;
    });
    expect(requests).toEqual([GET_DEVICE_ID]);
    // Whoever comes next finds a clean interface.
    expect(bmc.control & (BtControl.HBusy | BtControl.H2bAtn)).toBe(0);
  });
  expect(runs).toBeGreaterThan(30);
});

// Goal: of two requests under way each gets its own response, in whatever order and whenever they
// come. Method: as above; the BMC answers as the second request has come, in either order.
test.each([false, true])("two requests are under way (the later one first: %s)", (reversed) => {
  const runs = explore((choices: Pick<Choices, "pick">) => {
    const bmc = new StrictBt({
      capacity: 2,
      beforeAccess: (model) => {
        while (model.pending && choices.pick(2) === 1) model.turn();
      },
      onRequest: (_, model) => {
        const open = reversed ? [...model.open].reverse() : [...model.open];
        if (open.length < 2) return;
        for (const one of open)
          model.respond(one, [0x1c, one.message[1] ?? 0, one.message[2] ?? 0]);
      },
    });
    const bt = new Bt(bmc);
    bt.greeted(Uint8Array.of(2, 255, 255, 5, 1));
    const waiting = [7, 8];
    const answers = new Map<number, number>();
    let pace: Pace = Pace.Again;
    for (let nowUs = 0; answers.size < 2; nowUs++) {
      const id = bt.ready() ? waiting.shift() : undefined;
      if (id !== undefined) bt.begin(Uint8Array.of(0x18, 0x01, id), nowUs, Again.Freely, id);
      bmc.tags.request = bt.sending();
      pace = bt.step(nowUs);
      if (pace === Pace.Done) answers.set(bt.ended(), bt.response()[2] ?? 0);
      if (pace === Pace.Later && bmc.pending) bmc.turn();
      else if (pace === Pace.Later || pace === Pace.Rest) nowUs = bt.wakeAtUs();
    }
    expect([...answers]).toEqual(
      reversed
        ? [
            [8, 8],
            [7, 7],
          ]
        : [
            [7, 7],
            [8, 8],
          ],
    );
  });
  expect(runs).toBeGreaterThan(100);
});

// Goal: our two sides understand each other, whenever the BMC's turns and its daemon's doings come.
// Method: before each register access any number of pieces of the BMC's work may run.
test.each([false, true])(
  "our BMC serves our host under every interleaving (B_BUSY while full: %s)",
  (busyWhileFull) => {
    const runs = explore((choices: Pick<Choices, "pick">) => {
      const time = new VirtualTime();
      const lane = time.lane("bmc");
      const registers = new BtRegisters();
      const device = new BtDevice(registers, lane, {
        inputLatencyUs: 0,
        whenClosed: "refuse",
        trusting: false,
        busyWhileFull,
        capabilities: {
          outstandingRequests: 1,
          inputBytesMax: 255,
          outputBytesMax: 255,
          requestToResponseS: 5,
          retries: 1,
        },
      });
      device.reset();
      const requests: Uint8Array[] = [];
      const daemon = () => {
        const request = opened.ok ? opened.value.read(300) : undefined;
        if (request?.ok !== true || !opened.ok) return;
        requests.push(request.value.message);
        lane.at(time.nowUs, "answer", () => opened.value.write(request.value.ticket, RESPONSE));
      };
      const opened = device.open(() => void lane.at(time.nowUs, "daemon", daemon));
      const pending = () => time.nextUs() <= time.nowUs;
      const maybe = () => {
        while (pending() && choices.pick(2) === 1) time.runNext(time.nowUs);
      };
      const port: RegisterPort = {
        read: (offset) => {
          maybe();
          return registers.read(offset);
        },
        write: (offset, value) => {
          maybe();
          registers.write(offset, value);
        },
      };
      const bt = new Bt(port);
      bt.begin(GET_DEVICE_ID, 0);
      finish(bt, () => time.runNext(time.nowUs));
      expect(requests).toEqual([GET_DEVICE_ID]);
    });
    expect(runs).toBeGreaterThan(20);
  },
);
