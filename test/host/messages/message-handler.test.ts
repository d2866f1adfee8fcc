import { describe, expect, test } from "vitest";
import { HOST_OPTIONS, Refused } from "../../../src/host/index.ts";
import { Again } from "../../../src/host/interfaces/machine.ts";
import type { RefusalCode } from "../../../src/host/messages/codes.ts";
import { type Gate, MessageHandler } from "../../../src/host/messages/message-handler.ts";
import { localReply } from "../../../src/host/messages/reply.ts";
import type { Answer, Request, RequestSpec } from "../../../src/host/messages/request.ts";
import { UserRecord, Users } from "../../../src/host/messages/users.ts";
import { Statistics } from "../../../src/host/statistics.ts";
import { type Outcome, Priority } from "../../../src/host/system-interface/transfer.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { Tracer } from "../../../src/trace/tracer.ts";

const GET_DEVICE_ID: RequestSpec = { netFn: 0x06, cmd: 0x01 };
const TO_IPMB: RequestSpec = {
  ...GET_DEVICE_ID,
  address: { kind: "ipmb", channel: 0, address: 0x52 },
};
const COLD_RESET: RequestSpec = { netFn: 0x06, cmd: 0x02 };
const WARM_RESET: RequestSpec = { netFn: 0x06, cmd: 0x03 };
const LIMIT_US = 1_000;

/** The handler alone: what it queues nobody sends, unless the test does. */
class Bench {
  readonly time = new VirtualTime();
  readonly lane = this.time.lane("host");
  readonly statistics = new Statistics();
  readonly resets: boolean[] = [];
  readonly answers: (readonly [id: number, cc: number, maker: string])[] = [];
  readonly handler: MessageHandler;
  readonly user = new UserRecord("user");
  queued = 0;
  guards = true;
  #lastId = 0;

  constructor() {
    const tracer = new Tracer(() => this.time.nowUs);
    const { lane: scheduler, statistics } = this;
    const deliver = (run: () => void) => void this.lane.at(this.time.nowUs, "deliver", run);
    const users = new Users(tracer, deliver, statistics);
    users.add(this.user);
    this.handler = new MessageHandler({
      scheduler,
      tracer,
      deliver,
      options: { ...HOST_OPTIONS, queueLimitUs: LIMIT_US },
      statistics,
      users,
      nextId: () => ++this.#lastId,
      onQueued: () => this.queued++,
      onReset: (quiet) => this.resets.push(quiet),
      guardsResets: () => this.guards,
    });
  }

  open(): this {
    this.handler.setGate("open");
    return this;
  }

  readonly heard = ({ id, cc, maker }: Answer): void => {
    this.answers.push([id, cc, maker]);
  };

  submit(spec: RequestSpec = GET_DEVICE_ID): number {
    return this.handler.submit(this.user, spec, this.heard);
  }

  refusal(spec: RequestSpec = GET_DEVICE_ID): RefusalCode | undefined {
    try {
      this.submit(spec);
    } catch (error) {
      if (error instanceof Refused) return error.code;
      throw error;
    }
    return undefined;
  }

  /** Ends the next transfer: with the BMC's `cc`, or as given. */
  end(outcome: number | Partial<Extract<Outcome, { kind: "failure" }>>): void {
    const transfer = this.handler.queue.take();
    if (transfer === undefined) throw new Error("no transfer waits");
    const [netFnLun = 0, cmd = 0] = transfer.frame;
    const why = "a test";
    const failure = { kind: "failure", cc: 0x82, maker: "host-interface", why } as const;
    if (typeof outcome === "number") {
      const message = Uint8Array.of(netFnLun | 0x04, cmd, outcome);
      transfer.finish({ kind: "response", message, tag: transfer.id });
    } else {
      transfer.finish({ ...failure, sent: true, failed: false, ...outcome });
    }
    this.run(0);
  }

  run(us: number): void {
    this.time.runUntil(this.time.nowUs + us);
  }
}

describe("the gate", () => {
  test.each([
    ["closed", "NOT_STARTED", 0, 0],
    ["hold", undefined, 1, 1],
    ["open", undefined, 1, 2],
    ["failed", undefined, 0, 0],
    ["quiet", "BUSY_MAINTENANCE", 0, 0],
  ] as const)("%s", (gate: Gate, code, length, queued) => {
    const bench = new Bench();
    bench.handler.setGate(gate);
    expect(bench.refusal()).toBe(code);
    expect(bench.handler.queue.length).toBe(length);
    expect(bench.handler.queue.open).toBe(gate === "open");
    // Both what is queued and an opening gate may be something to send.
    expect(bench.queued).toBe(queued);
    bench.run(0);
    const answered = gate === "failed" ? [[1, 0x82, "host-interface"]] : [];
    expect(bench.answers).toEqual(answered);
  });

  test.each(["hold", "open", "failed"] as const)("%s: whether IPMB is asked", (gate) => {
    const bench = new Bench();
    const sent: Request[] = [];
    const bridge = {
      refusal: () => "CHANNEL_NOT_IPMB" as const,
      send: (request: Request) => void sent.push(request),
      sweep: () => {},
    };
    bench.handler.connect(bridge);
    bench.handler.setGate(gate);
    // A request that is answered at once goes to no channel.
    expect(bench.refusal(TO_IPMB)).toBe(gate === "failed" ? undefined : "CHANNEL_NOT_IPMB");
    expect(bench.refusal()).toBeUndefined();
    bench.handler.connect({ ...bridge, refusal: () => undefined });
    expect(bench.refusal(TO_IPMB)).toBeUndefined();
    expect(sent.length).toBe(gate === "failed" ? 0 : 1);
  });
});

test("what is refused and what is sent and answered is counted", () => {
  const bench = new Bench();
  expect(bench.refusal()).toBe("NOT_STARTED");
  bench.open();
  expect(bench.refusal({ netFn: 0x07, cmd: 1 })).toBe("INVALID_REQUEST");
  for (let n = 0; n < 5; n++) bench.submit();
  for (let n = 0; n < 2; n++) bench.end(0);
  const late = [3, 4, 5].map(() => bench.handler.queue.take());
  bench.handler.destroy(bench.user);
  for (const transfer of late) {
    transfer?.finish({ kind: "response", message: Uint8Array.of(0x1c, 1, 0), tag: 0 });
  }
  expect(bench.statistics).toMatchObject({
    sent_invalid_commands: 2,
    sent_local_commands: 5,
    handled_local_responses: 2,
    unhandled_local_responses: 3,
  });
});

describe("what is taken back", () => {
  test("is the transfers of that request only, and ends unsent", () => {
    const bench = new Bench().open();
    const outcomes: Outcome[] = [];
    const requests: Request[] = [];
    const bridge = {
      refusal: () => undefined,
      send: (request: Request) => void requests.push(request),
      sweep: () => {},
    };
    bench.handler.connect(bridge);
    for (let n = 0; n < 2; n++) bench.submit(TO_IPMB);
    const [first, second] = requests;
    if (first === undefined || second === undefined) throw new Error("both were accepted");
    for (const request of [first, second, first]) {
      bench.handler.enqueue(request, Uint8Array.of(0x18, 0x34), (end) => outcomes.push(end));
    }
    bench.handler.withdraw(first);
    const cancelled = { kind: "failure", cc: 0xce, maker: "host-handler" };
    const why = "its request was answered";
    const outcome = { ...cancelled, sent: false, failed: false, why };
    expect(outcomes).toEqual([outcome, outcome]);
    expect(bench.handler.queue.take()).toMatchObject({
      id: second.id,
      frame: Uint8Array.of(0x18, 0x34),
      priority: Priority.Normal,
      again: Again.Never,
    });
  });

  test("at a shutdown is all, and what was under way", () => {
    const bench = new Bench().open();
    for (let n = 0; n < 3; n++) bench.submit();
    const outcomes: Outcome[] = [];
    const frame = Uint8Array.of(0x18, 0x01);
    const finish = (outcome: Outcome) => void outcomes.push(outcome);
    const other = { id: 99, frame, priority: Priority.Internal, again: Again.Freely, finish };
    bench.handler.shutdown([other, other]);
    bench.run(0);
    expect(bench.answers).toEqual([1, 2, 3].map((id) => [id, 0xce, "host-handler"]));
    expect(bench.handler.queue.length).toBe(0);
    const cancelled = { kind: "failure", cc: 0xce, maker: "host-handler" };
    const why = "the stack was shut down";
    const outcome = { ...cancelled, sent: false, failed: false, why };
    expect(outcomes).toEqual([outcome, outcome]);
    expect(bench.lane.nextUs()).toBe(Number.POSITIVE_INFINITY);
    expect(bench.refusal()).toBe("SHUTDOWN");
  });
});

describe("what waits too long", () => {
  test("is answered at its time, each time anew", () => {
    const bench = new Bench().open();
    bench.submit();
    bench.run(10);
    bench.submit();
    bench.run(LIMIT_US - 11);
    expect(bench.answers).toEqual([]);
    bench.run(1);
    expect(bench.answers).toEqual([[1, 0xc3, "timer"]]);
    bench.run(10);
    expect(bench.answers.length).toBe(2);
    bench.run(LIMIT_US);
    bench.submit();
    bench.run(LIMIT_US);
    expect(bench.answers.map(([id]) => id)).toEqual([1, 2, 3]);
    expect(bench.lane.nextUs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("ends unsent", () => {
    const bench = new Bench().open();
    const outcomes: Outcome[] = [];
    const frame = Uint8Array.of(0x18, 0x01);
    bench.handler.connect({
      refusal: () => undefined,
      send: (request) => bench.handler.enqueue(request, frame, (end) => outcomes.push(end)),
      sweep: () => {},
    });
    bench.submit(TO_IPMB);
    bench.run(LIMIT_US);
    const outcome = { kind: "failure", cc: 0xc3, maker: "timer", sent: false, failed: false };
    expect(outcomes).toEqual([{ ...outcome, why: "it waited too long" }]);
  });
});

describe("a reset of the BMC", () => {
  test.each([
    ["cold", COLD_RESET, Again.Reset],
    ["warm", WARM_RESET, Again.Reset],
    ["that is none", { netFn: 0x06, cmd: 0x04 }, Again.Freely],
    ["of another NetFn's", { netFn: 0x2c, cmd: 0x02 }, Again.Never],
  ])("%s: is sent once, and nothing else is accepted meanwhile", (_, spec, again) => {
    const bench = new Bench().open();
    bench.submit(spec);
    expect(bench.refusal()).toBe(again === Again.Reset ? "BUSY_MAINTENANCE" : undefined);
    expect(bench.handler.queue.take()?.again).toBe(again);
  });

  test.each([
    ["done", 0x00, 0x00, "bmc", true],
    ["refused", 0xd5, 0xd5, "bmc", false],
    ["unanswered", { sent: true, failed: true }, 0xc3, "timer", true],
    ["answered with what is none", { sent: true }, 0x82, "host-interface", true],
    ["never sent", { sent: false }, 0x82, "host-interface", false],
  ] as const)("%s", (_, end, cc, maker, quiet) => {
    const bench = new Bench().open();
    bench.submit(COLD_RESET);
    bench.end(end);
    expect(bench.answers).toEqual([[1, cc, maker]]);
    expect(bench.resets).toEqual([quiet]);
    expect(bench.refusal()).toBeUndefined();
  });

  test("that nothing guards is sent once all the same, and makes nothing quiet", () => {
    const bench = new Bench().open();
    bench.guards = false;
    bench.submit(COLD_RESET);
    expect(bench.refusal()).toBeUndefined();
    bench.end(0);
    expect(bench.resets).toEqual([false]);
  });

  test("on the stack's own account is a command like others", () => {
    const bench = new Bench().open();
    bench.handler.ask("own", COLD_RESET, bench.heard);
    expect(bench.refusal()).toBeUndefined();
    bench.end(0);
    expect(bench.resets).toEqual([]);
  });

  test("no other command ends one", () => {
    const bench = new Bench().open();
    bench.submit();
    bench.end(0);
    expect(bench.resets).toEqual([]);
  });

  test("only an unanswered reset is owed no answer", () => {
    const bench = new Bench().open();
    bench.submit();
    bench.end({ failed: true });
    expect(bench.answers).toEqual([[1, 0x82, "host-interface"]]);
  });
});

test("the stack's own requests are on an account of their name", () => {
  const bench = new Bench().open();
  expect(bench.handler.outstandingOf("own")).toBe(0);
  for (let n = 0; n < 3; n++) bench.handler.ask("own", GET_DEVICE_ID, bench.heard);
  bench.handler.ask("other", GET_DEVICE_ID, bench.heard, Priority.High);
  expect(bench.handler.outstandingOf("own")).toBe(3);
  bench.end(0);
  expect(bench.handler.outstandingOf("own")).toBe(2);
  bench.handler.answerAll(localReply(0xc0, "host-handler"));
  bench.run(0);
  expect(bench.answers.map(([id]) => id)).toEqual([1, 2, 3, 4]);
  expect(["own", "other"].map((name) => bench.handler.outstandingOf(name))).toEqual([0, 0]);
});

test("a user who is gone twice is gone once", () => {
  const bench = new Bench().open();
  bench.submit();
  bench.handler.destroy(bench.user);
  bench.handler.destroy(bench.user);
  bench.run(0);
  expect(bench.answers).toEqual([[1, 0xce, "host-handler"]]);
  expect(bench.refusal()).toBe("USER_DESTROYED");
});
