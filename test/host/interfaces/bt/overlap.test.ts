import { describe, expect, test } from "vitest";
import { Bt } from "../../../../src/host/interfaces/bt/bt.ts";
import { BT_TIMING } from "../../../../src/host/interfaces/bt/limits.ts";
import { Again, Failure, Pace, Refusal } from "../../../../src/host/interfaces/machine.ts";
import { SECOND_US } from "../../../../src/time/scheduler.ts";
import { BtControl } from "../../../../src/wire/bt/protocol.ts";
import { StrictBt, type StrictBtOptions, type StrictRequest } from "./strict-bt.ts";

const POLL_US = 1_000;

interface End {
  readonly id: number;
  readonly pace: Pace;
  readonly us: number;
}

/** A BMC that takes several requests, a machine that knows, and a clock for both. */
class Bench {
  readonly bmc: StrictBt;
  readonly bt: Bt;
  readonly requests: StrictRequest[] = [];
  nowUs = 0;

  constructor(capacity: number, options: StrictBtOptions = {}, outstandingMax = 4) {
    this.bmc = new StrictBt({
      capacity,
      beforeAccess: (model) => {
        while (model.pending) model.turn();
      },
      onRequest: (request) => this.requests.push(request),
      ...options,
    });
    this.bt = new Bt(this.bmc, 1, { ...BT_TIMING, outstandingMax });
    this.bt.greeted(Uint8Array.of(capacity, 255, 255, 5, 1));
  }

  begin(id: number, again: Again = Again.Freely): Refusal | undefined {
    return this.bt.begin(Uint8Array.of(0x18, 0x01, id), this.nowUs, again, id);
  }

  answer(id: number): void {
    const request = this.requests.find((each) => each.message[2] === id);
    if (request === undefined) throw new Error(`request ${id} came`);
    this.bmc.respond(request, [0x1c, 0x01, 0x00, id]);
  }

  /** Steps until `us` have passed, or one transaction has ended. */
  until(us: number): End | undefined {
    while (this.nowUs < us) {
      const pace = this.bt.step(this.nowUs);
      if (pace === Pace.Done || pace === Pace.Failed) {
        return { id: this.bt.ended(), pace, us: this.nowUs };
      }
      if (pace === Pace.Rest) this.nowUs = Math.min(this.bt.wakeAtUs(), us);
      else this.nowUs += pace === Pace.Again ? 1 : POLL_US;
    }
    return undefined;
  }

  /** Begins them one after the other, as the machine becomes ready. */
  beginAll(...ids: readonly number[]): void {
    for (const id of ids) {
      while (!this.bt.ready()) expect(this.until(this.nowUs + POLL_US)).toBeUndefined();
      expect(this.begin(id)).toBeUndefined();
    }
    this.until(this.nowUs + 10 * POLL_US);
  }
}

describe("several transactions", () => {
  test.each([
    [1, 4, 1],
    [3, 4, 3],
    [200, 4, 4],
    [3, 2, 2],
    [0, 4, 1],
  ])("the BMC takes %i, the machine %i: %i go at a time", (says, most, go) => {
    const bench = new Bench(Math.max(says, 1), {}, most);
    bench.bt.greeted(Uint8Array.of(says, 255, 255, 5, 1));
    bench.beginAll(...Array.from({ length: go }, (_, id) => id + 1));
    expect([bench.bt.ready(), bench.begin(99)]).toEqual([false, Refusal.Busy]);
    expect(bench.requests.length).toBe(go);
    bench.answer(1);
    expect(bench.until(SECOND_US)?.id).toBe(1);
    expect(bench.bt.ready()).toBe(true);
  });

  test("each ends with its own response, in the BMC's order", () => {
    const bench = new Bench(4);
    bench.beginAll(1, 2, 3, 4);
    for (const id of [3, 1, 4, 2]) {
      bench.answer(id);
      expect(bench.until(bench.nowUs + SECOND_US)).toMatchObject({ id, pace: Pace.Done });
      expect([...bench.bt.response()]).toEqual([0x1c, 0x01, 0x00, id]);
    }
    expect(bench.bt.wakeAtUs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("only one waits to be sent, and it tells whose request it is", () => {
    const bench = new Bench(4, { left: { control: BtControl.BBusy, frame: [] } });
    expect(bench.begin(7)).toBeUndefined();
    bench.until(5 * POLL_US);
    expect(bench.bt.ready()).toBe(false);
    bench.bmc.busy = false;
    bench.until(20 * POLL_US);
    expect([bench.bt.ready(), bench.bt.sending()]).toEqual([true, 7]);
    expect(bench.begin(8)).toBeUndefined();
    // The BMC may take the tag of the one before as long as nothing else is written.
    expect(bench.bt.sending()).toBe(7);
    bench.until(40 * POLL_US);
    expect(bench.bt.sending()).toBe(8);
  });

  test("one without an answer is sent again beside the others, and fails alone", () => {
    const bench = new Bench(2);
    bench.beginAll(1, 2);
    bench.answer(2);
    expect(bench.until(SECOND_US)).toMatchObject({ id: 2, pace: Pace.Done });
    bench.bmc.open.length = 0;
    expect(bench.until(7 * SECOND_US)).toBeUndefined();
    expect(bench.requests.map(({ message }) => message[2])).toEqual([1, 2, 1]);
    bench.beginAll(3);
    bench.bmc.open.length = 0;
    expect(bench.until(11 * SECOND_US)).toMatchObject({ id: 1, pace: Pace.Failed });
    expect(bench.bt.failure()).toBe(Failure.Unanswered);
    expect(bench.bt.wakeAtUs()).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  // H2B_ATN is another's: the BMC has taken this one, and has had no time yet for that.
  test("one without an answer fails alone while another lies in the FIFO", () => {
    let hung = false;
    const bench = new Bench(2, {
      beforeAccess: (model) => {
        while (!hung && model.pending) model.turn();
      },
    });
    expect(bench.begin(1, Again.Never)).toBeUndefined();
    bench.until(4 * SECOND_US);
    hung = true;
    expect(bench.begin(2, Again.Never)).toBeUndefined();
    expect(bench.until(8 * SECOND_US)).toMatchObject({ id: 1, pace: Pace.Failed });
    expect(bench.bt.failure()).toBe(Failure.Unanswered);
    expect(bench.until(10 * SECOND_US)).toMatchObject({ id: 2, pace: Pace.Failed });
    expect(bench.bt.failure()).toBe(Failure.InputStuck);
  });

  // What else is under way would be lost with it.
  test("the interface is not reset for the sake of one of several", () => {
    const commands: number[] = [];
    const bench = new Bench(2, {
      onRequest: (request, model) => {
        commands.push(request.message[1] ?? 0);
        model.drop(request);
      },
    });
    bench.beginAll(1, 2);
    expect(bench.until(40 * SECOND_US)?.pace).toBe(Pace.Failed);
    expect(commands).toEqual([0x01, 0x01, 0x01, 0x01]);
    expect(bench.until(40 * SECOND_US)?.pace).toBe(Pace.Failed);
    expect(commands.slice(4)).toEqual([0x03, 0x01]);
  });

  test("attention is seen while others are under way", () => {
    const bench = new Bench(2);
    bench.beginAll(1);
    expect(bench.bt.signals.attention()).toBe(false);
    bench.bmc.raiseAttention();
    bench.until(bench.nowUs + 5 * POLL_US);
    expect(bench.bt.signals.attention()).toBe(true);
    bench.bt.signals.takeAttention();
    bench.beginAll(2);
    expect(bench.bmc.control & BtControl.SmsAtn).toBe(0);
  });

  test("are dropped together; late answers to them are nobody's", () => {
    const bench = new Bench(2);
    bench.beginAll(1, 2);
    const [first] = bench.requests;
    bench.bt.reset();
    expect(bench.bt.wakeAtUs()).toBe(Number.POSITIVE_INFINITY);
    bench.bmc.open.length = 0;
    expect(bench.begin(3)).toBeUndefined();
    bench.until(bench.nowUs + 5 * POLL_US);
    if (first !== undefined) bench.bmc.giveFrame([5, 0x1c, first.seq, 0x01, 0x00, 1]);
    expect(bench.until(bench.nowUs + SECOND_US)).toBeUndefined();
    bench.answer(3);
    expect(bench.until(bench.nowUs + SECOND_US)).toMatchObject({ id: 3, pace: Pace.Done });
    expect([...bench.bt.response()]).toEqual([0x1c, 0x01, 0x00, 3]);
  });
});
