import { describe, expect, test } from "vitest";
import { Bt } from "../../../../src/host/interfaces/bt/bt.ts";
import { BT_TIMING } from "../../../../src/host/interfaces/bt/limits.ts";
import { Again, Failure, Pace } from "../../../../src/host/interfaces/machine.ts";
import { SECOND_US } from "../../../../src/time/scheduler.ts";
import { BtControl } from "../../../../src/wire/bt/protocol.ts";
import { drive } from "../drive.ts";
import { StrictBt, type StrictBtOptions, type StrictRequest } from "./strict-bt.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const RESPONSE = [0x1c, 0x01, 0x00, 0x20];
const POLL_US = 10_000;
/** Get BT Interface Capabilities: outstanding, input, output, request-to-response s, retries. */
const CAPABILITIES = Uint8Array.of(1, 255, 255, 5, 1);

/** A BMC that acts before each access, and answers at once unless `onRequest` says otherwise. */
function quick(options: StrictBtOptions = {}): StrictBt {
  return new StrictBt({
    beforeAccess: (model) => {
      while (model.pending) model.turn();
    },
    onRequest: (request, model) => model.respond(request, RESPONSE),
    ...options,
  });
}

function transact(
  bmc: StrictBt,
  bt = new Bt(bmc),
  request = GET_DEVICE_ID,
  again: Again = Again.Freely,
) {
  expect(bt.begin(request, 0, again)).toBeUndefined();
  return { bt, ...drive(bt, 0, POLL_US) };
}

describe("one transaction", () => {
  test("brings the response without Length and Seq", () => {
    const { bt, pace } = transact(quick());
    expect([pace, [...bt.response()], bt.truncated()]).toEqual([Pace.Done, RESPONSE, false]);
  });

  // Linux makes n + m + 17 on the same wire: three looks at BT_CTRL more before it begins, two more
  // while it waits and reads, one bit at a time.
  test.each([
    [2, 18],
    [6, 32],
    [40, 38],
    [2, 250],
  ])("of %i bytes and %i bytes costs five accesses less than Linux makes", (n, m) => {
    const bmc = quick({
      onRequest: (request, model) => model.respond(request, [0x1c, 0x01, ...new Array(m - 2)]),
    });
    transact(bmc, new Bt(bmc), Uint8Array.of(0x18, 0x01, ...new Array(n - 2)));
    expect(bmc.accesses).toBe(n + m + 12);
  });

  test("waits for B_BUSY and for H2B_ATN of another's request", () => {
    for (const control of [BtControl.BBusy, BtControl.H2bAtn, BtControl.BBusy | BtControl.H2bAtn]) {
      let looks = 0;
      const bmc: StrictBt = quick({
        left: { control, frame: [] },
        beforeAccess: (model) => {
          if (looks++ === 3) model.clear(control);
          while (model.pending) model.turn();
        },
      });
      expect(transact(bmc).pace).toBe(Pace.Done);
    }
  });

  test("is taken also from a BMC that is busy until the response lies ready", () => {
    expect(transact(quick({ busyWhileExecuting: true })).pace).toBe(Pace.Done);
  });

  test.each([1, 4, 16] as const)("the registers lie %i apart", (spacing) => {
    const bmc = quick();
    const bt = new Bt(
      {
        read: (offset) => bmc.read(offset / spacing),
        write: (offset, value) => bmc.write(offset / spacing, value),
      },
      spacing,
    );
    expect(transact(bmc, bt).pace).toBe(Pace.Done);
  });
});

describe("what another driver left behind", () => {
  const stale = [5, 0x1c, 0x77, 0x01, 0x00, 0x99];

  test.each([
    ["a response", BtControl.B2hAtn],
    ["H_BUSY", BtControl.HBusy],
    ["both", BtControl.B2hAtn | BtControl.HBusy],
    ["a response half taken, and attention", BtControl.HBusy | BtControl.SmsAtn],
  ])("%s is cleared away", (_, control) => {
    const bmc = quick({ left: { control, frame: stale } });
    const { bt, pace } = transact(bmc);
    expect([pace, [...bt.response()]]).toEqual([Pace.Done, RESPONSE]);
    expect(bmc.control & BtControl.HBusy).toBe(0);
    expect(bt.recoveries()).toBe(0);
  });
});

describe("a response that is nobody's", () => {
  const foreign: readonly (readonly [string, (request: StrictRequest) => readonly number[]])[] = [
    ["another Seq", ({ seq }) => [4, 0x1c, seq ^ 0x40, 0x01, 0x00]],
    ["another Cmd", ({ seq }) => [4, 0x1c, seq, 0x02, 0x00]],
    ["another NetFn", ({ seq }) => [4, 0x2c, seq, 0x01, 0x00]],
    ["the request's NetFn", ({ seq }) => [4, 0x18, seq, 0x01, 0x00]],
    ["Length 0", () => [0]],
    ["Length 2", ({ seq }) => [2, 0x1c, seq]],
  ];

  test.each(foreign)("%s: is dropped, and the right one is waited for", (_, frameOf) => {
    const bmc = quick({
      onRequest: (request, model) => {
        model.giveFrame(frameOf(request));
        model.respond(request, RESPONSE);
      },
    });
    const { bt, pace } = transact(bmc);
    expect([pace, [...bt.response()]]).toEqual([Pace.Done, RESPONSE]);
  });

  test.each(foreign)("%s: alone, the transaction fails in time", (_, frameOf) => {
    const bmc = quick({ onRequest: (request, model) => giveAndDrop(model, request, frameOf) });
    const { bt, pace, nowUs } = transact(bmc);
    expect([pace, bt.failure()]).toEqual([Pace.Failed, Failure.Unanswered]);
    expect(nowUs).toBeLessThan(BT_TIMING.transactionUs);
  });

  function giveAndDrop(
    model: StrictBt,
    request: StrictRequest,
    frameOf: (request: StrictRequest) => readonly number[],
  ): void {
    model.giveFrame(frameOf(request));
    model.drop(request);
  }

  test("a response twice is taken once", () => {
    const bmc = quick({
      onRequest: (request, model) => {
        model.respond(request, RESPONSE);
        model.giveFrame([RESPONSE.length + 1, 0x1c, request.seq, 0x01, 0x00, 0x20]);
      },
    });
    const bt = new Bt(bmc);
    for (let i = 0; i < 5; i++) expect(transact(bmc, bt).pace).toBe(Pace.Done);
  });

  // It is short, but it is the answer: what is above finds that there is no completion code.
  test("a response without a completion code is the request's all the same", () => {
    const bmc = quick({ onRequest: (request, model) => model.respond(request, [0x1c, 0x01]) });
    const { bt, pace } = transact(bmc);
    expect([pace, [...bt.response()]]).toEqual([Pace.Done, [0x1c, 0x01]]);
  });

  test("every Length of a response is read to its end", () => {
    for (let length = 3; length <= 255; length++) {
      const data = Array.from({ length: length - 3 }, (_, i) => i);
      const bmc = quick({
        onRequest: (request, model) => model.respond(request, [0x1c, 0x01, ...data]),
      });
      const { bt, pace } = transact(bmc);
      expect([pace, [...bt.response()]]).toEqual([Pace.Done, [0x1c, 0x01, ...data]]);
    }
  });
});

describe("a BMC that does not answer", () => {
  function silentFor(requests: number) {
    const seen: StrictRequest[] = [];
    const bmc = quick({
      onRequest: (request, model) => {
        seen.push(request);
        if (seen.length > requests) model.respond(request, [...responseTo(request)]);
        else model.drop(request);
      },
    });
    return { bmc, seen };
  }

  function responseTo({ message }: StrictRequest): readonly number[] {
    return [(message[0] ?? 0) | 4, message[1] ?? 0, 0x00];
  }

  test("is asked again, with the same sequence number, after the time that it has", () => {
    const { bmc, seen } = silentFor(1);
    const { bt, pace, nowUs } = transact(bmc);
    expect([pace, seen.length, bt.recoveries()]).toEqual([Pace.Done, 2, 1]);
    expect(seen[0]?.seq).toBe(seen[1]?.seq);
    expect(nowUs).toBeGreaterThan(BT_TIMING.requestToResponseUs);
    expect(nowUs).toBeLessThan(BT_TIMING.requestToResponseUs + 2 * POLL_US);
  });

  test("has its interface reset, once, if it answers nobody at all", () => {
    const { bmc, seen } = silentFor(2);
    const { bt, pace } = transact(bmc);
    expect(pace).toBe(Pace.Done);
    const commands = seen.map(({ message }) => message[1]);
    expect(commands).toEqual([0x01, 0x01, 0x03, 0x01]);
    expect(bt.recoveries()).toBe(2);
  });

  test("may answer late, while its interface is being reset", () => {
    const bmc = quick({
      onRequest: (request, model) => {
        const [asked] = model.open;
        const resets = request.message[1] === 0x03;
        if (resets) model.giveFrame([5, 0x1c, (request.seq - 1) & 0x7f, 0x01, 0x00, 0x20]);
        model.drop(resets ? request : (asked ?? request));
      },
    });
    const bt = new Bt(bmc);
    const { pace } = transact(bmc, bt);
    expect([pace, [...bt.response()]]).toEqual([Pace.Done, RESPONSE]);
    expect(bt.wakeAtUs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("that stays silent is not reset again", () => {
    const { bmc, seen } = silentFor(Number.POSITIVE_INFINITY);
    const bt = new Bt(bmc);
    for (let i = 0; i < 3; i++) {
      const { pace, nowUs } = transact(bmc, bt);
      expect([pace, bt.failure()]).toEqual([Pace.Failed, Failure.Unanswered]);
      expect(nowUs).toBeLessThan(BT_TIMING.transactionUs);
    }
    expect(seen.filter(({ message }) => message[1] === 0x03).length).toBe(1);
  });

  test("is not reset over one command that it never answers, nor over the greeting", () => {
    const { bmc, seen } = silentFor(0);
    const bt = new Bt(bmc);
    transact(bmc, bt);
    seen.length = 0;
    const deaf = silentFor(Number.POSITIVE_INFINITY);
    expect(transact(deaf.bmc, new Bt(deaf.bmc), Uint8Array.of(0x18, 0x36)).pace).toBe(Pace.Failed);
    expect(deaf.seen.every(({ message }) => message[1] === 0x36)).toBe(true);
  });

  test("what is sent once is not sent again, but a busy BMC has not got it", () => {
    const { bmc, seen } = silentFor(Number.POSITIVE_INFINITY);
    const { bt, pace } = transact(bmc, new Bt(bmc), GET_DEVICE_ID, Again.Reset);
    expect([pace, bt.failure(), seen.length]).toEqual([Pace.Failed, Failure.NoOutput, 1]);
  });

  test("a late answer is not the next request's", () => {
    const late: StrictRequest[] = [];
    const bmc = quick({
      capacity: 2,
      onRequest: (request, model) => {
        late.push(request);
        const [first] = late;
        if (late.length <= 2) return;
        if (late.length === 3 && first !== undefined) model.respond(first, [0x1c, 0x01, 0x99]);
        model.respond(request, RESPONSE);
      },
    });
    const timing = { ...BT_TIMING, retries: 0, warmResetPauseUs: 0 };
    const bt = new Bt(bmc, 1, timing);
    transact(bmc, bt);
    late.length = 2;
    const { pace } = transact(bmc, bt);
    expect([pace, [...bt.response()]]).toEqual([Pace.Done, RESPONSE]);
  });
});

describe("a busy BMC", () => {
  test("fails the transaction in its time, and is looked at, not touched", () => {
    const bmc = quick({ left: { control: BtControl.BBusy, frame: [] } });
    const { bt, pace, nowUs } = transact(bmc);
    expect([pace, bt.failure()]).toEqual([Pace.Failed, Failure.NotReady]);
    expect(nowUs).toBeLessThan(BT_TIMING.requestToResponseUs + 2 * POLL_US);
    expect([bt.recoveries(), bmc.accesses]).toEqual([0, 501]);
  });

  test("serves again when it no longer is, minutes later", () => {
    const bmc = quick({ left: { control: BtControl.BBusy, frame: [] } });
    const bt = new Bt(bmc);
    let nowUs = 0;
    while (nowUs < 180 * SECOND_US) {
      expect(bt.begin(GET_DEVICE_ID, nowUs)).toBeUndefined();
      nowUs = drive(bt, nowUs, POLL_US).nowUs;
    }
    bmc.busy = false;
    expect(transact(bmc, bt).pace).toBe(Pace.Done);
  });
});

describe("attention", () => {
  test("is seen when idle, and cleared only as it is looked into", () => {
    const bmc = quick();
    const bt = new Bt(bmc);
    expect(bt.step(0)).toBe(Pace.Idle);
    bmc.raiseAttention();
    expect([bt.step(0), bt.step(1)]).toEqual([Pace.Attention, Pace.Attention]);
    transact(bmc, bt);
    expect(bt.step(0)).toBe(Pace.Attention);
    bt.signals.takeAttention();
    const before = bmc.accesses;
    transact(bmc, bt);
    expect(bmc.accesses - before).toBe(GET_DEVICE_ID.length + RESPONSE.length + 12);
    expect(bt.step(0)).toBe(Pace.Idle);
    transact(bmc, bt);
  });

  test("of a BMC that takes no request, or is not there, is none", () => {
    for (const control of [BtControl.BBusy | BtControl.SmsAtn, 0xff]) {
      expect(new Bt({ read: () => control, write: () => {} }).step(0)).toBe(Pace.Idle);
    }
  });
});

describe("interrupts", () => {
  test("are enabled, and each is taken back before BT_CTRL is looked at", () => {
    const bmc = quick();
    const writes: string[] = [];
    const port = {
      read: (offset: number) => {
        if (offset === 0) writes.push("look");
        return bmc.read(offset);
      },
      write: (offset: number, value: number) => {
        if (offset === 2) writes.push(`mask ${value}`);
        bmc.write(offset, value);
      },
    };
    const bt = new Bt(port);
    bt.signals.interrupted();
    bt.step(0);
    bt.signals.withdraw();
    bt.signals.setInterrupts(true);
    bt.step(1);
    bt.step(2);
    bt.signals.interrupted();
    bt.step(3);
    bt.signals.setInterrupts(false);
    bt.step(4);
    expect(writes).toEqual(["look", "mask 3", "look", "look", "mask 3", "look", "mask 2", "look"]);
    bt.signals.setInterrupts(true);
    bt.step(5);
    writes.length = 0;
    for (let times = 0; times < 2; times++) bt.signals.withdraw();
    expect(writes).toEqual(["mask 2"]);
  });
});

describe("capabilities", () => {
  function greeted(data: Uint8Array | undefined) {
    const bt = new Bt(quick({ inputMax: 255 }));
    bt.greeted(data);
    return bt;
  }

  test("are asked for by Get BT Interface Capabilities", () => {
    expect(new Bt(quick()).greeting()).toEqual({ cmd: 0x36, data: new Uint8Array(0) });
  });

  test("bound the request", () => {
    const longest = (data: Uint8Array | undefined) => {
      const bt = greeted(data);
      for (let bytes = 260; bytes > 2; bytes--) {
        if (bt.begin(new Uint8Array(bytes), 0) === undefined) return bytes;
      }
      return 0;
    };
    expect(longest(undefined)).toBe(62);
    expect(longest(CAPABILITIES)).toBe(254);
    expect(longest(Uint8Array.of(1, 64, 64, 5, 1))).toBe(63);
    expect(longest(Uint8Array.of(1, 0, 0, 5, 1))).toBe(40);
    expect(longest(CAPABILITIES.subarray(0, 3))).toBe(62);
    expect(longest(Uint8Array.of(...CAPABILITIES, 1, 2, 3))).toBe(254);
  });

  test.each([
    ["one second", [1, 255, 255, 1, 0], 1, 1],
    ["30 s", [1, 255, 255, 30, 0], 1, 30],
    ["more than 30 s", [1, 255, 255, 200, 0], 1, 30],
    ["no time at all", [1, 255, 255, 0, 0], 1, 5],
    ["retries", [1, 255, 255, 1, 2], 3, 3],
    ["more retries than are made", [1, 255, 255, 1, 255], 4, 4],
    ["retries that do not fit into the transaction's time", [1, 255, 255, 30, 3], 1, 30],
    ["nothing", undefined, 2, 10],
  ])("bound time and tries: %s", (_, data, tries, seconds) => {
    let requests = 0;
    const bmc = quick({
      onRequest: (request, model) => {
        requests++;
        model.drop(request);
      },
    });
    const bt = new Bt(bmc, 1, { ...BT_TIMING, warmResetPauseUs: 0 });
    bt.greeted(data === undefined ? undefined : Uint8Array.from(data));
    const { nowUs } = transact(bmc, bt);
    expect([requests, Math.floor(nowUs / SECOND_US)]).toEqual([tries, seconds]);
  });
});
